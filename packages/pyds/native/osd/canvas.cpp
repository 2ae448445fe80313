#include "osd/canvas.h"

#include <algorithm>
#include <cstring>

namespace pyds::osd {
namespace {

uint8_t to_byte(double value) { return static_cast<uint8_t>(std::clamp(value, 0.0, 255.0) + 0.5); }

// NaN counts as 0.
double unit(double value) { return value > 0 ? std::min(value, 1.0) : 0.0; }

inline void blend_sample(uint8_t* sample, uint8_t value, int weight) {
  *sample = static_cast<uint8_t>(*sample + (((value - *sample) * weight + 128) >> 8));
}

// Paints `count` neighbouring pixels with one weight (0..256).
template <int kChannels>
void fill_run(uint8_t* pixel, int count, const uint8_t* value, int weight) {
  if (weight >= 256) {
    if (kChannels == 1 && count > 16) {
      std::memset(pixel, value[0], count);
      return;
    }
    for (int i = 0; i < count; ++i) std::memcpy(pixel + i * kChannels, value, kChannels);
    return;
  }
  for (int i = 0; i < count; ++i)
    for (int c = 0; c < kChannels; ++c) blend_sample(pixel + i * kChannels + c, value[c], weight);
}

// The samples along one axis of a plane that a range of pixels [begin, end) touches, and how much
// of each is covered. Only the first and the last one can be covered in part.
struct Cover {
  int begin = 0;  // samples
  int end = 0;
  int first = 0;  // weight of sample `begin`, in units of 1 << shift pixels
  int last = 0;   // weight of sample `end - 1`

  Cover(int from, int to, int shift, int size) {
    if (from >= to) return;
    begin = from >> shift;
    end = ((to - 1) >> shift) + 1;
    first = weight(begin, from, to, shift, size);
    last = weight(end - 1, from, to, shift, size);
  }
  int at(int sample, int full) const {
    if (sample < begin || sample >= end) return 0;
    if (sample == begin) return first;
    return sample == end - 1 ? last : full;
  }

 private:
  static int weight(int sample, int from, int to, int shift, int size) {
    const int full = 1 << shift;
    const int pixels = std::min((sample + 1) << shift, to) - std::max(sample << shift, from);
    // The last sample of an odd size stands for fewer pixels: covering those covers it.
    const int there = std::min((sample + 1) << shift, size) - (sample << shift);
    return pixels >= there ? full : pixels;
  }
};

// Neighbouring samples of a row that are painted with one weight (0..256).
struct Run {
  int begin;
  int count;
  int weight;
};

// The runs of a row of a frame, whose row itself is covered by the outer and inner box with the
// given weights.
void find_runs(const Cover& outer, int outer_weight, const Cover& inner, int inner_weight,
               int shift, int opacity, std::vector<Run>& runs) {
  const int full = 1 << shift;
  runs.clear();
  const auto add = [&](int begin, int end) {
    if (begin >= end) return;
    const int pixels = outer.at(begin, full) * outer_weight - inner.at(begin, full) * inner_weight;
    const int weight = (opacity * pixels) >> (2 * shift);
    if (weight <= 0) return;
    if (!runs.empty() && runs.back().weight == weight &&
        runs.back().begin + runs.back().count == begin)
      runs.back().count += end - begin;
    else
      runs.push_back({begin, end - begin, weight});
  };
  // Only the first and last sample of a range can differ from those between them.
  const auto add_range = [&](int begin, int end) {
    add(begin, std::min(begin + 1, end));
    add(begin + 1, end - 1);
    add(std::max(end - 1, begin + 1), end);
  };
  if (inner_weight == 0 || inner.begin == inner.end) {
    add_range(outer.begin, outer.end);
  } else {
    add_range(outer.begin, inner.begin);
    add_range(inner.begin, inner.end);
    add_range(inner.end, outer.end);
  }
}

template <int kChannels>
void fill_frame_of_plane(uint8_t* data, int stride, int shift, const Box& size, const Box& outer,
                         const Box& inner, const uint8_t* value, int opacity,
                         std::vector<Run>& runs) {
  const int full = 1 << shift;
  const Cover outer_x(outer.left, outer.right, shift, size.right);
  const Cover outer_y(outer.top, outer.bottom, shift, size.bottom);
  const Cover inner_x(inner.left, inner.right, shift, size.right);
  const Cover inner_y(inner.top, inner.bottom, shift, size.bottom);
  int outer_weight = -1, inner_weight = -1;
  for (int y = outer_y.begin; y < outer_y.end; ++y) {
    if (outer_y.at(y, full) != outer_weight || inner_y.at(y, full) != inner_weight) {
      outer_weight = outer_y.at(y, full);
      inner_weight = inner_y.at(y, full);
      find_runs(outer_x, outer_weight, inner_x, inner_weight, shift, opacity, runs);
    }
    uint8_t* const row = data + static_cast<ptrdiff_t>(y) * stride;
    for (const Run& run : runs)
      fill_run<kChannels>(row + run.begin * kChannels, run.count, value, run.weight);
  }
}

// Steps of fixed size vectorise well, and most of them hold no glyph and are skipped.
constexpr int kStep = 16;

template <int kChannels>
inline void blend_pixels(uint8_t* pixel, const uint8_t* coverage, int count, const uint8_t* value,
                         uint16_t opacity) {
  for (int i = 0; i < count; ++i) {
    const uint16_t part = static_cast<uint16_t>(coverage[i] * opacity) >> 8;  // 0..255
    const uint16_t weight = part + (part >> 7);                               // 0..256
    for (int c = 0; c < kChannels; ++c) {
      uint8_t& sample = pixel[i * kChannels + c];
      sample = static_cast<uint16_t>(sample * (256 - weight) + value[c] * weight + 128) >> 8;
    }
  }
}

template <int kChannels>
void blend_row(uint8_t* pixel, const uint8_t* coverage, int count, const uint8_t* value,
               int opacity) {
  int i = 0;
  for (; i + kStep <= count; i += kStep) {
    uint64_t half[2];
    std::memcpy(half, coverage + i, sizeof(half));
    if ((half[0] | half[1]) == 0) continue;
    blend_pixels<kChannels>(pixel + i * kChannels, coverage + i, kStep, value,
                            static_cast<uint16_t>(opacity));
  }
  blend_pixels<kChannels>(pixel + i * kChannels, coverage + i, count - i, value,
                          static_cast<uint16_t>(opacity));
}

// The mean coverage of each chroma sample from the two rows of pixels it stands for. The first
// pixel of the rows is an even one.
void average_coverage(const uint8_t* upper, const uint8_t* lower, int samples, uint8_t* average) {
  int i = 0;
  for (; i + kStep <= samples; i += kStep)
    for (int k = 0; k < kStep; ++k) {
      const int x = 2 * (i + k);
      average[i + k] =
          static_cast<uint8_t>((upper[x] + upper[x + 1] + lower[x] + lower[x + 1] + 2) >> 2);
    }
  for (; i < samples; ++i)
    average[i] = static_cast<uint8_t>(
        (upper[2 * i] + upper[2 * i + 1] + lower[2 * i] + lower[2 * i + 1] + 2) >> 2);
}

}  // namespace

Box Box::clipped_to(const Box& other) const {
  return {std::max(left, other.left), std::max(top, other.top), std::min(right, other.right),
          std::min(bottom, other.bottom)};
}

bool Canvas::supports(GstVideoFormat format) {
  switch (format) {
    case GST_VIDEO_FORMAT_NV12:
    case GST_VIDEO_FORMAT_I420:
    case GST_VIDEO_FORMAT_GRAY8:
    case GST_VIDEO_FORMAT_RGBA:
    case GST_VIDEO_FORMAT_RGBx:
    case GST_VIDEO_FORMAT_BGRA:
    case GST_VIDEO_FORMAT_BGRx:
    case GST_VIDEO_FORMAT_RGB:
    case GST_VIDEO_FORMAT_BGR:
      return true;
    default:
      return false;
  }
}

Canvas::Canvas(const Picture& picture) : width_(picture.width), height_(picture.height) {
  const GstVideoFormatInfo* format = gst_video_format_get_info(picture.format);
  const int planes = supports(picture.format) ? GST_VIDEO_FORMAT_INFO_N_PLANES(format) : 0;
  for (int i = 0; i < planes; ++i) {
    const bool interleaved_chroma = picture.format == GST_VIDEO_FORMAT_NV12 && i == 1;
    planes_[plane_count_++] = {picture.plane[i], picture.stride[i],
                               interleaved_chroma ? 2 : GST_VIDEO_FORMAT_INFO_PSTRIDE(format, i),
                               i > 0 ? 1 : 0};
  }
  is_rgb_ = GST_VIDEO_FORMAT_INFO_IS_RGB(format);
  if (is_rgb_) {
    for (int i = 0; i < 3; ++i) rgb_order_[i] = GST_VIDEO_FORMAT_INFO_POFFSET(format, i);
    return;
  }
  GstVideoColorMatrix matrix = picture.colorimetry.matrix;
  double red = 0, blue = 0;
  if (!gst_video_color_matrix_get_Kr_Kb(matrix, &red, &blue)) {
    matrix = height_ < 720 ? GST_VIDEO_COLOR_MATRIX_BT601 : GST_VIDEO_COLOR_MATRIX_BT709;
    gst_video_color_matrix_get_Kr_Kb(matrix, &red, &blue);
  }
  const bool full_range = picture.colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
  const double luma = full_range ? 255 : 219;
  const double chroma = full_range ? 255 : 224;
  const double weight[3] = {red, 1 - red - blue, blue};
  for (int i = 0; i < 3; ++i) {
    rgb_to_yuv_[0][i] = luma * weight[i];
    rgb_to_yuv_[1][i] = chroma * ((i == 2) - weight[i]) / (2 * (1 - blue));
    rgb_to_yuv_[2][i] = chroma * ((i == 0) - weight[i]) / (2 * (1 - red));
  }
  rgb_to_yuv_[0][3] = full_range ? 0 : 16;
  rgb_to_yuv_[1][3] = rgb_to_yuv_[2][3] = 128;
}

Ink Canvas::ink(const NvOSD_ColorParams& color) const {
  Ink ink;
  ink.opacity = static_cast<int>(unit(color.alpha) * 256 + 0.5);
  const double rgb[3] = {unit(color.red), unit(color.green), unit(color.blue)};
  if (is_rgb_) {
    std::memset(ink.plane[0], 255, 4);  // what we paint is opaque
    for (int i = 0; i < 3; ++i) ink.plane[0][rgb_order_[i]] = to_byte(rgb[i] * 255);
    return ink;
  }
  uint8_t yuv[3];
  for (int i = 0; i < 3; ++i)
    yuv[i] = to_byte(rgb_to_yuv_[i][0] * rgb[0] + rgb_to_yuv_[i][1] * rgb[1] +
                     rgb_to_yuv_[i][2] * rgb[2] + rgb_to_yuv_[i][3]);
  ink.plane[0][0] = yuv[0];
  ink.plane[1][0] = yuv[1];
  if (plane_count_ == 2)
    ink.plane[1][1] = yuv[2];
  else
    ink.plane[2][0] = yuv[2];
  return ink;
}

void Canvas::fill_frame(const Box& outer_box, const Box& inner_box, const Ink& ink) {
  const Box outer = outer_box.clipped_to(bounds());
  if (outer.empty() || ink.opacity <= 0) return;
  const Box clipped = inner_box.clipped_to(outer);
  const Box inner = clipped.empty() ? Box{} : clipped;
  std::vector<Run> runs;
  runs.reserve(9);
  for (int i = 0; i < plane_count_; ++i) {
    const Plane& plane = planes_[i];
    const auto paint = [&](auto fill) {
      fill(plane.data, plane.stride, plane.shift, bounds(), outer, inner, ink.plane[i], ink.opacity,
           runs);
    };
    switch (plane.channels) {
      case 1:
        paint(fill_frame_of_plane<1>);
        break;
      case 2:
        paint(fill_frame_of_plane<2>);
        break;
      case 3:
        paint(fill_frame_of_plane<3>);
        break;
      default:
        paint(fill_frame_of_plane<4>);
    }
  }
}

Coverage Canvas::coverage(const Box& box) {
  const Box visible = box.clipped_to(bounds());
  if (visible.empty()) return {};
  Coverage result;
  result.box = visible;
  // Whole chroma samples; what is beyond the picture stays empty.
  result.box.left &= ~1;
  result.box.top &= ~1;
  result.box.right = (visible.right + 1) & ~1;
  result.box.bottom = (visible.bottom + 1) & ~1;
  result.stride = result.box.right - result.box.left;
  const size_t size = static_cast<size_t>(result.stride) * (result.box.bottom - result.box.top);
  const size_t samples = static_cast<size_t>(result.stride) / 2;
  if (scratch_.size() < size + samples) scratch_.resize(size + samples);
  result.data = scratch_.data();
  std::memset(result.data, 0, size);
  return result;
}

void Canvas::blend(Coverage& coverage, const Ink& ink) {
  const Box& box = coverage.box;
  if (box.empty() || ink.opacity <= 0) return;
  // The last sample of an odd size stands for fewer pixels: covering those covers it.
  if (box.right > width_)
    for (int y = box.top; y < box.bottom; ++y) {
      uint8_t* last = coverage.row(y) + coverage.stride - 1;
      last[0] = last[-1];
    }
  if (box.bottom > height_)
    std::memcpy(coverage.row(box.bottom - 1), coverage.row(box.bottom - 2), coverage.stride);

  const int width = std::min(box.right, width_) - box.left;
  const int height = std::min(box.bottom, height_) - box.top;
  uint8_t* const average = coverage.row(box.bottom);
  for (int i = 0; i < plane_count_; ++i) {
    const Plane& plane = planes_[i];
    const uint8_t* value = ink.plane[i];
    uint8_t* row = plane.data + static_cast<ptrdiff_t>(box.top >> plane.shift) * plane.stride +
                   (box.left >> plane.shift) * plane.channels;
    if (plane.shift) {
      for (int y = box.top; y < box.bottom; y += 2, row += plane.stride) {
        average_coverage(coverage.row(y), coverage.row(y + 1), coverage.stride / 2, average);
        if (plane.channels == 2)
          blend_row<2>(row, average, coverage.stride / 2, value, ink.opacity);
        else
          blend_row<1>(row, average, coverage.stride / 2, value, ink.opacity);
      }
      continue;
    }
    for (int y = 0; y < height; ++y, row += plane.stride) {
      const uint8_t* from = coverage.row(box.top + y);
      switch (plane.channels) {
        case 1:
          blend_row<1>(row, from, width, value, ink.opacity);
          break;
        case 3:
          blend_row<3>(row, from, width, value, ink.opacity);
          break;
        default:
          blend_row<4>(row, from, width, value, ink.opacity);
      }
    }
  }
}

}  // namespace pyds::osd
