#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cuda_driver.h"
#include "format.h"
#include "layout.h"
#include "memory.h"
#include "store.h"

namespace cuframes {

struct RingConfig {
  FrameLayout layout;
  uint32_t n_slots = 0;
  uint32_t max_readers = 0;
  uint32_t sidecar_bytes = 0;
  cuframes_memory memory = CUFRAMES_MEMORY_MEMFD;
  int device = -1;
  bool host_mirror = false;
  uint64_t generation = 0;
  uint64_t last_seq = 0;  // seq goes on from here
  double fps_hint = 0;
};

/// The publisher's side of one ring: control block, pixels, and the lease pages of its readers.
/// Not thread-safe; the publisher locks.
class PublisherRing {
 public:
  struct Reader {
    uint32_t index = 0;
    uint32_t epoch = 0;
    uint32_t policy = CUFRAMES_POLICY_NEWEST;  // in effect
    uint32_t budget = 0;
    uint32_t stalls = 0;
    GuardedFd fd;
    Mapping mapping;
    std::array<uint64_t, CUFRAMES_MAX_SLOTS> held_seq{};   // for the lease timeout: which frame
    std::array<int64_t, CUFRAMES_MAX_SLOTS> held_since{};  // and since when

    LeasePage& page() const { return *reinterpret_cast<LeasePage*>(mapping.data()); }
  };

  explicit PublisherRing(const RingConfig& config);
  PublisherRing(const PublisherRing&) = delete;
  PublisherRing& operator=(const PublisherRing&) = delete;

  const Control& control() const { return control_; }
  const Store& store() const { return *store_; }
  /// Host memory that every frame is copied to, or nullptr.
  const Store* mirror() const { return mirror_.get(); }
  /// Queues the copy of slot `s` to the mirror, if there is one, on `stream`.
  void copy_to_mirror(uint32_t s, cuda::Stream stream) const;
  int control_fd() const { return control_fd_.get(); }
  uint64_t generation() const { return generation_; }
  uint64_t last_seq() const { return last_seq_; }
  const FrameLayout& layout() const { return layout_; }

  /// Takes a slot that nobody holds, or nothing: the last drawn of those whose frames nobody will
  /// ask for any more, else the one with the oldest frame. `wait_for_blockers`: spare frames that a
  /// reader with the policy "block" has not taken; *blocked tells that this was the reason.
  std::optional<uint32_t> claim(bool wait_for_blockers, bool* blocked);
  /// Makes slot `s` the newest frame. Its description and publish_ns are written already.
  uint64_t publish(uint32_t s, int64_t now);
  /// The slot may be claimed again (it stays readable when it was published).
  void close_slot(uint32_t s);
  /// A frame was given up for want of a slot.
  void count_drop() const { control_.counters().dropped.fetch_add(1, std::memory_order_relaxed); }
  void count_copy() const { control_.counters().copied_in.fetch_add(1, std::memory_order_relaxed); }

  /// A place with a lease page for a reader; nullptr when the table is full.
  Reader* add_reader(uint32_t policy, uint32_t budget, const std::string& name, uint32_t uid,
                     int32_t pid);
  void remove_reader(uint32_t index, ReaderStatus status);
  Reader* reader(uint32_t index) const { return readers_[index].get(); }
  uint32_t admitted_budget() const;
  uint32_t reader_count() const;

  /// Every reader that makes us wait now is only "in_order" from here on.
  void demote_blockers();
  /// Readers that broke their budget, or hold a frame longer than `lease_timeout_ns` (if > 0).
  std::vector<uint32_t> offenders(int64_t now, int64_t lease_timeout_ns);
  /// Copies the lease pages into the control block, for those who look.
  void refresh_snapshots(int64_t now);
  uint32_t occupancy() const;
  /// Which wake-ups readers asked for, and whose doorbell to ring.
  bool futex_armed() const;
  std::vector<uint32_t> take_doorbells();

  void set_state(PublisherState state);
  /// The counters go on from those of the ring before.
  void inherit_counters(const PublisherRing& before);

 private:
  uint64_t held_by_anybody() const;
  bool blocked_on(uint64_t seq) const;
  /// The oldest frame that a reader may still ask for.
  uint64_t needed_from() const;

  FrameLayout layout_;
  uint64_t generation_;
  uint64_t last_seq_;
  GuardedFd control_fd_;
  Mapping control_mapping_;
  Control control_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Store> mirror_;
  std::vector<std::unique_ptr<Reader>> readers_;         // by index
  std::array<uint64_t, CUFRAMES_MAX_SLOTS> slot_seq_{};  // what we published where; 0 nothing
  uint64_t open_ = 0;                                    // slots with a writable handle
  uint32_t newest_ = CUFRAMES_MAX_SLOTS;
  uint32_t next_epoch_ = 1;
  int64_t last_publish_ns_ = 0;
};

}  // namespace cuframes
