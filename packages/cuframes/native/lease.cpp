#include "lease.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "cuda_driver.h"
#include "error.h"
#include "fork_guard.h"
#include "reaper.h"

namespace cuframes {
namespace {

void copy_plane(const cuframes_plane& to, bool to_host, const cuframes_plane& from, bool from_host,
                cuda::Stream stream) {
  const size_t row = size_t{from.width} * from.channels * from.element_bytes;
  if (!to_host || !from_host) {
    cuda::copy_rows({to.address, to.pitch_bytes, to_host},
                    {from.address, from.pitch_bytes, from_host}, row, from.height, stream);
    return;
  }
  for (uint64_t y = 0; y < from.height; ++y) {
    std::memcpy(reinterpret_cast<void*>(to.address + y * to.pitch_bytes),
                reinterpret_cast<const void*>(from.address + y * from.pitch_bytes), row);
  }
}

}  // namespace

PrivateMemory::PrivateMemory(int device, uint64_t bytes) : device_(device) {
  if (device < 0) {
    constexpr uint64_t kAlignment = 256;  // what DLPack consumers like
    host_ = std::make_unique<std::byte[]>(bytes + kAlignment);
    address_ = align_up(reinterpret_cast<uint64_t>(host_.get()), kAlignment);
    return;
  }
  const cuda::CurrentContext context(device);
  cuda::check(cuda::Driver::get().mem_alloc(&address_, bytes),
              "cuMemAlloc of " + std::to_string(bytes) + " bytes");
}

PrivateMemory::~PrivateMemory() {
  if (device_ < 0) return;
  reap([device = device_, address = address_] {
    // Freeing would spoil a graph capture of any thread but for this.
    int mode = cuda::kCaptureModeRelaxed;
    const cuda::CurrentContext context(device);
    cuda::Driver::get().thread_exchange_capture_mode(&mode);
    cuda::Driver::get().mem_free(address);  // waits for the kernels that still use it
  });
}

Lease* Lease::of(std::shared_ptr<ReaderRing> ring, const ReaderRing::Taken& taken) {
  auto lease = make();
  lease->info_ = taken.info;
  lease->slot_ = taken.slot;
  lease->ring_ = std::move(ring);
  lease->fork_epoch_ = fork_epoch();
  return lease.release();
}

Lease* Lease::copy_of(const Lease& source, uint32_t memory, Lease* reuse) {
  if (memory != CUFRAMES_MEMORY_AUTO && memory != CUFRAMES_MEMORY_HOST) {
    throw Error(CUFRAMES_E_INVALID, "a frame can be copied to where it is or to host memory");
  }
  const cuframes_frame_info& from = source.info_;
  const int device = memory == CUFRAMES_MEMORY_HOST ? -1 : from.device;
  const FrameLayout layout = frame_layout(from.format, from.width, from.height, 1, 256);
  std::unique_ptr<Lease> fresh;
  Lease* lease = reuse;
  if (reuse == nullptr) {
    fresh = make();
    lease = fresh.get();
    lease->fork_epoch_ = fork_epoch();
    lease->memory_ = std::make_unique<PrivateMemory>(device, layout.bytes);
  } else if (!reuse->is_private() || reuse->info_.format != from.format ||
             reuse->info_.width != from.width || reuse->info_.height != from.height ||
             reuse->info_.device != device) {
    throw Error(CUFRAMES_E_INVALID,
                "out= must be an earlier copy() of a frame of the same format, size and device");
  }
  const uint64_t base = lease->memory_->address();
  lease->private_meta_.assign(static_cast<const std::byte*>(from.user_meta),
                              static_cast<const std::byte*>(from.user_meta) + from.user_meta_bytes);
  cuframes_frame_info info = from;
  describe_planes(*layout.format, layout.planes.data(), from.width, from.height, base, layout.bytes,
                  &info);
  info.user_meta = lease->private_meta_.data();
  info.device = device;
  info.memory = device < 0 ? uint32_t{CUFRAMES_MEMORY_HOST} : from.memory;
  lease->info_ = info;

  const bool on_gpu = from.device >= 0;
  cuda::Stream stream = nullptr;
  if (on_gpu && source.ring_ != nullptr) {
    stream = reinterpret_cast<cuda::Stream>(source.ring_->stream().get(from.device));
  }
  if (on_gpu) {
    const cuda::CurrentContext context(from.device);
    for (uint32_t p = 0; p < info.n_planes; ++p) {
      copy_plane(info.planes[p], device < 0, from.planes[p], false, stream);
    }
    cuda::check(cuda::Driver::get().stream_synchronize(stream), "cuStreamSynchronize");
  } else {
    for (uint32_t p = 0; p < info.n_planes; ++p) {
      copy_plane(info.planes[p], true, from.planes[p], true, nullptr);
    }
  }
  if (reuse != nullptr) {
    reuse->ref();
    return reuse;
  }
  return fresh.release();
}

bool Lease::valid() const { return ring_ == nullptr || !ring_->evicted(); }

int Lease::stream_device() const {
  if (info_.device >= 0 || ring_ == nullptr) return info_.device;
  return ring_->store().pinned_device();
}

void Lease::record_stream(uintptr_t stream) {
  if (stream_device() < 0) {
    throw Error(CUFRAMES_E_INVALID,
                "a frame in host memory is not used on a CUDA stream, unless its ring is pinned: "
                "call sub.pin() first");
  }
  const uintptr_t normal = stream == 0 ? 1 : stream;  // 0 and 1 are both the legacy stream
  const std::lock_guard<std::mutex> lock(mutex_);
  if (std::find(streams_.begin(), streams_.end(), normal) == streams_.end()) {
    streams_.push_back(normal);
  }
}

void Lease::unref() noexcept {
  if (refs_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (fork_epoch_ != fork_epoch()) return;  // a forked child: the lease is the parent's
  end_after_streams();
}

void Lease::end_after_streams() noexcept {
  // One more than there are streams, so that none of them can end the lease while we still launch.
  streams_left_.store(static_cast<uint32_t>(streams_.size()) + 1, std::memory_order_relaxed);
  if (ring_ != nullptr) {
    for (const uintptr_t stream : streams_) launch_end(stream);
  } else {
    streams_left_.store(1, std::memory_order_relaxed);  // freeing private memory waits by itself
  }
  count_down();
}

void Lease::launch_end(uintptr_t stream) noexcept {
  int result = 0;
  int capturing = 0;
  try {
    const cuda::CurrentContext context(stream_device());
    const cuda::Driver& d = cuda::Driver::get();
    auto* handle = reinterpret_cast<cuda::Stream>(stream);
    result = d.stream_is_capturing(handle, &capturing);
    if (result == cuda::kSuccess && capturing == 0) {
      result = d.launch_host_func(
          handle, [](void* lease) { static_cast<Lease*>(lease)->count_down(); }, this);
      if (result == cuda::kSuccess) return;
    }
  } catch (const Error& error) {
    result = error.cuda_code();
  }
  if (result == cuda::kDeinitialized) {  // the process exits: its GPU work is over
    count_down();
    return;
  }
  ring_->deferred_releases().fetch_add(1, std::memory_order_relaxed);
  end_later(stream, capturing != 0);
}

void Lease::end_later(uintptr_t stream, bool capturing) noexcept {
  try {
    reap([this, stream, capturing] {
      if (capturing) {
        wait_for_capture(stream);
      } else {
        wait_for_context();
      }
    });
  } catch (const std::exception&) {
    // No thread, no memory: the slot stays leased until this process ends.
  }
}

/// A host function in a captured stream would become part of the graph, and a synchronisation would
/// spoil the capture: look again until it has ended.
void Lease::wait_for_capture(uintptr_t stream) noexcept {
  constexpr useconds_t kPause = 2000;
  int capturing = 0;
  try {
    const cuda::CurrentContext context(stream_device());
    cuda::check(
        cuda::Driver::get().stream_is_capturing(reinterpret_cast<cuda::Stream>(stream), &capturing),
        "cuStreamIsCapturing");
  } catch (const Error&) {
    capturing = 0;
  }
  if (capturing == 0) {
    wait_for_context();
    return;
  }
  usleep(kPause);
  end_later(stream, true);
}

void Lease::wait_for_context() noexcept {
  try {
    const cuda::CurrentContext context(stream_device());
    cuda::Driver::get().ctx_synchronize();
  } catch (const Error&) {
    // The device is lost: nothing runs on it any more.
  }
  count_down();
}

void Lease::count_down() noexcept {
  if (streams_left_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const std::unique_ptr<Lease> end(this);
  if (ring_ != nullptr) ring_->release(slot_);
}

}  // namespace cuframes
