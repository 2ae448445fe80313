// The buffer a batch travels in: its pictures by reference and its metadata.
#pragma once

#include <gst/gst.h>

#include <vector>

#include "mux/frame.h"

namespace pyds::mux {

// A buffer with the pictures of `frames` in this order (a frame's batch_id is its index) and an
// NvDsBatchMeta with one frame meta each. Takes the frames' payloads. `batch_size` is the most
// frames a batch may have. Timestamps are left to the caller.
GstBuffer* make_batch_buffer(std::vector<Frame>& frames, unsigned batch_size);

}  // namespace pyds::mux
