// The buffer of one frame of a batch.
#pragma once

#include <gst/gst.h>

#include "nvdsmeta.h"

namespace pyds::demux {

// A batch of one: the picture of `frame` by reference, copies of its metadata and of the batch's
// user metadata, and the flags and times of the batch's buffer. Null if the buffer has no picture
// for the frame. The caller holds the batch's lock.
GstBuffer* single_frame_buffer(GstBuffer* buffer, NvDsBatchMeta* batch, const NvDsFrameMeta* frame);

}  // namespace pyds::demux
