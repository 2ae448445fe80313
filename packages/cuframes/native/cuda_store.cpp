#include <cstring>
#include <string>

#include "cuda_driver.h"
#include "error.h"
#include "layout.h"
#include "reaper.h"
#include "store.h"

namespace cuframes {
namespace {

using cuda::check;
using cuda::Driver;

cuda::AllocationProp allocation_on(int device) {
  cuda::AllocationProp prop{};
  prop.type = cuda::kAllocationPinned;
  prop.requested_handle_types = cuda::kHandlePosixFd;
  prop.location = {cuda::kLocationDevice, device};
  return prop;
}

uint64_t granularity(int device) {
  size_t bytes = 0;
  const cuda::AllocationProp prop = allocation_on(device);
  check(Driver::get().mem_get_granularity(&bytes, &prop, cuda::kGranularityRecommended),
        "cuMemGetAllocationGranularity");
  return bytes;
}

/// A physical allocation mapped at an address of ours. The whole ring is one of these: the
/// granularity is 2 MiB, and an import costs some 200 us, paid once per generation.
struct VmmMapping {
  cuda::AllocationHandle allocation = 0;
  cuda::DevicePtr address = 0;
  uint64_t bytes = 0;
  bool mapped = false;
  int device = -1;

  void map(int access, int peer) {
    const Driver& d = Driver::get();
    check(d.mem_address_reserve(&address, bytes, 0, 0, 0), "cuMemAddressReserve");
    check(d.mem_map(address, bytes, 0, allocation, 0), "cuMemMap");
    mapped = true;
    const cuda::AccessDesc own{{cuda::kLocationDevice, device}, access};
    check(d.mem_set_access(address, bytes, &own, 1), "cuMemSetAccess");
    if (peer < 0 || peer == device) return;
    int possible = 0;
    check(d.device_can_access_peer(&possible, peer, device), "cuDeviceCanAccessPeer");
    if (possible == 0) {
      throw Error(CUFRAMES_E_DEVICE_LOST,
                  "CUDA device " + std::to_string(peer) + " cannot read the memory of device " +
                      std::to_string(device) +
                      ", where the frames are; subscribe with memory=\"staged\"");
    }
    const cuda::AccessDesc other{{cuda::kLocationDevice, peer}, access};
    check(d.mem_set_access(address, bytes, &other, 1), "cuMemSetAccess for a peer device");
  }
  void unmap() const {
    const Driver& d = Driver::get();
    int mode = cuda::kCaptureModeRelaxed;  // not to spoil a graph capture of another thread
    d.thread_exchange_capture_mode(&mode);
    if (mapped) d.mem_unmap(address, bytes);
    if (address != 0) d.mem_address_free(address, bytes);
    if (allocation != 0) d.mem_release(allocation);
    d.thread_exchange_capture_mode(&mode);
  }
};

class VmmStore final : public Store {
 public:
  VmmStore(int device, uint64_t bytes) {
    handle_.kind = CUFRAMES_MEMORY_CUDA;
    device_ = vmm_.device = device;
    const cuda::CurrentContext context(device);
    const cuda::Uuid uuid = cuda::device_uuid(device);
    std::memcpy(handle_.gpu_uuid, uuid.bytes, sizeof uuid.bytes);
    vmm_.bytes = align_up(bytes, granularity(device));
    const cuda::AllocationProp prop = allocation_on(device);
    try {
      check(Driver::get().mem_create(&vmm_.allocation, vmm_.bytes, &prop, 0),
            "cuMemCreate of " + std::to_string(vmm_.bytes) + " bytes");
      int fd = -1;
      check(Driver::get().mem_export(&fd, vmm_.allocation, cuda::kHandlePosixFd, 0),
            "cuMemExportToShareableHandle");
      fd_ = GuardedFd(fd);
      vmm_.map(cuda::kAccessReadWrite, -1);
    } catch (...) {
      vmm_.unmap();
      throw;
    }
    base_ = vmm_.address;
  }

  VmmStore(const StoreHandle& handle, const GuardedFd& fd, uint64_t bytes, int owner, int device) {
    handle_ = handle;
    device_ = device >= 0 ? device : owner;
    vmm_.device = owner;
    const cuda::CurrentContext context(owner);
    vmm_.bytes = align_up(bytes, granularity(owner));
    void* os_handle = reinterpret_cast<void*>(static_cast<intptr_t>(fd.get()));
    try {
      check(Driver::get().mem_import(&vmm_.allocation, os_handle, cuda::kHandlePosixFd),
            "cuMemImportFromShareableHandle");
      vmm_.map(cuda::kAccessRead, device);
    } catch (...) {
      vmm_.unmap();
      throw;
    }
    base_ = vmm_.address;
  }

  /// The last reference may go inside a stream's host function, where CUDA must not be called.
  ~VmmStore() override {
    reap([vmm = vmm_] { vmm.unmap(); });
  }

  int export_fd() const override { return fd_.get(); }

 private:
  VmmMapping vmm_;
  GuardedFd fd_;
};

/// Legacy IPC, for devices without VMM file descriptors (some Tegra and virtual GPUs).
class IpcStore final : public Store {
 public:
  IpcStore(int device, uint64_t bytes) {
    handle_.kind = CUFRAMES_MEMORY_CUDA_IPC;
    device_ = device;
    const cuda::CurrentContext context(device);
    const cuda::Uuid uuid = cuda::device_uuid(device);
    std::memcpy(handle_.gpu_uuid, uuid.bytes, sizeof uuid.bytes);
    check(Driver::get().mem_alloc(&base_, bytes), "cuMemAlloc of " + std::to_string(bytes));
    cuda::IpcMemHandle ipc{};
    const cuda::Result result = Driver::get().ipc_get_mem_handle(&ipc, base_);
    if (result != cuda::kSuccess) {
      Driver::get().mem_free(base_);
      check(result, "cuIpcGetMemHandle");
    }
    std::memcpy(handle_.ipc_handle, ipc.reserved, sizeof ipc.reserved);
  }
  IpcStore(const StoreHandle& handle, int device) : imported_(true) {
    handle_ = handle;
    device_ = device;
    const cuda::CurrentContext context(device);
    cuda::IpcMemHandle ipc{};
    std::memcpy(ipc.reserved, handle.ipc_handle, sizeof ipc.reserved);
    check(Driver::get().ipc_open_mem_handle(&base_, ipc, cuda::kIpcLazyPeerAccess),
          "cuIpcOpenMemHandle (it needs a shared pid namespace, and not the publisher's process)");
  }
  ~IpcStore() override {
    reap([base = base_, imported = imported_, device = device_] {
      const cuda::CurrentContext context(device);
      if (imported) {
        Driver::get().ipc_close_mem_handle(base);
      } else {
        Driver::get().mem_free(base);
      }
    });
  }
  int export_fd() const override { return -1; }

 private:
  bool imported_ = false;
};

}  // namespace

std::unique_ptr<Store> create_cuda_store(cuframes_memory kind, int device, uint64_t bytes) {
  if (kind == CUFRAMES_MEMORY_CUDA_IPC) return std::make_unique<IpcStore>(device, bytes);
  int vmm = 0;
  int posix_fd = 0;
  const cuda::CurrentContext context(device);
  Driver::get().device_get_attribute(&vmm, cuda::kAttributeVmm, device);
  Driver::get().device_get_attribute(&posix_fd, cuda::kAttributePosixFd, device);
  if (vmm == 0 || posix_fd == 0) return std::make_unique<IpcStore>(device, bytes);
  return std::make_unique<VmmStore>(device, bytes);
}

std::unique_ptr<Store> import_cuda_store(const StoreHandle& handle, GuardedFd fd, uint64_t bytes,
                                         int device) {
  cuda::Uuid uuid{};
  std::memcpy(uuid.bytes, handle.gpu_uuid, sizeof uuid.bytes);
  const int owner = cuda::device_of(uuid);
  if (owner < 0) {
    throw Error(CUFRAMES_E_DEVICE_LOST,
                "the frames lie on a GPU that this process does not see; check "
                "CUDA_VISIBLE_DEVICES and the container's devices");
  }
  if (handle.kind == CUFRAMES_MEMORY_CUDA_IPC) return std::make_unique<IpcStore>(handle, owner);
  return std::make_unique<VmmStore>(handle, fd, bytes, owner, device);
}

}  // namespace cuframes
