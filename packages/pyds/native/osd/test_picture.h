// A picture of a test, in any format, readable as RGB.
#pragma once

#include <cmath>
#include <vector>

#include "image/picture.h"

namespace pyds::osd {

class TestPicture {
 public:
  TestPicture(GstVideoFormat format, int width, int height,
              GstVideoColorMatrix matrix = GST_VIDEO_COLOR_MATRIX_BT601, bool full_range = false) {
    GstVideoInfo info;
    gst_video_info_set_format(&info, format, width, height);
    memory_.assign(GST_VIDEO_INFO_SIZE(&info) + kGuard, kGray);
    picture.format = format;
    picture.width = width;
    picture.height = height;
    for (unsigned i = 0; i < GST_VIDEO_INFO_N_PLANES(&info); ++i) {
      picture.plane[i] = memory_.data() + GST_VIDEO_INFO_PLANE_OFFSET(&info, i);
      picture.stride[i] = GST_VIDEO_INFO_PLANE_STRIDE(&info, i);
    }
    picture.colorimetry.matrix = matrix;
    picture.colorimetry.range =
        full_range ? GST_VIDEO_COLOR_RANGE_0_255 : GST_VIDEO_COLOR_RANGE_16_235;
  }

  static constexpr uint8_t kGray = 128;  // every byte before drawing

  int luma(int x, int y) const { return picture.plane[0][y * picture.stride[0] + x]; }
  // U and V of the sample that pixel (x, y) shares.
  std::pair<int, int> chroma(int x, int y) const {
    const ptrdiff_t row = y / 2;
    if (picture.format == GST_VIDEO_FORMAT_NV12) {
      const uint8_t* uv = picture.plane[1] + row * picture.stride[1] + x / 2 * 2;
      return {uv[0], uv[1]};
    }
    return {picture.plane[1][row * picture.stride[1] + x / 2],
            picture.plane[2][row * picture.stride[2] + x / 2]};
  }
  const uint8_t* rgba(int x, int y) const {
    return picture.plane[0] + static_cast<ptrdiff_t>(y) * picture.stride[0] + x * 4;
  }
  bool is_untouched() const {
    for (const uint8_t byte : memory_)
      if (byte != kGray) return false;
    return true;
  }
  // Nothing was written behind the last plane.
  bool guard_is_intact() const {
    for (size_t i = memory_.size() - kGuard; i < memory_.size(); ++i)
      if (memory_[i] != kGray) return false;
    return true;
  }
  const std::vector<uint8_t>& bytes() const { return memory_; }

  Picture picture;

 private:
  static constexpr size_t kGuard = 4096;
  std::vector<uint8_t> memory_;
};

}  // namespace pyds::osd
