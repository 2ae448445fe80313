#include "cadence.h"

#include <algorithm>
#include <cstdlib>

#include "clock.h"

namespace cuframes {
namespace {

constexpr int64_t kLongestInterval = kSecond;
constexpr int64_t kLongestOversleep = kMillisecond;
constexpr int64_t kLatest = INT64_MAX / 2;
constexpr int64_t kLongestGap = 64;  // frames
constexpr int kHitsNeeded = 4;       // of the last 8 predictions
constexpr uint8_t kRecent = 0x0f;    // the last four

}  // namespace

void Cadence::begin(uint64_t seq, int64_t publish_ns, int64_t interval_ns) {
  anchor_seq_ = seq;
  anchor_ns_ = publish_ns;
  phase_ns_ = publish_ns;
  interval_ns_ = interval_ns <= kLongestInterval ? interval_ns : 0;
}

void Cadence::taken(const cuframes_frame_info& frame) {
  if (spin_ns_ == 0) return;
  looked_ = false;
  // The times are the publisher's words: whatever they are, nothing may overflow.
  const int64_t publish_ns = std::clamp<int64_t>(frame.publish_ns, 0, kLatest);
  const int64_t gone = publish_ns - publish_ns_;
  const auto frames = static_cast<int64_t>(std::min<uint64_t>(frame.seq - seq_, kLongestGap + 1));
  const bool follows = frame.generation == generation_ && frames > 0 && frames <= kLongestGap &&
                       gone > 0 && gone <= kLongestGap * kLongestInterval;
  if (!follows) {
    begin(frame.seq, publish_ns, 0);
    hits_ = 0;
  } else if (interval_ns_ == 0) {
    begin(frame.seq, publish_ns, gone / frames);
  } else {
    const int64_t due = phase_ns_ + interval_ns_ * frames;
    const int64_t error = publish_ns - due;
    const int64_t half = spin_ns_ / 2;
    hits_ = static_cast<uint8_t>(hits_ << 1 | (std::abs(error) <= half ? 1 : 0));
    if (std::abs(error) > interval_ns_ / 2 || (hits_ & kRecent) == 0) {
      begin(frame.seq, publish_ns, gone / frames);  // it paused, or keeps another time than we do
    } else {
      // One late frame is not a late stream.
      phase_ns_ = due + std::clamp(error, -half, half) / 4;
      interval_ns_ = (phase_ns_ - anchor_ns_) / static_cast<int64_t>(frame.seq - anchor_seq_);
    }
  }
  generation_ = frame.generation;
  seq_ = frame.seq;
  publish_ns_ = publish_ns;
}

std::optional<Cadence::Window> Cadence::next(int64_t now_ns) const {
  if (looked_ || interval_ns_ <= 0 || __builtin_popcount(hits_) < kHitsNeeded) return std::nullopt;
  const int64_t due = phase_ns_ + interval_ns_;
  const Window window{due - spin_ns_ / 2 - oversleep_ns_, due + spin_ns_ / 2};
  if (now_ns >= window.close_ns) return std::nullopt;
  return window;
}

void Cadence::woke(int64_t wake_at_ns, int64_t now_ns) {
  if (now_ns < wake_at_ns) return;  // something else ended the sleep
  oversleep_ns_ += (now_ns - wake_at_ns - oversleep_ns_) / 8;
  oversleep_ns_ = std::clamp<int64_t>(oversleep_ns_, 0, kLongestOversleep);
}

}  // namespace cuframes
