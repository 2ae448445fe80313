// Splice: joins the plays of a source (rounds of a loop, connections to a camera) to one stream.
#pragma once

#include <gst/gst.h>

#include <mutex>

namespace pyds::urisrc {

// The stream has the segment of the first play, without an end. Frames of later plays are shifted:
// in a loop they follow the frames before without a gap; live they keep their time, but never go
// back. Thread-safe.
class Splice {
 public:
  explicit Splice(bool live) : live_(live) {}

  // Takes a segment event and returns the one to send on.
  GstEvent* segment(GstEvent* event);
  // Takes a frame and returns it with its time in the stream.
  GstBuffer* frame(GstBuffer* frame);
  // Frames from now on are those of the next play. False if the one before had none.
  bool start_next_play();
  // The stream was flushed: it begins anew with the next segment.
  void reset();

 private:
  const bool live_;
  std::mutex mutex_;
  GstSegment play_ = {};    // of the current play
  GstSegment stream_ = {};  // undefined format: none yet
  bool joins_ = false;      // the next frame is the first of its play
  bool has_frames_ = false;
  GstClockTimeDiff shift_ = 0;
  // Running times in the stream, of the frame before and of where it ends.
  GstClockTime last_ = GST_CLOCK_TIME_NONE;
  GstClockTime end_ = GST_CLOCK_TIME_NONE;
};

}  // namespace pyds::urisrc
