#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "cuframes.h"
#include "fork_guard.h"

namespace cuframes {

/// How a reader can reach the pixels of a ring.
struct StoreHandle {
  cuframes_memory kind = CUFRAMES_MEMORY_MEMFD;
  uint8_t gpu_uuid[16] = {};
  uint8_t ipc_handle[64] = {};  // CUDA_IPC only
};

/// The memory that holds the pixels of all slots of one ring.
class Store {
 public:
  virtual ~Store() = default;
  uint64_t base() const { return base_; }
  const StoreHandle& handle() const { return handle_; }
  /// CUDA ordinal in this process, -1 for host memory.
  int device() const { return device_; }
  /// The descriptor readers import, -1 when `handle` says it all.
  virtual int export_fd() const = 0;
  /// Registers host memory with CUDA, so that GPU copies of it are DMA and asynchronous; again is
  /// nothing. Throws CUFRAMES_E_INVALID for GPU memory, CUFRAMES_E_DEVICE_LOST when CUDA refuses.
  virtual void pin(int device);
  /// The GPU it was pinned for, or -1.
  int pinned_device() const { return pinned_device_.load(std::memory_order_acquire); }

 protected:
  uint64_t base_ = 0;
  int device_ = -1;
  std::atomic<int> pinned_device_{-1};
  StoreHandle handle_;
};

/// `device`: CUDA ordinal, ignored for MEMFD. Throws CUFRAMES_E_DEVICE_LOST or CUFRAMES_E_SHM.
std::unique_ptr<Store> create_store(cuframes_memory kind, int device, uint64_t bytes);

/// Maps a publisher's store read-only. `device`: also reachable from this ordinal, -1 for the GPU
/// it lies on alone.
std::unique_ptr<Store> import_store(const StoreHandle& handle, GuardedFd fd, uint64_t bytes,
                                    int device);

std::unique_ptr<Store> create_cuda_store(cuframes_memory kind, int device, uint64_t bytes);
std::unique_ptr<Store> import_cuda_store(const StoreHandle& handle, GuardedFd fd, uint64_t bytes,
                                         int device);

}  // namespace cuframes
