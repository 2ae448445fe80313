#include "nvurisrcbin/splice.h"

#include <utility>

namespace pyds::urisrc {

GstEvent* Splice::segment(GstEvent* event) {
  const std::lock_guard<std::mutex> lock(mutex_);
  gst_event_copy_segment(event, &play_);
  if (stream_.format == GST_FORMAT_UNDEFINED) {
    stream_ = play_;
    stream_.stop = stream_.duration = GST_CLOCK_TIME_NONE;
  }
  GstEvent* replacement = gst_event_new_segment(&stream_);
  gst_event_set_seqnum(replacement, gst_event_get_seqnum(event));
  gst_event_unref(event);
  return replacement;
}

GstBuffer* Splice::frame(GstBuffer* frame) {
  const std::lock_guard<std::mutex> lock(mutex_);
  has_frames_ = true;
  const GstClockTime time =
      gst_segment_to_running_time(&play_, GST_FORMAT_TIME, GST_BUFFER_PTS(frame));
  if (!GST_CLOCK_TIME_IS_VALID(time)) return frame;
  if (joins_ && GST_CLOCK_TIME_IS_VALID(end_))
    shift_ = live_ && time >= end_ ? 0 : GST_CLOCK_DIFF(time, end_);
  joins_ = false;
  const GstClockTime stream_time = time + GstClockTime(shift_);
  frame = gst_buffer_make_writable(frame);
  GST_BUFFER_PTS(frame) =
      gst_segment_position_from_running_time(&stream_, GST_FORMAT_TIME, stream_time);
  GST_BUFFER_DTS(frame) = GST_CLOCK_TIME_NONE;
  GstClockTime duration = GST_BUFFER_DURATION(frame);
  if (!GST_CLOCK_TIME_IS_VALID(duration))
    duration = GST_CLOCK_TIME_IS_VALID(last_) && stream_time > last_ ? stream_time - last_ : 0;
  last_ = stream_time;
  end_ = stream_time + duration;
  return frame;
}

bool Splice::start_next_play() {
  const std::lock_guard<std::mutex> lock(mutex_);
  joins_ = true;
  return std::exchange(has_frames_, false);
}

void Splice::reset() {
  const std::lock_guard<std::mutex> lock(mutex_);
  stream_ = {};
  joins_ = false;
  shift_ = 0;
  last_ = end_ = GST_CLOCK_TIME_NONE;
}

}  // namespace pyds::urisrc
