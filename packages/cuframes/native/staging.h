#pragma once

#include <atomic>
#include <cstdint>

#include "cuda_driver.h"

namespace cuframes {

/// Private memory on a GPU that cannot reach the ring's own: every frame a reader takes is copied
/// here, once. As many places as the reader may hold leases.
class Staging {
 public:
  Staging(int device, uint64_t frame_bytes, uint32_t places);
  ~Staging();
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  int device() const { return device_; }
  uint64_t address(uint32_t place) const { return base_ + place * frame_bytes_; }
  /// A place nobody uses. Throws CUFRAMES_E_CAPACITY when all are in use.
  uint32_t claim();
  void release(uint32_t place);
  /// Copies a frame in, from a host address (`from_device` -1) or another GPU, and waits for it.
  void fill(uint32_t place, uint64_t from, int from_device) const;

 private:
  const int device_;
  const uint64_t frame_bytes_;
  std::atomic<uint64_t> free_;  // bit p: nobody uses place p
  cuda::DevicePtr base_ = 0;
  cuda::Stream stream_ = nullptr;  // its own: the reader's may be busy
};

}  // namespace cuframes
