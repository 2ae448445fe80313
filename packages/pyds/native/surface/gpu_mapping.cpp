#include "surface/gpu_mapping.h"

#include <dlfcn.h>

#include <cstring>
#include <stdexcept>
#include <string>

namespace pyds {
namespace {

using Result = int;  // 0 is success
using Context = void*;

// Flags of cuMemHostRegister.
constexpr unsigned kForEveryContext = 1;
constexpr unsigned kMapped = 2;

struct Driver {
  Result (*init)(unsigned) = nullptr;
  Result (*retain_primary_context)(Context*, int) = nullptr;
  Result (*push_context)(Context) = nullptr;
  Result (*pop_context)(Context*) = nullptr;
  Result (*register_host)(void*, size_t, unsigned) = nullptr;
  Result (*unregister_host)(void*) = nullptr;
  Result (*device_pointer)(uint64_t*, void*, unsigned) = nullptr;
  Result (*error_name)(Result, const char**) = nullptr;

  Context context = nullptr;  // of the first GPU, kept for good
  std::string problem;        // why there is none

  std::string name_of(Result result) const {
    const char* name = nullptr;
    if (error_name(result, &name) != 0 || !name) return "error " + std::to_string(result);
    return name;
  }
};

Driver load_driver() {
  Driver driver;
  void* library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    driver.problem = "there is no CUDA driver here (libcuda.so.1 cannot be loaded)";
    return driver;
  }
  const auto find = [&](auto& function, const char* name) {
    void* symbol = dlsym(library, name);
    if (!symbol) driver.problem = std::string("the CUDA driver has no function ") + name;
    std::memcpy(&function, &symbol, sizeof symbol);
  };
  find(driver.init, "cuInit");
  find(driver.retain_primary_context, "cuDevicePrimaryCtxRetain");
  find(driver.push_context, "cuCtxPushCurrent_v2");
  find(driver.pop_context, "cuCtxPopCurrent_v2");
  find(driver.register_host, "cuMemHostRegister_v2");
  find(driver.unregister_host, "cuMemHostUnregister");
  find(driver.device_pointer, "cuMemHostGetDevicePointer_v2");
  find(driver.error_name, "cuGetErrorName");
  if (!driver.problem.empty()) return driver;

  Result result = driver.init(0);
  if (result == 0) result = driver.retain_primary_context(&driver.context, 0);
  if (result != 0)
    driver.problem = "the CUDA driver finds no usable GPU: " + driver.name_of(result);
  return driver;
}

const Driver& cuda_driver() {
  static const Driver driver = load_driver();
  return driver;
}

// Registering needs a current context; whose memory it is does not depend on which.
class CurrentContext {
 public:
  explicit CurrentContext(const Driver& driver) : driver_(driver) {
    driver_.push_context(driver_.context);
  }
  ~CurrentContext() {
    Context popped;
    driver_.pop_context(&popped);
  }
  CurrentContext(const CurrentContext&) = delete;
  CurrentContext& operator=(const CurrentContext&) = delete;

 private:
  const Driver& driver_;
};

}  // namespace

GpuMapping::GpuMapping(void* data, size_t size) : data_(data) {
  const Driver& driver = cuda_driver();
  if (!driver.problem.empty()) throw std::runtime_error(driver.problem);
  const CurrentContext current(driver);
  if (const Result result = driver.register_host(data, size, kForEveryContext | kMapped))
    throw std::runtime_error("the CUDA driver cannot map " + std::to_string(size) +
                             " bytes of CPU memory for the GPU: " + driver.name_of(result));
  if (const Result result = driver.device_pointer(&address_, data, 0)) {
    driver.unregister_host(data);
    throw std::runtime_error("the GPU cannot address memory of the CPU: " + driver.name_of(result));
  }
}

GpuMapping::~GpuMapping() {
  const Driver& driver = cuda_driver();
  const CurrentContext current(driver);
  driver.unregister_host(data_);
}

}  // namespace pyds
