#include "formats.h"

#include <algorithm>

namespace cuframes::gst {
namespace {

struct Pair {
  uint32_t ours;
  GstVideoFormat theirs;
};
constexpr Pair kPairs[] = {
    {CUFRAMES_FORMAT_NV12, GST_VIDEO_FORMAT_NV12},
    {CUFRAMES_FORMAT_P010, GST_VIDEO_FORMAT_P010_10LE},
    {CUFRAMES_FORMAT_P016, GST_VIDEO_FORMAT_P016_LE},
    {CUFRAMES_FORMAT_I420, GST_VIDEO_FORMAT_I420},
    {CUFRAMES_FORMAT_YV12, GST_VIDEO_FORMAT_YV12},
    {CUFRAMES_FORMAT_RGB, GST_VIDEO_FORMAT_RGB},
    {CUFRAMES_FORMAT_BGR, GST_VIDEO_FORMAT_BGR},
    {CUFRAMES_FORMAT_RGBA, GST_VIDEO_FORMAT_RGBA},
    {CUFRAMES_FORMAT_BGRX, GST_VIDEO_FORMAT_BGRx},
    {CUFRAMES_FORMAT_RGBP, GST_VIDEO_FORMAT_RGBP},
    {CUFRAMES_FORMAT_GRAY8, GST_VIDEO_FORMAT_GRAY8},
    {CUFRAMES_FORMAT_GRAY16, GST_VIDEO_FORMAT_GRAY16_LE},
};

}  // namespace

uint32_t format_of(GstVideoFormat format) {
  for (const Pair& pair : kPairs) {
    if (pair.theirs == format) return pair.ours;
  }
  return 0;
}

GstVideoFormat video_format_of(uint32_t format) {
  for (const Pair& pair : kPairs) {
    if (pair.ours == format) return pair.theirs;
  }
  return GST_VIDEO_FORMAT_UNKNOWN;
}

PlaneLayout layout_of(const cuframes_frame_info& info) {
  PlaneLayout layout;
  for (uint32_t p = 0; p < info.n_planes; ++p) {
    const cuframes_plane& plane = info.planes[p];
    layout.offset[p] = plane.address - info.planes[0].address;
    layout.stride[p] = static_cast<gint>(plane.pitch_bytes);
    layout.size = std::max(layout.size, layout.offset[p] + gsize{plane.pitch_bytes} * plane.height);
  }
  return layout;
}

cuframes_colour colour_of(const GstVideoColorimetry& c) {
  const uint32_t range = c.range == GST_VIDEO_COLOR_RANGE_0_255    ? 1
                         : c.range == GST_VIDEO_COLOR_RANGE_16_235 ? 2
                                                                   : 0;
  const auto known = [](guint value) { return value == 0 ? 2u : value; };
  return {
      c.matrix == GST_VIDEO_COLOR_MATRIX_RGB ? 0 : known(gst_video_color_matrix_to_iso(c.matrix)),
      range, known(gst_video_color_primaries_to_iso(c.primaries)),
      known(gst_video_transfer_function_to_iso(c.transfer))};
}

GstVideoColorimetry colorimetry_of(const cuframes_colour& colour) {
  GstVideoColorimetry c{};
  c.range = colour.range == 1   ? GST_VIDEO_COLOR_RANGE_0_255
            : colour.range == 2 ? GST_VIDEO_COLOR_RANGE_16_235
                                : GST_VIDEO_COLOR_RANGE_UNKNOWN;
  c.matrix = gst_video_color_matrix_from_iso(colour.matrix);
  c.transfer = gst_video_transfer_function_from_iso(colour.transfer);
  c.primaries = gst_video_color_primaries_from_iso(colour.primaries);
  return c;
}

}  // namespace cuframes::gst
