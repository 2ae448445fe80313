#include "store.h"

#include "error.h"
#include "memory.h"

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
  int export_fd() const override { return fd_.get(); }

 private:
  GuardedFd fd_;
  Mapping mapping_;
};

}  // namespace

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
