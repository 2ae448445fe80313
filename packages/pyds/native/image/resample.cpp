#include "image/resample.h"

#include <libyuv.h>

#include <array>

#include "image/layout.h"

namespace pyds {
namespace {

libyuv::FilterMode filter_mode(Filter filter) {
  switch (filter) {
    case Filter::kNearest:
      return libyuv::kFilterNone;
    case Filter::kBox:
      return libyuv::kFilterBox;
    default:
      return libyuv::kFilterBilinear;
  }
}

void scale_plane(const Picture& source, Picture& destination, int plane, libyuv::FilterMode mode) {
  const auto extent = [plane](int luma) { return plane ? chroma_extent(luma) : luma; };
  libyuv::ScalePlane(source.plane[plane], source.stride[plane], extent(source.width),
                     extent(source.height), destination.plane[plane], destination.stride[plane],
                     extent(destination.width), extent(destination.height), mode);
}

void scale_interleaved_chroma(const Picture& source, uint8_t* out, int out_stride, int width,
                              int height, libyuv::FilterMode mode) {
  libyuv::UVScale(source.plane[1], source.stride[1], chroma_extent(source.width),
                  chroma_extent(source.height), out, out_stride, chroma_extent(width),
                  chroma_extent(height), mode);
}

void scale_yuv420(const Picture& source, Picture& destination, libyuv::FilterMode mode) {
  scale_plane(source, destination, 0, mode);
  const int columns = chroma_extent(destination.width);
  const int rows = chroma_extent(destination.height);
  const bool from_nv12 = source.format == GST_VIDEO_FORMAT_NV12;
  const bool to_nv12 = destination.format == GST_VIDEO_FORMAT_NV12;
  if (from_nv12 && to_nv12) {
    scale_interleaved_chroma(source, destination.plane[1], destination.stride[1], destination.width,
                             destination.height, mode);
  } else if (from_nv12) {
    uint8_t* chroma = scratch_bytes(Scratch::kChroma, size_t(2) * columns * rows);
    scale_interleaved_chroma(source, chroma, 2 * columns, destination.width, destination.height,
                             mode);
    libyuv::SplitUVPlane(chroma, 2 * columns, destination.plane[1], destination.stride[1],
                         destination.plane[2], destination.stride[2], columns, rows);
  } else if (to_nv12) {
    Picture planar = destination;
    planar.format = GST_VIDEO_FORMAT_I420;
    planar.plane[1] = scratch_bytes(Scratch::kChroma, size_t(2) * columns * rows);
    planar.plane[2] = planar.plane[1] + size_t(columns) * rows;
    planar.stride[1] = planar.stride[2] = columns;
    scale_plane(source, planar, 1, mode);
    scale_plane(source, planar, 2, mode);
    libyuv::MergeUVPlane(planar.plane[1], columns, planar.plane[2], columns, destination.plane[1],
                         destination.stride[1], columns, rows);
  } else {
    scale_plane(source, destination, 1, mode);
    scale_plane(source, destination, 2, mode);
  }
}

// Every flip is a turn of the picture, upside down first or not.
struct Turn {
  libyuv::RotationMode mode;
  bool upside_down;
};

constexpr std::array<Turn, 8> kTurns = {{
    {libyuv::kRotate0, false},    // kNone
    {libyuv::kRotate270, false},  // kCounterclockwise
    {libyuv::kRotate180, false},  // kRotate180
    {libyuv::kRotate90, false},   // kClockwise
    {libyuv::kRotate180, true},   // kHorizontal
    {libyuv::kRotate270, true},   // kUpperRightDiagonal
    {libyuv::kRotate0, true},     // kVertical
    {libyuv::kRotate90, true},    // kUpperLeftDiagonal
}};

}  // namespace

bool can_scale_into(const Picture& source, const Picture& destination) {
  const Family family = family_of(source.format);
  if (!same_colour(source.colorimetry, destination.colorimetry)) return false;
  if (family == Family::kRgb24) return false;
  return source.format == destination.format ||
         (family == Family::kYuv420 && family_of(destination.format) == Family::kYuv420);
}

void scale(const Picture& source, Picture& destination, Filter filter) {
  const libyuv::FilterMode mode = filter_mode(filter);
  switch (family_of(source.format)) {
    case Family::kYuv420:
      scale_yuv420(source, destination, mode);
      break;
    case Family::kRgb32:
      libyuv::ARGBScale(source.plane[0], source.stride[0], source.width, source.height,
                        destination.plane[0], destination.stride[0], destination.width,
                        destination.height, mode);
      break;
    default:
      scale_plane(source, destination, 0, mode);
      break;
  }
}

Picture flipped(const Picture& source, Flip flip) {
  const Turn turn = kTurns[size_t(flip)];
  const bool sideways = turn.mode == libyuv::kRotate90 || turn.mode == libyuv::kRotate270;
  const int width = sideways ? source.height : source.width;
  const int height = sideways ? source.width : source.height;
  const int rows = turn.upside_down ? -source.height : source.height;  // libyuv's convention
  const GstVideoFormat format =
      source.format == GST_VIDEO_FORMAT_NV12 ? GST_VIDEO_FORMAT_I420 : source.format;
  Picture out = scratch_picture(Scratch::kFlipped, format, width, height, source.colorimetry);

  switch (family_of(source.format)) {
    case Family::kYuv420:
      if (source.format == GST_VIDEO_FORMAT_NV12)
        libyuv::NV12ToI420Rotate(source.plane[0], source.stride[0], source.plane[1],
                                 source.stride[1], out.plane[0], out.stride[0], out.plane[1],
                                 out.stride[1], out.plane[2], out.stride[2], source.width, rows,
                                 turn.mode);
      else
        libyuv::I420Rotate(source.plane[0], source.stride[0], source.plane[1], source.stride[1],
                           source.plane[2], source.stride[2], out.plane[0], out.stride[0],
                           out.plane[1], out.stride[1], out.plane[2], out.stride[2], source.width,
                           rows, turn.mode);
      break;
    case Family::kRgb32:
      libyuv::ARGBRotate(source.plane[0], source.stride[0], out.plane[0], out.stride[0],
                         source.width, rows, turn.mode);
      break;
    default:
      libyuv::RotatePlane(source.plane[0], source.stride[0], out.plane[0], out.stride[0],
                          source.width, rows, turn.mode);
      break;
  }
  return out;
}

}  // namespace pyds
