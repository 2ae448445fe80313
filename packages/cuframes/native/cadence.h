#pragma once

#include <cstdint>
#include <optional>

#include "cuframes.h"

namespace cuframes {

/// When the next frame of a steady stream will come, learnt from the frames taken. A reader that
/// knows it can be awake a moment before, and look for the frame instead of being woken for it:
/// waking a sleeping processor is most of what a hand-off costs. A stream without a steady cadence
/// is never predicted, so waiting for it costs nothing more. Not thread-safe.
class Cadence {
 public:
  /// `spin_ns`: the longest time to look for one frame; 0 turns all of this off.
  explicit Cadence(int64_t spin_ns) : spin_ns_(spin_ns) {}

  void taken(const cuframes_frame_info& frame);

  struct Window {
    int64_t wake_at_ns;  // sleep until here: waking up takes a while
    int64_t close_ns;    // look for the frame until here
  };
  /// Around the next frame; nothing when that cannot be told, or is over at `now_ns`.
  std::optional<Window> next(int64_t now_ns) const;
  /// A sleep until `wake_at_ns` ended at `now_ns` without a frame.
  void woke(int64_t wake_at_ns, int64_t now_ns);
  /// The frame was looked for: once is enough, next() has nothing more before it is taken.
  void looked() { looked_ = true; }

 private:
  /// The rate is measured from here on; `interval_ns` 0 when it is not known yet.
  void begin(uint64_t seq, int64_t publish_ns, int64_t interval_ns);

  const int64_t spin_ns_;
  uint64_t generation_ = 0;
  uint64_t seq_ = 0;  // of the last frame taken
  int64_t publish_ns_ = 0;
  uint64_t anchor_seq_ = 0;
  int64_t anchor_ns_ = 0;
  int64_t phase_ns_ = 0;  // when the last frame was due, without its own jitter
  int64_t interval_ns_ = 0;
  int64_t oversleep_ns_ = 0;
  uint8_t hits_ = 0;  // bit i: i predictions ago the frame came within its window
  bool looked_ = false;
};

}  // namespace cuframes
