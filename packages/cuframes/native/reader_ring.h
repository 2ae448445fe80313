#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "format.h"
#include "layout.h"
#include "memory.h"
#include "staging.h"
#include "store.h"
#include "wire.h"

namespace cuframes {

/// The CUDA stream of a subscriber: the one it was given, or one of its own made at first use
/// (never the legacy stream, which would serialise all subscribers).
class ReaderStream {
 public:
  explicit ReaderStream(uintptr_t given) : given_(given) {}
  ~ReaderStream();
  ReaderStream(const ReaderStream&) = delete;
  ReaderStream& operator=(const ReaderStream&) = delete;
  uintptr_t get(int device);

 private:
  const uintptr_t given_;
  std::mutex mutex_;
  uintptr_t own_ = 0;
};

/// Where a reader wants the frames.
struct ReaderMemory {
  uint32_t kind = CUFRAMES_MEMORY_AUTO;
  int device = -1;      // CUDA ordinal to reach them from, -1: the one they are on
  int pin_device = -1;  // register host memory for this one
  uint32_t max_leases = 2;
};

/// The reader's side of one ring: read-only control block and pixels, and its own lease page.
/// Leases keep it alive, and with it the socket: while the publisher sees the socket open it
/// honours the page. take() is for one thread at a time; release() for any.
class ReaderRing {
 public:
  /// Maps what a Welcome brought. Throws CUFRAMES_E_SHM or CUFRAMES_E_VERSION for anything that
  /// does not add up, CUFRAMES_E_FORMAT for another kind of memory than wanted,
  /// CUFRAMES_E_DEVICE_LOST when the GPU memory cannot be reached.
  ReaderRing(const wire::Welcome& welcome, std::vector<GuardedFd> fds,
             std::shared_ptr<GuardedFd> socket, std::shared_ptr<ReaderStream> stream,
             const ReaderMemory& memory);
  ReaderRing(const ReaderRing&) = delete;
  ReaderRing& operator=(const ReaderRing&) = delete;

  struct Taken {
    uint32_t slot;
    cuframes_frame_info info;
  };
  /// Leases the next frame by `policy`, or nothing when there is none that was not seen.
  std::optional<Taken> take(uint32_t policy);
  void release(uint32_t slot);
  /// Skips everything, and makes the publisher never wait for this reader again.
  void retire();

  bool has_unseen() const;
  uint64_t unseen() const;
  uint64_t held_mask() const { return page().hold.load(std::memory_order_relaxed); }
  uint32_t held() const { return static_cast<uint32_t>(__builtin_popcountll(held_mask())); }
  bool evicted() const;
  /// The policy that the publisher applies: "block" may have become "in_order".
  uint32_t policy_in_effect() const;
  uint32_t occupancy() const;

  const Control& control() const { return control_; }
  LeasePage& page() const { return *reinterpret_cast<LeasePage*>(lease_mapping_.data()); }
  uint64_t generation() const { return generation_; }
  const Store& store() const { return *store_; }
  /// Where its frames are for the reader: a CUDA ordinal, -1 for host memory.
  int device() const { return staging_ != nullptr ? staging_->device() : store_->device(); }
  void pin(int device) { store_->pin(device); }
  ReaderStream& stream() const { return *stream_; }
  std::atomic<uint64_t>& deferred_releases() { return deferred_releases_; }
  /// Sleeps until a lease comes back, while `held() >= limit`. Returns what futex_wait returns.
  int wait_for_return(uint32_t limit, int64_t timeout_ns);

 private:
  std::optional<uint32_t> lease_newest(uint64_t* seq);
  std::optional<uint32_t> lease_in_order(uint64_t* seq);
  void import_memory(const wire::Welcome& welcome, std::vector<GuardedFd> fds,
                     const ReaderMemory& memory);
  cuframes_frame_info describe(uint32_t slot, uint64_t seq);

  uint64_t generation_;
  uint32_t index_;
  uint32_t epoch_;
  Mapping control_mapping_;
  Mapping lease_mapping_;
  Control control_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Staging> staging_;
  std::array<uint32_t, CUFRAMES_MAX_SLOTS> place_of_{};  // in staging_, of leased slots
  std::shared_ptr<ReaderStream> stream_;
  std::atomic<uint64_t> deferred_releases_{0};
  std::atomic<uint32_t> returns_{0};  // counts them; a futex
  std::atomic<uint32_t> return_waiters_{0};
  std::shared_ptr<GuardedFd> socket_;  // last to be declared, first to go: ends our reader place
};

/// State, counters and readers as a control block tells them (from a reader or an observer).
void describe_stream(const Control& control, cuframes_stream_info* info);
std::vector<cuframes_reader_info> describe_readers(const Control& control);

}  // namespace cuframes
