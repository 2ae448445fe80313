#include "format.h"

#include <algorithm>

#include "error.h"

namespace cuframes {
namespace {

constexpr FormatPlane kFull{1, 1, 1};
constexpr FormatPlane kHalf{2, 2, 1};
constexpr FormatPlane kHalfPair{2, 2, 2};
constexpr FormatPlane kTriple{1, 1, 3};
constexpr FormatPlane kQuad{1, 1, 4};
constexpr FormatPlane kNone{1, 1, 0};

constexpr Format kFormats[] = {
    {CUFRAMES_FORMAT_NV12, "NV12", 1, 8, 2, {kFull, kHalfPair, kNone, kNone}, true},
    {CUFRAMES_FORMAT_P010, "P010", 2, 10, 2, {kFull, kHalfPair, kNone, kNone}, true},
    {CUFRAMES_FORMAT_P016, "P016", 2, 16, 2, {kFull, kHalfPair, kNone, kNone}, true},
    {CUFRAMES_FORMAT_I420, "I420", 1, 8, 3, {kFull, kHalf, kHalf, kNone}, false},
    {CUFRAMES_FORMAT_YV12, "YV12", 1, 8, 3, {kFull, kHalf, kHalf, kNone}, false},
    {CUFRAMES_FORMAT_RGB, "RGB", 1, 8, 1, {kTriple, kNone, kNone, kNone}, false},
    {CUFRAMES_FORMAT_BGR, "BGR", 1, 8, 1, {kTriple, kNone, kNone, kNone}, false},
    {CUFRAMES_FORMAT_RGBA, "RGBA", 1, 8, 1, {kQuad, kNone, kNone, kNone}, false},
    {CUFRAMES_FORMAT_BGRX, "BGRx", 1, 8, 1, {kQuad, kNone, kNone, kNone}, false},
    {CUFRAMES_FORMAT_RGBP, "RGBP", 1, 8, 3, {kFull, kFull, kFull, kNone}, false},
    {CUFRAMES_FORMAT_GRAY8, "GRAY8", 1, 8, 1, {kFull, kNone, kNone, kNone}, false},
    {CUFRAMES_FORMAT_GRAY16, "GRAY16", 2, 16, 1, {kFull, kNone, kNone, kNone}, false},
};

constexpr uint32_t kMaxSide = 32768;

}  // namespace

const Format* find_format(uint32_t id) {
  const auto* found = std::find_if(std::begin(kFormats), std::end(kFormats),
                                   [id](const Format& f) { return f.id == id; });
  return found == std::end(kFormats) ? nullptr : found;
}

const Format* find_format(const std::string& name) {
  const auto* found = std::find_if(std::begin(kFormats), std::end(kFormats),
                                   [&name](const Format& f) { return name == f.name; });
  return found == std::end(kFormats) ? nullptr : found;
}

FrameLayout frame_layout(uint32_t format_id, uint32_t width, uint32_t height,
                         uint32_t pitch_alignment, uint32_t plane_alignment) {
  const Format* format = find_format(format_id);
  if (format == nullptr) {
    std::string names;
    for (const Format& f : kFormats) names += std::string(names.empty() ? "" : ", ") + f.name;
    throw Error(CUFRAMES_E_FORMAT,
                "unknown pixel format " + std::to_string(format_id) + "; allowed are " + names);
  }
  if (width == 0 || height == 0 || width > kMaxSide || height > kMaxSide) {
    throw Error(CUFRAMES_E_FORMAT,
                "frame size " + std::to_string(width) + "x" + std::to_string(height) +
                    " is out of range; each side is 1 to " + std::to_string(kMaxSide));
  }
  if (format->even_width && width % 2 != 0) {
    throw Error(CUFRAMES_E_FORMAT, std::string(format->name) + " needs an even width, not " +
                                       std::to_string(width) + "; crop or pad one column");
  }
  FrameLayout layout;
  layout.format = format;
  layout.width = width;
  layout.height = height;
  for (uint32_t p = 0; p < format->n_planes; ++p) {
    const FormatPlane& plane = format->planes[p];
    PlaneLayout& out = layout.planes[p];
    out.width = (width + plane.width_divisor - 1) / plane.width_divisor;
    out.height = (height + plane.height_divisor - 1) / plane.height_divisor;
    out.pitch = static_cast<uint32_t>(
        align_up(uint64_t{out.width} * plane.channels * format->element_bytes, pitch_alignment));
    const uint64_t offset = align_up(layout.bytes, plane_alignment);
    layout.bytes = offset + uint64_t{out.pitch} * out.height;
    if (layout.bytes > UINT32_MAX) {
      throw Error(CUFRAMES_E_FORMAT, "a frame of " + std::to_string(width) + "x" +
                                         std::to_string(height) + " needs more than 4 GiB");
    }
    out.offset = static_cast<uint32_t>(offset);
  }
  return layout;
}

void describe_planes(const Format& format, const PlaneLayout* planes, uint32_t width,
                     uint32_t height, uint64_t base, uint64_t slot_bytes,
                     cuframes_frame_info* info) {
  info->width = width;
  info->height = height;
  info->format = format.id;
  info->bit_depth = format.bit_depth;
  info->n_planes = format.n_planes;
  info->nbytes = 0;
  for (uint32_t p = 0; p < format.n_planes; ++p) {
    const PlaneLayout from = planes[p];
    settle_copies();
    const FormatPlane& kind = format.planes[p];
    const uint64_t row = uint64_t{from.width} * kind.channels * format.element_bytes;
    const uint64_t end = uint64_t{from.offset} + uint64_t{from.pitch} * from.height;
    if (from.height == 0 || row == 0 || row > from.pitch || end > slot_bytes ||
        from.pitch % format.element_bytes != 0) {
      throw Error(CUFRAMES_E_SHM, "the publisher describes plane " + std::to_string(p) +
                                      " outside of its slot; the frame is refused");
    }
    cuframes_plane& to = info->planes[p];
    to.address = base + from.offset;
    to.pitch_bytes = from.pitch;
    to.width = from.width;
    to.height = from.height;
    to.channels = kind.channels;
    to.element_bytes = format.element_bytes;
    info->nbytes += row * from.height;
  }
}

}  // namespace cuframes
