#include "nvstreamdemux/stream_time.h"

#include <cstdlib>

namespace pyds::demux {
namespace {

// Sources in step differ by less from their batch.
constexpr GstClockTimeDiff kInStep = GST_SECOND;

}  // namespace

GstClockTime StreamTime::stamp(GstClockTime source_pts, GstClockTime batch_pts) {
  if (!GST_CLOCK_TIME_IS_VALID(source_pts)) return batch_pts;
  if (!GST_CLOCK_TIME_IS_VALID(batch_pts)) return source_pts;
  if (!shift_ || source_pts < last_source_pts_) {
    const GstClockTimeDiff lag = GST_CLOCK_DIFF(source_pts, batch_pts);
    shift_ = std::abs(lag) <= kInStep ? 0 : lag;
  }
  last_source_pts_ = source_pts;
  return source_pts + GstClockTime(*shift_);
}

}  // namespace pyds::demux
