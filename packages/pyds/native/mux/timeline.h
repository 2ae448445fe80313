// Timeline: the timestamps of batches, made from those of their frames.
//
// With one source, and with sources in step, a batch has the running time of its frames. Sources
// may also start late, end early, run at different rates or not know the time: then a batch takes
// the latest running time among its frames, and where that would go back, it advances by as much
// as its frames did. So time never goes back or stands still for long, as encoders and muxers need.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "mux/frame.h"

namespace pyds::mux {

class Timeline {
 public:
  struct Stamp {
    uint64_t pts = GST_CLOCK_TIME_NONE;  // ns
    uint64_t duration = GST_CLOCK_TIME_NONE;
  };

  // `frame_duration` is that of the nominal frame rate, 0 if there is none.
  Stamp stamp(const std::vector<Frame>& frames, uint64_t frame_duration);
  void reset();

 private:
  uint64_t last_ = GST_CLOCK_TIME_NONE;
  std::unordered_map<unsigned, uint64_t> last_of_source_;  // running time
};

}  // namespace pyds::mux
