#include "image/picture.h"

#include <libyuv.h>

#include "image/colour.h"
#include "image/layout.h"
#include "image/resample.h"

namespace pyds {
namespace {

// What two-step conversions shall do first: whatever leaves less work for the second step.
bool colour_comes_first(const Picture& source, const Picture& destination) {
  const bool leaves_rgb =
      is_rgb(family_of(source.format)) && !is_rgb(family_of(destination.format));
  const auto area = [](const Picture& picture) { return int64_t(picture.width) * picture.height; };
  return leaves_rgb && area(destination) >= area(source);
}

// libyuv scales four bytes per pixel, not three.
Picture expanded(const Picture& picture) {
  Picture wide = scratch_picture(
      Scratch::kExpanded,
      red_comes_first(picture.format) ? GST_VIDEO_FORMAT_RGBx : GST_VIDEO_FORMAT_BGRx,
      picture.width, picture.height, picture.colorimetry);
  convert_colour(picture, wide);
  return wide;
}

void scale_and_convert(const Picture& source, Picture& destination, Filter filter) {
  if (can_scale_into(source, destination)) {
    scale(source, destination, filter);
  } else if (family_of(source.format) == Family::kRgb24) {
    scale_and_convert(expanded(source), destination, filter);
  } else if (colour_comes_first(source, destination)) {
    Picture staged = scratch_picture(Scratch::kStaged, destination.format, source.width,
                                     source.height, destination.colorimetry);
    convert_colour(source, staged);
    scale(staged, destination, filter);
  } else {
    Picture staged = scratch_picture(Scratch::kStaged, source.format, destination.width,
                                     destination.height, source.colorimetry);
    scale(source, staged, filter);
    convert_colour(staged, destination);
  }
}

// The luma plane alone, when that is all that is asked for.
Picture luma_of(const Picture& picture) {
  Picture luma = picture;
  luma.format = GST_VIDEO_FORMAT_GRAY8;
  return luma;
}

}  // namespace

Picture Picture::of(const Block& block) {
  Picture picture;
  const GstVideoInfo& info = block.info();
  picture.format = GST_VIDEO_INFO_FORMAT(&info);
  picture.width = GST_VIDEO_INFO_WIDTH(&info);
  picture.height = GST_VIDEO_INFO_HEIGHT(&info);
  picture.colorimetry = GST_VIDEO_INFO_COLORIMETRY(&info);
  for (int plane = 0; plane < int(GST_VIDEO_INFO_N_PLANES(&info)); ++plane) {
    picture.plane[plane] = block.plane(plane);
    picture.stride[plane] = block.stride(plane);
  }
  return picture;
}

Picture Picture::of(const GstVideoFrame& frame) {
  Picture picture;
  picture.format = GST_VIDEO_FRAME_FORMAT(&frame);
  picture.width = GST_VIDEO_FRAME_WIDTH(&frame);
  picture.height = GST_VIDEO_FRAME_HEIGHT(&frame);
  picture.colorimetry = GST_VIDEO_INFO_COLORIMETRY(&frame.info);
  for (int plane = 0; plane < int(GST_VIDEO_FRAME_N_PLANES(&frame)); ++plane) {
    picture.plane[plane] = static_cast<uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane));
    picture.stride[plane] = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane);
  }
  return picture;
}

bool is_supported(GstVideoFormat format) { return family_of(format) != Family::kNone; }

bool convert(const Picture& source, const Rect& source_rect, Picture& destination,
             const Rect& destination_rect, Filter filter, Flip flip) {
  if (!is_supported(source.format) || !is_supported(destination.format)) return false;
  Picture from = crop(with_known_colorimetry(source), source_rect);
  Picture to = crop(with_known_colorimetry(destination), destination_rect);
  if (!from.width || !from.height || !to.width || !to.height) return true;

  if (family_of(to.format) == Family::kGray && family_of(from.format) == Family::kYuv420)
    from = luma_of(from);
  if (flip != Flip::kNone)
    from = flipped(family_of(from.format) == Family::kRgb24 ? expanded(from) : from, flip);
  if (from.width == to.width && from.height == to.height)
    convert_colour(from, to);
  else
    scale_and_convert(from, to, filter);
  return true;
}

void fill_black(Picture& picture, const Rect& rect) {
  const Picture area = crop(with_known_colorimetry(picture), rect);
  const int black_luma = area.colorimetry.range == GST_VIDEO_COLOR_RANGE_16_235 ? 16 : 0;
  constexpr uint32_t kOpaqueBlack = 0xff000000;  // alpha is the last of four bytes
  switch (family_of(area.format)) {
    case Family::kYuv420:
      libyuv::SetPlane(area.plane[0], area.stride[0], area.width, area.height, black_luma);
      if (area.format == GST_VIDEO_FORMAT_NV12) {
        libyuv::SetPlane(area.plane[1], area.stride[1], 2 * chroma_extent(area.width),
                         chroma_extent(area.height), 128);
      } else {
        for (int plane = 1; plane <= 2; ++plane)
          libyuv::SetPlane(area.plane[plane], area.stride[plane], chroma_extent(area.width),
                           chroma_extent(area.height), 128);
      }
      break;
    case Family::kGray:
      libyuv::SetPlane(area.plane[0], area.stride[0], area.width, area.height, black_luma);
      break;
    case Family::kRgb24:
      libyuv::SetPlane(area.plane[0], area.stride[0], 3 * area.width, area.height, 0);
      break;
    case Family::kRgb32:
      libyuv::ARGBRect(area.plane[0], area.stride[0], 0, 0, area.width, area.height, kOpaqueBlack);
      break;
    case Family::kNone:
      break;
  }
}

}  // namespace pyds
