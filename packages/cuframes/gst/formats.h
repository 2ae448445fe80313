#pragma once

#include <cuframes.h>
#include <gst/video/video.h>

/// All of our formats as the caps of a pad.
#define CUFRAMES_CAPS  \
  GST_VIDEO_CAPS_MAKE( \
      "{ NV12, P010_10LE, P016_LE, I420, YV12, RGB, BGR, RGBA, BGRx, RGBP, GRAY8, GRAY16_LE }")

namespace cuframes::gst {

/// Our format for GStreamer's, or 0.
uint32_t format_of(GstVideoFormat format);
/// GStreamer's format for ours, or GST_VIDEO_FORMAT_UNKNOWN.
GstVideoFormat video_format_of(uint32_t format);

/// Plane offsets from the first plane, and strides, as a GstVideoMeta wants them.
struct PlaneLayout {
  gsize offset[GST_VIDEO_MAX_PLANES] = {};
  gint stride[GST_VIDEO_MAX_PLANES] = {};
  gsize size = 0;  // to the end of the last plane
};
PlaneLayout layout_of(const cuframes_frame_info& info);

/// Colorimetry of caps as H.273 code points, and back.
cuframes_colour colour_of(const GstVideoColorimetry& colorimetry);
GstVideoColorimetry colorimetry_of(const cuframes_colour& colour);

}  // namespace cuframes::gst
