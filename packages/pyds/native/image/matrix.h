// Coefficients of colour conversions, from a picture's colorimetry.
#pragma once

#include <gst/video/video.h>

#include "image/rows.h"

namespace libyuv {
struct YuvConstants;
}

namespace pyds {

struct RgbToYuv {
  RgbWeights y, u, v;
};
// For pixels with red (or else blue) in the first byte. Any matrix GStreamer knows.
RgbToYuv rgb_to_yuv_weights(const GstVideoColorimetry& to, bool red_first);

// From one YUV space to another; for equal matrices only the ranges change.
YuvMix yuv_mix(const GstVideoColorimetry& from, const GstVideoColorimetry& to);

YuvWeights yuv_to_rgb_weights(const GstVideoColorimetry& from, bool red_first);

// libyuv's nearest table, for its own functions; `vu` selects the one for exchanged chroma planes.
// Blue is up to 6 % too weak in limited-range BT.709 and BT.2020: see rows.h.
const libyuv::YuvConstants* yuv_to_rgb_table(const GstVideoColorimetry& from, bool vu);

}  // namespace pyds
