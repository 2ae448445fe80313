// Frame: one picture of one source on its way into a batch.
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <vector>

#include "mux/user_payload.h"
#include "surface/block.h"

namespace pyds::mux {

struct Frame {
  BlockRef picture;  // in the size and format of the batch
  unsigned source_id = 0;
  int number = 0;  // counts the frames of the source from 0
  // Times in ns, GST_CLOCK_TIME_NONE if unknown.
  uint64_t pts = GST_CLOCK_TIME_NONE;  // as the source gave it
  uint64_t running_time = GST_CLOCK_TIME_NONE;
  uint64_t stream_time = GST_CLOCK_TIME_NONE;
  uint64_t duration = GST_CLOCK_TIME_NONE;
  uint64_t arrival_time = 0;  // since 1970
  uint64_t ntp_time = 0;      // since 1970
  int source_width = 0;       // before scaling, pixels
  int source_height = 0;
  std::vector<UserPayload> user_payloads;  // metadata the source attached, become user metas
};

}  // namespace pyds::mux
