#include "image/tensor.h"

#include <libyuv.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "image/layout.h"
#include "image/matrix.h"
#include "image/row_kernel.h"

namespace pyds {
namespace {

// Where one row of numbers goes, and what becomes of a colour value x: x * scale + bias.
struct RowTarget {
  float* red;
  float* green;
  float* blue;
  float scale;
  float red_bias, green_bias, blue_bias;
};

struct YuvToRgb {
  float y, red_v, green_u, green_v, blue_u, black;
};

YuvToRgb yuv_to_rgb(const GstVideoColorimetry& colorimetry) {
  const YuvWeights weights = yuv_to_rgb_weights(colorimetry, true);
  const auto factor = [](int16_t weight) { return float(weight) / (1 << 12); };
  return {factor(weights.y) / 2,   factor(weights.byte0_v), factor(weights.byte1_u),
          factor(weights.byte1_v), factor(weights.byte2_u), float(weights.black)};
}

inline float clamped(float value) { return std::min(std::max(value, 0.0f), 255.0f); }

PYDS_ROW_KERNEL
void write_yuv_row(const uint8_t* __restrict luma, const uint8_t* __restrict u,
                   const uint8_t* __restrict v, int width, const YuvToRgb& matrix,
                   const RowTarget& target) {
  const YuvToRgb m = matrix;
  const RowTarget t = target;
  float* __restrict red = t.red, * __restrict green = t.green, * __restrict blue = t.blue;
  for (int x = 0; x < width; ++x) {
    const float y = (float(int32_t(luma[x])) - m.black) * m.y;
    const float cu = float(int32_t(u[x]) - 128);
    const float cv = float(int32_t(v[x]) - 128);
    red[x] = clamped(y + m.red_v * cv) * t.scale + t.red_bias;
    green[x] = clamped(y + m.green_u * cu + m.green_v * cv) * t.scale + t.green_bias;
    blue[x] = clamped(y + m.blue_u * cu) * t.scale + t.blue_bias;
  }
}

PYDS_ROW_KERNEL
void write_bgrx_row(const uint8_t* __restrict pixels, int width, const RowTarget& target) {
  const RowTarget t = target;
  float* __restrict red = t.red, * __restrict green = t.green, * __restrict blue = t.blue;
  for (int x = 0; x < width; ++x) {
    uint32_t pixel;
    std::memcpy(&pixel, pixels + 4 * x, sizeof pixel);
    blue[x] = float(int32_t(pixel & 0xff)) * t.scale + t.blue_bias;
    green[x] = float(int32_t((pixel >> 8) & 0xff)) * t.scale + t.green_bias;
    red[x] = float(int32_t((pixel >> 16) & 0xff)) * t.scale + t.red_bias;
  }
}

PYDS_ROW_KERNEL
void write_grey_row(const uint8_t* __restrict grey, int width, const RowTarget& target) {
  const RowTarget t = target;
  float* __restrict out = t.red;
  for (int x = 0; x < width; ++x) out[x] = float(int32_t(grey[x])) * t.scale + t.red_bias;
}

PYDS_ROW_KERNEL
void subtract_mean(float* __restrict values, const float* __restrict mean, size_t count,
                   float scale) {
  for (size_t i = 0; i < count; ++i) values[i] -= mean[i] * scale;
}

enum class Place { kPixels, kPlanes, kRow };

// This thread's scratch memory.
uint8_t* scratch(size_t bytes, Place place) {
  thread_local std::vector<uint8_t> memory[3];
  std::vector<uint8_t>& wanted = memory[int(place)];
  if (wanted.size() < bytes) wanted.resize(bytes);
  return wanted.data();
}

int aligned(int width) { return (width + 63) & ~63; }

libyuv::FilterMode libyuv_filter(Filter filter) {
  switch (filter) {
    case Filter::kNearest:
      return libyuv::kFilterNone;
    case Filter::kBox:
      return libyuv::kFilterBox;
    case Filter::kBilinear:
      break;
  }
  return libyuv::kFilterBilinear;
}

// Bilinear with pixel centres at half positions, as OpenCV and PyTorch have it; one output row.
struct Taps {
  Taps(int from, int to) : first(size_t(to)), second(size_t(to)), weight(size_t(to)) {
    for (int i = 0; i < to; ++i) {
      const double at = std::clamp((i + 0.5) * from / to - 0.5, 0.0, double(from - 1));
      first[size_t(i)] = int(at);
      second[size_t(i)] = std::min(int(at) + 1, from - 1);
      weight[size_t(i)] = int(std::lround((at - int(at)) * 256));
    }
  }
  std::vector<int> first, second, weight;  // of the second, in 1/256
};

void enlarge_plane(const uint8_t* source, int source_stride, int source_width, int source_height,
                   uint8_t* target, int stride, int width, int height) {
  const Taps columns(source_width, width), rows(source_height, height);
  std::vector<int> blended(size_t(source_width), 0);
  for (int y = 0; y < height; ++y) {
    const uint8_t* above = source + ptrdiff_t(rows.first[size_t(y)]) * source_stride;
    const uint8_t* below = source + ptrdiff_t(rows.second[size_t(y)]) * source_stride;
    const int w = rows.weight[size_t(y)];
    for (int x = 0; x < source_width; ++x) blended[size_t(x)] = above[x] * (256 - w) + below[x] * w;
    uint8_t* out = target + ptrdiff_t(y) * stride;
    for (size_t x = 0; x < size_t(width); ++x) {
      const int left = blended[size_t(columns.first[x])];
      const int right = blended[size_t(columns.second[x])];
      out[x] = uint8_t((left * 256 + (right - left) * columns.weight[x] + (1 << 15)) >> 16);
    }
  }
}

// One row of half the width, between two rows of the source: `weight` of 256 from the one below.
PYDS_ROW_KERNEL
void halve_row(const uint8_t* above, const uint8_t* below, int weight, int width, uint8_t* out) {
  for (int x = 0; x < width; ++x) {
    uint16_t upper, lower;  // two pixels each
    std::memcpy(&upper, above + 2 * x, sizeof upper);
    std::memcpy(&lower, below + 2 * x, sizeof lower);
    const int sum_above = (upper & 0xff) + (upper >> 8);
    const int sum_below = (lower & 0xff) + (lower >> 8);
    out[x] = uint8_t((sum_above * (256 - weight) + sum_below * weight + 256) >> 9);
  }
}

// Half the width at any height up to the source's, which is what 1280 to 640 or 1920 to 960 pixels
// are: bilinear means pairs of pixels then, at a fraction of libyuv's cost.
void halve_plane(const uint8_t* source, int source_stride, int source_height, uint8_t* target,
                 int stride, int width, int height) {
  const Taps rows(source_height, height);
  for (size_t y = 0; y < size_t(height); ++y)
    halve_row(source + ptrdiff_t(rows.first[y]) * source_stride,
              source + ptrdiff_t(rows.second[y]) * source_stride, rows.weight[y], width,
              target + ptrdiff_t(y) * stride);
}

void scale_plane(const uint8_t* source, int source_stride, int source_width, int source_height,
                 uint8_t* target, int stride, int width, int height, Filter filter) {
  // libyuv enlarges from corner to corner: at most 0.1 pixels off up to this ratio, 0.5 beyond.
  const bool enlarges = 4 * width > 5 * source_width || 4 * height > 5 * source_height;
  if (enlarges && filter != Filter::kNearest)
    enlarge_plane(source, source_stride, source_width, source_height, target, stride, width,
                  height);
  else if (filter == Filter::kBilinear && source_width == 2 * width)
    halve_plane(source, source_stride, source_height, target, stride, width, height);
  else
    libyuv::ScalePlane(source, source_stride, source_width, source_height, target, stride, width,
                       height, libyuv_filter(filter));
}

// The crop at network size in scratch memory, row by row.
class Staged {
 public:
  // False if the picture's format is not supported.
  bool fill(const Picture& source, const Placement& placement, const TensorFormat& format) {
    if (!is_supported(source.format)) return false;
    const Picture known = with_known_colorimetry(source);
    const bool planes = family_of(source.format) == Family::kYuv420 && format.channels == 3;
    if (planes)
      scale_planes(crop(known, placement.source), placement.target, format.filter);
    else
      convert_pixels(known, placement, format);
    return true;
  }

  void write_row(int row, const RowTarget& target) const {
    const size_t start = size_t(row) * stride_;
    if (kind_ == Kind::kYuv)
      write_yuv_row(plane_[0] + start, plane_[1] + start, plane_[2] + start, width_, matrix_,
                    target);
    else if (kind_ == Kind::kBgrx)
      write_bgrx_row(plane_[0] + start, width_, target);
    else
      write_grey_row(plane_[0] + start, width_, target);
  }

 private:
  enum class Kind { kYuv, kBgrx, kGrey };

  // Scales chroma straight to the size of luma. Going through 4:2:0 at network size would throw
  // away chroma the source has, which shows as errors of 80 of 255 at edges of saturated colour.
  void scale_planes(const Picture& from, const Rect& target, Filter filter) {
    kind_ = Kind::kYuv;
    matrix_ = yuv_to_rgb(from.colorimetry);
    width_ = target.width;
    stride_ = aligned(width_);
    const size_t plane_bytes = size_t(stride_) * target.height;
    const int columns = chroma_extent(from.width), rows = chroma_extent(from.height);
    const bool interleaved = from.format == GST_VIDEO_FORMAT_NV12;
    const int split_stride = aligned(columns);
    const size_t split_bytes = interleaved ? size_t(split_stride) * rows : 0;
    uint8_t* const memory = scratch(3 * plane_bytes + 2 * split_bytes, Place::kPlanes);
    const uint8_t* plane[3] = {from.plane[0], from.plane[1], from.plane[2]};
    int stride[3] = {from.stride[0], from.stride[1], from.stride[2]};
    if (interleaved) {
      uint8_t* const split = memory + 3 * plane_bytes;
      libyuv::SplitUVPlane(from.plane[1], from.stride[1], split, split_stride, split + split_bytes,
                           split_stride, columns, rows);
      plane[1] = split;
      plane[2] = split + split_bytes;
      stride[1] = stride[2] = split_stride;
    }
    for (int i = 0; i < 3; ++i) {
      uint8_t* const scaled = memory + i * plane_bytes;
      scale_plane(plane[i], stride[i], i ? columns : from.width, i ? rows : from.height, scaled,
                  stride_, width_, target.height, filter);
      plane_[i] = scaled;
    }
  }

  void convert_pixels(const Picture& source, const Placement& placement,
                      const TensorFormat& format) {
    const bool grey = format.channels == 1;
    kind_ = grey ? Kind::kGrey : Kind::kBgrx;
    width_ = placement.target.width;
    stride_ = aligned(width_ * (grey ? 1 : 4));
    Picture pixels;
    pixels.format = grey ? GST_VIDEO_FORMAT_GRAY8 : GST_VIDEO_FORMAT_BGRx;
    pixels.width = width_;
    pixels.height = placement.target.height;
    pixels.colorimetry = {GST_VIDEO_COLOR_RANGE_0_255,
                          grey ? source.colorimetry.matrix : GST_VIDEO_COLOR_MATRIX_RGB,
                          GST_VIDEO_TRANSFER_UNKNOWN, GST_VIDEO_COLOR_PRIMARIES_UNKNOWN};
    if (pixels.colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_RGB && grey)
      pixels.colorimetry.matrix = GST_VIDEO_COLOR_MATRIX_BT601;
    pixels.stride[0] = stride_;
    pixels.plane[0] = scratch(size_t(stride_) * pixels.height, Place::kPixels);
    plane_[0] = pixels.plane[0];
    convert(source, placement.source, pixels, whole(pixels), format.filter);
  }

  Kind kind_ = Kind::kGrey;
  YuvToRgb matrix_ = {};
  int width_ = 0;
  int stride_ = 0;  // bytes, of all planes
  const uint8_t* plane_[3] = {};
};

float bias_of(const TensorFormat& format, int channel) {
  return format.mean.empty() ? -format.offset[channel] * format.scale : 0.0f;
}

// A tensor of floats, filled row by row.
class FloatWriter {
 public:
  FloatWriter(const TensorFormat& format, float* tensor) : format_(format), tensor_(tensor) {}

  float border(int channel) const {
    return float(format_.border) * format_.scale + bias_of(format_, channel);
  }

  void write_row(const Staged& staged, int row, const Rect& target) {
    const int channels = format_.channels;
    const size_t start = size_t(target.top + row) * format_.width + target.left;
    const size_t plane = size_t(format_.width) * format_.height;
    const bool direct = !format_.channels_last || channels == 1;
    float* const room =
        direct ? tensor_ + start
               : reinterpret_cast<float*>(scratch(3 * sizeof(float) * target.width, Place::kRow));
    const size_t step = direct ? plane : size_t(target.width);
    staged.write_row(row, row_target(room, step));
    if (direct) return;
    float* out = tensor_ + 3 * start;
    for (int x = 0; x < target.width; ++x)
      for (int channel = 0; channel < 3; ++channel) *out++ = room[channel * step + x];
  }

  void finish() {
    if (!format_.mean.empty())
      subtract_mean(tensor_, format_.mean.data(), format_.size(), format_.scale);
  }

 private:
  RowTarget row_target(float* first, size_t step) const {
    const int blue = format_.blue_first ? 0 : 2;
    const int red = 2 - blue;
    if (format_.channels == 1)
      return {first, first, first, format_.scale, bias_of(format_, 0), 0.0f, 0.0f};
    return {first + red * step,    first + step,        first + blue * step,   format_.scale,
            bias_of(format_, red), bias_of(format_, 1), bias_of(format_, blue)};
  }

  const TensorFormat& format_;
  float* tensor_;
};

// A tensor of bytes.
class ByteWriter {
 public:
  ByteWriter(const TensorFormat& format, uint8_t* tensor) : format_(format), tensor_(tensor) {}

  uint8_t border(int) const { return format_.border; }

  void write_row(const Staged& staged, int row, const Rect& target) {
    const size_t width = size_t(target.width);
    auto* const values = reinterpret_cast<float*>(scratch(3 * sizeof(float) * width, Place::kRow));
    // Half a step more, so that cutting off the fraction rounds.
    staged.write_row(row, {values, values + width, values + 2 * width, 1.0f, 0.5f, 0.5f, 0.5f});
    const size_t start = size_t(target.top + row) * format_.width + target.left;
    const size_t plane = size_t(format_.width) * format_.height;
    for (int channel = 0; channel < format_.channels; ++channel) {
      const float* source = values + size_t(format_.blue_first ? 2 - channel : channel) * width;
      if (format_.channels == 1) source = values;
      uint8_t* out = format_.channels_last ? tensor_ + format_.channels * start + channel
                                           : tensor_ + channel * plane + start;
      const int step = format_.channels_last ? format_.channels : 1;
      for (int x = 0; x < target.width; ++x) out[x * step] = uint8_t(source[x]);
    }
  }

  void finish() {}

 private:
  const TensorFormat& format_;
  uint8_t* tensor_;
};

// Columns [from, to) of row `y` become border.
template <typename T, typename Writer>
void write_border(const Writer& writer, const TensorFormat& format, int y, int from, int to,
                  T* tensor) {
  if (from >= to) return;
  const size_t row = size_t(y) * format.width;
  const size_t plane = size_t(format.width) * format.height;
  for (int channel = 0; channel < format.channels; ++channel) {
    const T value = writer.border(channel);
    if (format.channels_last) {
      T* const pixels = tensor + row * format.channels + channel;
      for (int x = from; x < to; ++x) pixels[x * format.channels] = value;
    } else {
      T* const pixels = tensor + channel * plane + row;
      std::fill(pixels + from, pixels + to, value);
    }
  }
}

template <typename Writer, typename T>
bool write(const Picture& source, const Placement& placement, const TensorFormat& format,
           T* tensor) {
  Writer writer(format, tensor);
  const Rect& target = placement.target;
  Staged staged;
  if (target.height > 0 && !staged.fill(source, placement, format)) return false;
  for (int y = 0; y < format.height; ++y) {
    const int row = y - target.top;
    if (row < 0 || row >= target.height) {
      write_border(writer, format, y, 0, format.width, tensor);
      continue;
    }
    write_border(writer, format, y, 0, target.left, tensor);
    writer.write_row(staged, row, target);
    write_border(writer, format, y, target.left + target.width, format.width, tensor);
  }
  writer.finish();
  return true;
}

}  // namespace

Placement place(const Picture& source, const Rect& crop, const TensorFormat& format) {
  Placement placement;
  Rect& from = placement.source;
  from.left = std::clamp(crop.left, 0, source.width);
  from.top = std::clamp(crop.top, 0, source.height);
  from.width = std::clamp(crop.left + crop.width, 0, source.width) - from.left;
  from.height = std::clamp(crop.top + crop.height, 0, source.height) - from.top;
  if (from.width <= 0 || from.height <= 0) return placement;

  Rect& to = placement.target;
  to.width = format.width;
  to.height = format.height;
  if (!format.keep_aspect) return placement;
  const double ratio =
      std::min(double(format.width) / from.width, double(format.height) / from.height);
  to.width = std::clamp(int(std::lround(from.width * ratio)), 1, format.width);
  to.height = std::clamp(int(std::lround(from.height * ratio)), 1, format.height);
  if (format.centred) {
    to.left = (format.width - to.width) / 2;
    to.top = (format.height - to.height) / 2;
  }
  return placement;
}

bool write_tensor(const Picture& source, const Placement& placement, const TensorFormat& format,
                  float* tensor) {
  return write<FloatWriter>(source, placement, format, tensor);
}

bool write_tensor(const Picture& source, const Placement& placement, const TensorFormat& format,
                  uint8_t* tensor) {
  return write<ByteWriter>(source, placement, format, tensor);
}

}  // namespace pyds
