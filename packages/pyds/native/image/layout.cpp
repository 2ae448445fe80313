#include "image/layout.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace pyds {
namespace {

struct GAlignedFree {
  void operator()(uint8_t* bytes) const { g_aligned_free(bytes); }
};

struct ScratchBuffer {
  std::unique_ptr<uint8_t, GAlignedFree> bytes;
  size_t size = 0;
};

constexpr int kAlignment = 64;

int aligned(int bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

Family family_of(GstVideoFormat format) {
  switch (format) {
    case GST_VIDEO_FORMAT_NV12:
    case GST_VIDEO_FORMAT_I420:
      return Family::kYuv420;
    case GST_VIDEO_FORMAT_RGBA:
    case GST_VIDEO_FORMAT_BGRA:
    case GST_VIDEO_FORMAT_RGBx:
    case GST_VIDEO_FORMAT_BGRx:
      return Family::kRgb32;
    case GST_VIDEO_FORMAT_RGB:
    case GST_VIDEO_FORMAT_BGR:
      return Family::kRgb24;
    case GST_VIDEO_FORMAT_GRAY8:
      return Family::kGray;
    default:
      return Family::kNone;
  }
}

bool red_comes_first(GstVideoFormat format) {
  return format == GST_VIDEO_FORMAT_RGBA || format == GST_VIDEO_FORMAT_RGBx ||
         format == GST_VIDEO_FORMAT_RGB;
}

bool has_alpha(GstVideoFormat format) {
  return format == GST_VIDEO_FORMAT_RGBA || format == GST_VIDEO_FORMAT_BGRA;
}

int bytes_per_pixel(GstVideoFormat format) {
  switch (family_of(format)) {
    case Family::kRgb32:
      return 4;
    case Family::kRgb24:
      return 3;
    default:
      return 1;
  }
}

Picture with_known_colorimetry(const Picture& picture) {
  Picture known = picture;
  GstVideoColorimetry& colorimetry = known.colorimetry;
  const Family family = family_of(picture.format);
  if (is_rgb(family)) {
    colorimetry.matrix = GST_VIDEO_COLOR_MATRIX_RGB;
    colorimetry.range = GST_VIDEO_COLOR_RANGE_0_255;
    return known;
  }
  if (colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN ||
      colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_RGB)
    colorimetry.matrix = picture.height < 720 || family == Family::kGray
                             ? GST_VIDEO_COLOR_MATRIX_BT601
                             : GST_VIDEO_COLOR_MATRIX_BT709;
  if (colorimetry.range == GST_VIDEO_COLOR_RANGE_UNKNOWN)
    colorimetry.range =
        family == Family::kGray ? GST_VIDEO_COLOR_RANGE_0_255 : GST_VIDEO_COLOR_RANGE_16_235;
  return known;
}

bool same_colour(const GstVideoColorimetry& a, const GstVideoColorimetry& b) {
  return a.matrix == b.matrix && a.range == b.range;
}

Picture crop(const Picture& picture, const Rect& rect) {
  const bool subsampled = family_of(picture.format) == Family::kYuv420;
  int left = std::clamp(rect.left, 0, picture.width);
  int top = std::clamp(rect.top, 0, picture.height);
  if (subsampled) {
    left &= ~1;
    top &= ~1;
  }
  Picture part = picture;
  part.width = std::clamp(rect.width, 0, picture.width - left);
  part.height = std::clamp(rect.height, 0, picture.height - top);
  part.plane[0] += ptrdiff_t(top) * picture.stride[0] + left * bytes_per_pixel(picture.format);
  if (subsampled) {
    const bool interleaved = picture.format == GST_VIDEO_FORMAT_NV12;
    for (int plane = 1; plane <= (interleaved ? 1 : 2); ++plane)
      part.plane[plane] +=
          ptrdiff_t(top / 2) * picture.stride[plane] + (interleaved ? left : left / 2);
  }
  return part;
}

uint8_t* scratch_bytes(Scratch place, size_t size) {
  thread_local std::array<ScratchBuffer, size_t(Scratch::kRows) + 1> buffers;
  ScratchBuffer& buffer = buffers[size_t(place)];
  if (buffer.size < size) {
    buffer.bytes.reset(static_cast<uint8_t*>(g_aligned_alloc(1, size, kAlignment)));
    buffer.size = size;
  }
  return buffer.bytes.get();
}

Picture scratch_picture(Scratch place, GstVideoFormat format, int width, int height,
                        const GstVideoColorimetry& colorimetry) {
  Picture picture;
  picture.format = format;
  picture.width = width;
  picture.height = height;
  picture.colorimetry = colorimetry;
  picture.stride[0] = aligned(width * bytes_per_pixel(format));
  size_t size = size_t(picture.stride[0]) * height;
  size_t offset[3] = {0, size, size};
  if (format == GST_VIDEO_FORMAT_NV12) {
    picture.stride[1] = aligned(2 * chroma_extent(width));
    size += size_t(picture.stride[1]) * chroma_extent(height);
  } else if (format == GST_VIDEO_FORMAT_I420) {
    picture.stride[1] = picture.stride[2] = aligned(chroma_extent(width));
    offset[2] = size + size_t(picture.stride[1]) * chroma_extent(height);
    size = offset[2] + size_t(picture.stride[2]) * chroma_extent(height);
  }
  uint8_t* bytes = scratch_bytes(place, size);
  for (int plane = 0; plane < 3 && picture.stride[plane]; ++plane)
    picture.plane[plane] = bytes + offset[plane];
  return picture;
}

}  // namespace pyds
