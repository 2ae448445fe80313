// Coefficients of colour conversions, from a picture's colorimetry.
#pragma once

#include <gst/video/video.h>

#include "image/rows.h"

namespace pyds {

struct RgbToYuv {
  RgbWeights y, u, v;
};
// For pixels with red (or else blue) in the first byte. Any matrix GStreamer knows.
RgbToYuv rgb_to_yuv_weights(const GstVideoColorimetry& to, bool red_first);

// From one YUV space to another; for equal matrices only the ranges change.
YuvMix yuv_mix(const GstVideoColorimetry& from, const GstVideoColorimetry& to);

YuvWeights yuv_to_rgb_weights(const GstVideoColorimetry& from, bool red_first);

}  // namespace pyds
