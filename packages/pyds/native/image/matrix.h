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
RgbToYuv rgb_to_yuv(const GstVideoColorimetry& to, bool red_first);

// From one YUV space to another; for equal matrices only the ranges change.
YuvMix yuv_to_yuv(const GstVideoColorimetry& from, const GstVideoColorimetry& to);

// libyuv's tables for YUV to RGB: BT.601, 709 and 2020, both ranges. SMPTE 240M is read as BT.709
// and FCC as BT.601 (less than 2 % off). `vu` selects the table for exchanged chroma planes.
const libyuv::YuvConstants* yuv_to_rgb_table(const GstVideoColorimetry& from, bool vu);

}  // namespace pyds
