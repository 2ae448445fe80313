#include "staging.h"

#include <string>

#include "error.h"
#include "reaper.h"

namespace cuframes {

Staging::Staging(int device, uint64_t frame_bytes, uint32_t places)
    : device_(device), frame_bytes_(frame_bytes), free_((uint64_t{1} << places) - 1) {
  const cuda::CurrentContext context(device);
  const cuda::Driver& d = cuda::Driver::get();
  cuda::check(d.stream_create(&stream_, cuda::kStreamNonBlocking), "cuStreamCreate");
  const cuda::Result result = d.mem_alloc(&base_, frame_bytes * places);
  if (result == cuda::kSuccess) return;
  d.stream_destroy(stream_);
  cuda::check(result, "cuMemAlloc of " + std::to_string(frame_bytes * places) + " bytes");
}

Staging::~Staging() {
  reap([device = device_, base = base_, stream = stream_] {
    int mode = cuda::kCaptureModeRelaxed;  // not to spoil a graph capture of another thread
    const cuda::CurrentContext context(device);
    const cuda::Driver& d = cuda::Driver::get();
    d.thread_exchange_capture_mode(&mode);
    d.mem_free(base);
    d.stream_destroy(stream);
  });
}

uint32_t Staging::claim() {
  uint64_t free = free_.load(std::memory_order_acquire);
  while (free != 0) {
    const uint64_t bit = free & -free;
    if (free_.compare_exchange_weak(free, free & ~bit, std::memory_order_acq_rel)) {
      return static_cast<uint32_t>(__builtin_ctzll(bit));
    }
  }
  throw Error(CUFRAMES_E_CAPACITY, "every private copy of this reader is in use");
}

void Staging::release(uint32_t place) {
  free_.fetch_or(uint64_t{1} << place, std::memory_order_release);
}

void Staging::fill(uint32_t place, uint64_t from, int from_device) const {
  const cuda::Driver& d = cuda::Driver::get();
  const cuda::CurrentContext context(device_);
  if (from_device < 0 || from_device == device_) {
    cuda::check(d.memcpy_async(address(place), from, frame_bytes_, stream_), "cuMemcpyAsync");
  } else {
    cuda::check(d.memcpy_peer_async(address(place), cuda::primary_context(device_), from,
                                    cuda::primary_context(from_device), frame_bytes_, stream_),
                "cuMemcpyPeerAsync");
  }
  cuda::check(d.stream_synchronize(stream_), "cuStreamSynchronize");
}

}  // namespace cuframes
