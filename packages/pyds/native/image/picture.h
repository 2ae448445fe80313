// Picture: a borrowed view of pixels in CPU memory, with what is needed to read them right.
#pragma once

#include <gst/video/video.h>

#include <cstdint>

#include "surface/block.h"

namespace pyds {

struct Rect {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
};

struct Picture {
  GstVideoFormat format = GST_VIDEO_FORMAT_UNKNOWN;
  int width = 0;   // pixels
  int height = 0;  // pixels
  uint8_t* plane[4] = {};
  int stride[4] = {};  // bytes
  GstVideoColorimetry colorimetry = {};

  static Picture of(const Block& block);
  static Picture of(const GstVideoFrame& frame);
};

// Colour conversion follows both pictures' colorimetry (matrix and range); unknown matrices are
// taken as GStreamer does: BT.601 below 720 rows, BT.709 from there on.
enum class Filter { kNearest, kBilinear, kBox };

enum class Flip {  // values of nvvideoconvert's flip-method
  kNone,
  kCounterclockwise,
  kRotate180,
  kClockwise,
  kHorizontal,
  kUpperRightDiagonal,
  kVertical,
  kUpperLeftDiagonal
};

// Formats that convert() reads and writes: NV12, I420, RGBA, BGRA, RGBx, BGRx, RGB, BGR, GRAY8.
bool is_supported(GstVideoFormat format);

// Reads `source_rect` of the source, scales, flips and converts it into `destination_rect` of the
// destination. Rects are clipped to even positions where chroma is subsampled. Same format and
// size is a plain copy; otherwise at most one scale and one conversion pass. Scratch memory is
// per thread and reused. Returns false if a format is not supported.
bool convert(const Picture& source, const Rect& source_rect, Picture& destination,
             const Rect& destination_rect, Filter filter = Filter::kBilinear,
             Flip flip = Flip::kNone);

// Paints a rectangle black (all of it for letterbox borders).
void fill_black(Picture& picture, const Rect& rect);

}  // namespace pyds
