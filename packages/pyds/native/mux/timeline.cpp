#include "mux/timeline.h"

#include <algorithm>

namespace pyds::mux {

Timeline::Stamp Timeline::stamp(const std::vector<Frame>& frames, uint64_t frame_duration) {
  Stamp stamp;
  uint64_t advance = GST_CLOCK_TIME_NONE;  // the smallest; NONE is the largest value
  for (const Frame& frame : frames) {
    if (!GST_CLOCK_TIME_IS_VALID(frame.running_time)) continue;
    if (!GST_CLOCK_TIME_IS_VALID(stamp.pts) || frame.running_time > stamp.pts) {
      stamp.pts = frame.running_time;
      stamp.duration = frame.duration;
    }
    const auto [previous, is_new] =
        last_of_source_.try_emplace(frame.source_id, frame.running_time);
    if (is_new) continue;
    if (frame.running_time >= previous->second)
      advance = std::min(advance, frame.running_time - previous->second);
    previous->second = frame.running_time;
  }
  if (!GST_CLOCK_TIME_IS_VALID(stamp.duration) && frame_duration > 0)
    stamp.duration = frame_duration;
  const bool is_first = !GST_CLOCK_TIME_IS_VALID(last_);
  if (!GST_CLOCK_TIME_IS_VALID(stamp.pts)) {
    // Nobody knows the time: count frames if there is a rate, else stay without.
    if (frame_duration > 0) stamp.pts = is_first ? 0 : last_ + frame_duration;
  } else if (!is_first && stamp.pts < last_) {
    stamp.pts = last_ + (GST_CLOCK_TIME_IS_VALID(advance) ? advance : frame_duration);
  }
  if (GST_CLOCK_TIME_IS_VALID(stamp.pts)) last_ = stamp.pts;
  return stamp;
}

void Timeline::reset() {
  last_ = GST_CLOCK_TIME_NONE;
  last_of_source_.clear();
}

}  // namespace pyds::mux
