#include "cuda_driver.h"

#include <dlfcn.h>

#include <array>
#include <cstring>
#include <memory>
#include <mutex>

#include "error.h"

namespace cuframes::cuda {
namespace {

struct Loaded {
  Driver driver{};
  std::string problem;  // why it cannot be used
};

std::unique_ptr<Loaded> load() {
  auto loaded = std::make_unique<Loaded>();
  void* library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    loaded->problem = "there is no CUDA driver here (libcuda.so.1 cannot be loaded)";
    return loaded;
  }
  Driver& d = loaded->driver;
  auto find = [&](auto& function, const char* name) {
    void* symbol = dlsym(library, name);
    if (symbol == nullptr) {
      loaded->problem = std::string("the CUDA driver is too old: it has no ") + name;
    }
    std::memcpy(&function, &symbol, sizeof symbol);
  };
  find(d.init, "cuInit");
  find(d.get_error_name, "cuGetErrorName");
  find(d.device_get_count, "cuDeviceGetCount");
  find(d.device_get_uuid, "cuDeviceGetUuid");
  find(d.device_get_attribute, "cuDeviceGetAttribute");
  find(d.device_can_access_peer, "cuDeviceCanAccessPeer");
  find(d.primary_ctx_retain, "cuDevicePrimaryCtxRetain");
  find(d.ctx_push, "cuCtxPushCurrent_v2");
  find(d.ctx_pop, "cuCtxPopCurrent_v2");
  find(d.ctx_synchronize, "cuCtxSynchronize");
  find(d.mem_alloc, "cuMemAlloc_v2");
  find(d.mem_free, "cuMemFree_v2");
  find(d.mem_create, "cuMemCreate");
  find(d.mem_release, "cuMemRelease");
  find(d.mem_export, "cuMemExportToShareableHandle");
  find(d.mem_import, "cuMemImportFromShareableHandle");
  find(d.mem_address_reserve, "cuMemAddressReserve");
  find(d.mem_address_free, "cuMemAddressFree");
  find(d.mem_map, "cuMemMap");
  find(d.mem_unmap, "cuMemUnmap");
  find(d.mem_set_access, "cuMemSetAccess");
  find(d.mem_get_granularity, "cuMemGetAllocationGranularity");
  find(d.ipc_get_mem_handle, "cuIpcGetMemHandle");
  find(d.ipc_open_mem_handle, "cuIpcOpenMemHandle_v2");
  find(d.ipc_close_mem_handle, "cuIpcCloseMemHandle");
  find(d.host_register, "cuMemHostRegister_v2");
  find(d.host_unregister, "cuMemHostUnregister");
  find(d.memcpy_async, "cuMemcpyAsync");
  find(d.memcpy_peer_async, "cuMemcpyPeerAsync");
  find(d.memcpy_2d_async, "cuMemcpy2DAsync_v2");
  find(d.stream_create, "cuStreamCreate");
  find(d.stream_destroy, "cuStreamDestroy_v2");
  find(d.stream_synchronize, "cuStreamSynchronize");
  find(d.stream_is_capturing, "cuStreamIsCapturing");
  find(d.thread_exchange_capture_mode, "cuThreadExchangeStreamCaptureMode");
  find(d.launch_host_func, "cuLaunchHostFunc");
  if (!loaded->problem.empty()) return loaded;
  if (const Result r = d.init(0); r != kSuccess) {
    const char* name = nullptr;
    d.get_error_name(r, &name);
    loaded->problem = std::string("the CUDA driver does not start: ") +
                      (name != nullptr ? name : std::to_string(r).c_str());
  }
  return loaded;
}

constexpr int kMaxDevices = 64;

}  // namespace

Context primary_context(int device) {
  static std::mutex* const mutex = std::make_unique<std::mutex>().release();
  static std::array<Context, kMaxDevices> contexts{};
  const Driver& d = Driver::get();
  int count = 0;
  check(d.device_get_count(&count), "cuDeviceGetCount");
  if (device < 0 || device >= count || device >= kMaxDevices) {
    throw Error(CUFRAMES_E_DEVICE_LOST, "there is no CUDA device " + std::to_string(device) +
                                            "; this process sees " + std::to_string(count));
  }
  const std::lock_guard<std::mutex> lock(*mutex);
  Context& context = contexts[static_cast<size_t>(device)];
  if (context == nullptr) {
    check(d.primary_ctx_retain(&context, device), "cuDevicePrimaryCtxRetain");
  }
  return context;
}

const Driver& Driver::get() {
  static const Loaded* const loaded = load().release();
  if (!loaded->problem.empty()) {
    throw Error(CUFRAMES_E_DEVICE_LOST,
                loaded->problem + "; use memory=\"memfd\" for frames in host memory");
  }
  return loaded->driver;
}

void check(Result result, const std::string& what) {
  if (result == kSuccess) return;
  const char* name = nullptr;
  Driver::get().get_error_name(result, &name);
  throw Error(CUFRAMES_E_DEVICE_LOST,
              what + " failed: " + (name != nullptr ? name : std::to_string(result)), 0, result);
}

CurrentContext::CurrentContext(int device) {
  check(Driver::get().ctx_push(primary_context(device)), "cuCtxPushCurrent");
}

CurrentContext::~CurrentContext() {
  Context ignored = nullptr;
  Driver::get().ctx_pop(&ignored);
}

Uuid device_uuid(int device) {
  Uuid uuid{};
  check(Driver::get().device_get_uuid(&uuid, device), "cuDeviceGetUuid");
  return uuid;
}

int device_of(const Uuid& uuid) {
  int count = 0;
  check(Driver::get().device_get_count(&count), "cuDeviceGetCount");
  for (int device = 0; device < count; ++device) {
    const Uuid other = device_uuid(device);
    if (std::memcmp(other.bytes, uuid.bytes, sizeof uuid.bytes) == 0) return device;
  }
  return -1;
}

void copy_rows(const Rows& to, const Rows& from, size_t row_bytes, size_t rows, Stream stream) {
  Memcpy2D copy{};
  copy.src_memory_type = from.on_host ? kMemoryTypeHost : kMemoryTypeDevice;
  copy.src_host = from.on_host ? reinterpret_cast<const void*>(from.address) : nullptr;
  copy.src_device = from.on_host ? 0 : from.address;
  copy.src_pitch = from.pitch;
  copy.dst_memory_type = to.on_host ? kMemoryTypeHost : kMemoryTypeDevice;
  copy.dst_host = to.on_host ? reinterpret_cast<void*>(to.address) : nullptr;
  copy.dst_device = to.on_host ? 0 : to.address;
  copy.dst_pitch = to.pitch;
  copy.width_in_bytes = row_bytes;
  copy.height = rows;
  check(Driver::get().memcpy_2d_async(&copy, stream), "cuMemcpy2DAsync");
}

}  // namespace cuframes::cuda
