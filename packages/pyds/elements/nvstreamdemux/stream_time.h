// StreamTime: the time stamps of one stream taken out of the batches.
#pragma once

#include <gst/gst.h>

#include <optional>

namespace pyds::demux {

// A stream keeps the time stamps of its source, which are finer than those of the batches (one for
// all sources). They are shifted where a source does not count in running time, as after a seek or
// when it joined late.
class StreamTime {
 public:
  // Presentation time of a frame in running time. NONE only if both are.
  GstClockTime stamp(GstClockTime source_pts, GstClockTime batch_pts);
  // The next frame starts anew, after a flush or in a new segment.
  void reset() { *this = {}; }

 private:
  std::optional<GstClockTimeDiff> shift_;
  GstClockTime last_source_pts_ = 0;
};

}  // namespace pyds::demux
