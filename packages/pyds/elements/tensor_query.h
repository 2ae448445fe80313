// The question nvinfer asks nvdspreprocess upstream of it before it loads its model: how large the
// pictures in its tensors are. Models of any size are then loaded for that one.
#pragma once

#include <gst/gst.h>

#include <optional>
#include <vector>

namespace pyds {

// Channels, height and width of the tensors made for the nvinfer of this unique-id, if an
// nvdspreprocess upstream of `sinkpad` makes some.
std::optional<std::vector<unsigned>> ask_tensor_size(GstPad* sinkpad, unsigned unique_id);

// The unique-id of the nvinfer that asks, if that is the question.
std::optional<unsigned> parse_tensor_query(GstQuery* query);
void answer_tensor_query(GstQuery* query, unsigned channels, unsigned height, unsigned width);

}  // namespace pyds
