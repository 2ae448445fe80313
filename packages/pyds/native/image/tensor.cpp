#include "image/tensor.h"

#include <algorithm>
#include <cmath>
#include <cstring>

// The row kernels below are the hot loops: vectorise them even in builds at -O2.
#pragma GCC optimize("O3")
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PYDS_ROW_KERNEL __attribute__((target_clones("avx2", "default")))
#else
#define PYDS_ROW_KERNEL
#endif

namespace pyds {
namespace {

// y = byte * scale + bias, for the three colour bytes of each pixel (b, g, r, x in memory).
PYDS_ROW_KERNEL
void unpack_planar(const uint8_t* __restrict pixels, int width, float scale,
                   const float* __restrict bias, float* __restrict blue, float* __restrict green,
                   float* __restrict red) {
  const float blue_bias = bias[0], green_bias = bias[1], red_bias = bias[2];
  for (int x = 0; x < width; ++x) {
    uint32_t pixel;
    std::memcpy(&pixel, pixels + 4 * x, sizeof pixel);
    blue[x] = float(int32_t(pixel & 0xff)) * scale + blue_bias;
    green[x] = float(int32_t((pixel >> 8) & 0xff)) * scale + green_bias;
    red[x] = float(int32_t((pixel >> 16) & 0xff)) * scale + red_bias;
  }
}

PYDS_ROW_KERNEL
void unpack_grey(const uint8_t* __restrict grey, int width, float scale, float bias,
                 float* __restrict out) {
  for (int x = 0; x < width; ++x) out[x] = float(int32_t(grey[x])) * scale + bias;
}

PYDS_ROW_KERNEL
void subtract_mean(float* __restrict values, const float* __restrict mean, int count, float scale) {
  for (int i = 0; i < count; ++i) values[i] -= mean[i] * scale;
}

// One row of a network picture, in its layout, as T.
template <typename T>
struct RowWriter;

template <>
struct RowWriter<float> {
  explicit RowWriter(const TensorFormat& format) : format(format) {
    for (int channel = 0; channel < 3; ++channel)
      bias[channel] = format.mean.empty() ? -format.offset[channel] * format.scale : 0.0f;
  }
  float border(int channel) const { return format.border * format.scale + bias[channel]; }
  void write_grey(const uint8_t* grey, int width, float* row) const {
    unpack_grey(grey, width, format.scale, bias[0], row);
  }
  void write_planar(const uint8_t* pixels, int width, float* const row[3]) const {
    const int blue = format.blue_first ? 0 : 2;
    const float ordered[3] = {bias[blue], bias[1], bias[2 - blue]};
    unpack_planar(pixels, width, format.scale, ordered, row[blue], row[1], row[2 - blue]);
  }
  float value(uint8_t byte, int channel) const { return byte * format.scale + bias[channel]; }
  void finish(float* tensor) const {
    if (!format.mean.empty())
      subtract_mean(tensor, format.mean.data(), int(format.size()), format.scale);
  }

  const TensorFormat& format;
  float bias[3];
};

template <>
struct RowWriter<uint8_t> {
  explicit RowWriter(const TensorFormat& format) : format(format) {}
  uint8_t border(int) const { return format.border; }
  void write_grey(const uint8_t* grey, int width, uint8_t* row) const {
    std::copy_n(grey, width, row);
  }
  void write_planar(const uint8_t* pixels, int width, uint8_t* const row[3]) const {
    const int blue = format.blue_first ? 0 : 2;
    for (int x = 0; x < width; ++x) {
      row[blue][x] = pixels[4 * x];
      row[1][x] = pixels[4 * x + 1];
      row[2 - blue][x] = pixels[4 * x + 2];
    }
  }
  uint8_t value(uint8_t byte, int) const { return byte; }
  void finish(uint8_t*) const {}

  const TensorFormat& format;
};

template <typename T>
void write_interleaved(const RowWriter<T>& writer, const uint8_t* pixels, int width, T* row) {
  const int blue = writer.format.blue_first ? 0 : 2;
  for (int x = 0; x < width; ++x) {
    row[3 * x + blue] = writer.value(pixels[4 * x], blue);
    row[3 * x + 1] = writer.value(pixels[4 * x + 1], 1);
    row[3 * x + 2 - blue] = writer.value(pixels[4 * x + 2], 2 - blue);
  }
}

// Columns [from, to) of one row become border.
template <typename T>
void write_border(const RowWriter<T>& writer, int y, int from, int to, T* tensor) {
  const TensorFormat& format = writer.format;
  if (from >= to) return;
  if (format.channels_last) {
    T* row = tensor + size_t(y) * format.width * format.channels;
    for (int x = from; x < to; ++x)
      for (int channel = 0; channel < format.channels; ++channel)
        row[x * format.channels + channel] = writer.border(channel);
    return;
  }
  const size_t plane = size_t(format.width) * format.height;
  for (int channel = 0; channel < format.channels; ++channel) {
    T* row = tensor + channel * plane + size_t(y) * format.width;
    std::fill(row + from, row + to, writer.border(channel));
  }
}

// The crop at network size, as BGRx or grey, in this thread's scratch memory.
bool stage(const Picture& source, const Placement& placement, const TensorFormat& format,
           Picture* staged) {
  thread_local std::vector<uint8_t> scratch;
  const bool grey = format.channels == 1;
  staged->format = grey ? GST_VIDEO_FORMAT_GRAY8 : GST_VIDEO_FORMAT_BGRx;
  staged->width = placement.target.width;
  staged->height = placement.target.height;
  staged->colorimetry = {GST_VIDEO_COLOR_RANGE_0_255,
                         grey ? GST_VIDEO_COLOR_MATRIX_BT601 : GST_VIDEO_COLOR_MATRIX_RGB,
                         GST_VIDEO_TRANSFER_UNKNOWN, GST_VIDEO_COLOR_PRIMARIES_UNKNOWN};
  staged->stride[0] = (staged->width * (grey ? 1 : 4) + 63) & ~63;
  const size_t bytes = size_t(staged->stride[0]) * staged->height + 64;
  if (scratch.size() < bytes) scratch.resize(bytes);
  staged->plane[0] = scratch.data();
  const Rect all = {0, 0, staged->width, staged->height};
  return convert(source, placement.source, *staged, all, format.filter);
}

template <typename T>
void write_row(const RowWriter<T>& writer, const Picture& staged, int row, const Rect& target,
               T* tensor) {
  const TensorFormat& format = writer.format;
  const uint8_t* pixels = staged.plane[0] + size_t(row) * staged.stride[0];
  const size_t start = size_t(target.top + row) * format.width + target.left;
  if (format.channels == 1) {
    writer.write_grey(pixels, target.width, tensor + start);
  } else if (format.channels_last) {
    write_interleaved(writer, pixels, target.width, tensor + 3 * start);
  } else {
    const size_t plane = size_t(format.width) * format.height;
    T* const rows[3] = {tensor + start, tensor + plane + start, tensor + 2 * plane + start};
    writer.write_planar(pixels, target.width, rows);
  }
}

template <typename T>
bool write(const Picture& source, const Placement& placement, const TensorFormat& format,
           T* tensor) {
  const RowWriter<T> writer(format);
  const Rect& target = placement.target;
  const bool empty = target.width <= 0 || target.height <= 0;
  Picture staged;
  if (!empty && !stage(source, placement, format, &staged)) return false;
  for (int y = 0; y < format.height; ++y) {
    const int row = y - target.top;
    if (empty || row < 0 || row >= target.height) {
      write_border(writer, y, 0, format.width, tensor);
      continue;
    }
    write_border(writer, y, 0, target.left, tensor);
    write_row(writer, staged, row, target, tensor);
    write_border(writer, y, target.left + target.width, format.width, tensor);
  }
  writer.finish(tensor);
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
  return write(source, placement, format, tensor);
}

bool write_tensor(const Picture& source, const Placement& placement, const TensorFormat& format,
                  uint8_t* tensor) {
  return write(source, placement, format, tensor);
}

}  // namespace pyds
