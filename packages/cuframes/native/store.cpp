#include "store.h"

#include <string>
#include <utility>

#include "cuda_driver.h"
#include "error.h"
#include "memory.h"
#include "reaper.h"

namespace cuframes {
namespace {

class MemfdStore final : public Store {
 public:
  explicit MemfdStore(uint64_t bytes)
      : fd_(create_memfd("cuframes-pixels", bytes)),
        mapping_(fd_.get(), bytes, Mapping::Access::kReadWrite, /*populate=*/true) {
    seal_memfd(fd_.get(), Seal::kOwnerWrites);
    base_ = reinterpret_cast<uint64_t>(mapping_.data());
  }
  MemfdStore(GuardedFd fd, uint64_t bytes) {
    check_received_memfd(fd.get(), bytes, "pixel memory");
    mapping_ = Mapping(fd.get(), bytes, Mapping::Access::kReadOnly, /*populate=*/true);
    base_ = reinterpret_cast<uint64_t>(mapping_.data());
  }
  ~MemfdStore() override {
    if (pinned_device() < 0) return;
    // The last reference may go inside a stream's host function, where CUDA must not be called.
    reap([device = pinned_device(), mapping = std::make_shared<Mapping>(std::move(mapping_))] {
      const cuda::CurrentContext context(device);
      cuda::Driver::get().host_unregister(mapping->data());
    });
  }
  int export_fd() const override { return fd_.get(); }
  void pin(int device) override {
    if (pinned_device() >= 0) return;
    const cuda::CurrentContext context(device);
    const bool writable = fd_.get() >= 0;
    const unsigned flags =
        cuda::kHostRegisterPortable | (writable ? 0 : cuda::kHostRegisterReadOnly);
    cuda::check(cuda::Driver::get().host_register(mapping_.data(), mapping_.size(), flags),
                "cuMemHostRegister of " + std::to_string(mapping_.size()) + " bytes");
    pinned_device_.store(device, std::memory_order_release);
  }

 private:
  GuardedFd fd_;
  Mapping mapping_;
};

}  // namespace

void Store::pin(int /*device*/) {
  throw Error(CUFRAMES_E_INVALID, "the frames are in CUDA memory; only host memory is pinned");
}

std::unique_ptr<Store> create_store(cuframes_memory kind, int device, uint64_t bytes) {
  if (kind == CUFRAMES_MEMORY_MEMFD) return std::make_unique<MemfdStore>(bytes);
  return create_cuda_store(kind, device, bytes);
}

std::unique_ptr<Store> import_store(const StoreHandle& handle, GuardedFd fd, uint64_t bytes,
                                    int device) {
  if (handle.kind == CUFRAMES_MEMORY_MEMFD) {
    return std::make_unique<MemfdStore>(std::move(fd), bytes);
  }
  return import_cuda_store(handle, std::move(fd), bytes, device);
}

}  // namespace cuframes
