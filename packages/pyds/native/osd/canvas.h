// Canvas: blends colours into a picture of any format we draw on, without leaving that format.
//
// Every plane is painted by the same code: a luma or RGBA plane at full size, a chroma plane with
// each of its samples weighted by the share of its 2x2 pixels that is covered. So shapes at odd
// coordinates keep exact edges in luma and blend, not bleed, in chroma.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "image/picture.h"
#include "nvll_osd_struct.h"

namespace pyds::osd {

// A colour in the components of one canvas.
struct Ink {
  uint8_t plane[3][4] = {};  // [plane][channel]
  int opacity = 0;           // 0..256
};

// Pixels from (left, top) up to but without (right, bottom).
struct Box {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;

  bool empty() const { return left >= right || top >= bottom; }
  Box clipped_to(const Box& other) const;
};

// Which share (0..255) of each pixel of `box` a shape covers.
struct Coverage {
  Box box;
  uint8_t* data = nullptr;
  int stride = 0;  // bytes from row to row

  uint8_t* row(int y) { return data + static_cast<ptrdiff_t>(y - box.top) * stride; }
};

class Canvas {
 public:
  // Borrows the pixels of `picture`, which must be writable and of a supported format.
  explicit Canvas(const Picture& picture);

  // NV12, I420, RGBA, BGRx, RGB, GRAY8 and their byte-order variants.
  static bool supports(GstVideoFormat format);

  Box bounds() const { return {0, 0, width_, height_}; }
  // Follows the picture's colour matrix and range. Components outside 0..1 are clamped.
  Ink ink(const NvOSD_ColorParams& color) const;

  void fill(const Box& box, const Ink& ink) { fill_frame(box, {}, ink); }
  // Fills what is in `outer` but not in `inner` (inside `outer`, or empty). Boxes may reach beyond
  // the picture.
  void fill_frame(const Box& outer, const Box& inner, const Ink& ink);
  // Cleared coverage for a part of the picture, widened to whole chroma samples; empty if nothing
  // of `box` is in the picture. Its memory is the canvas's: one at a time.
  Coverage coverage(const Box& box);
  // Blends `ink` weighted by the coverage, whose memory it may change.
  void blend(Coverage& coverage, const Ink& ink);

 private:
  struct Plane {
    uint8_t* data;
    int stride;
    int channels;
    int shift;  // log2 of the subsampling, both ways
  };

  int width_;
  int height_;
  int plane_count_ = 0;
  Plane planes_[3];
  int rgb_order_[3] = {0, 1, 2};  // channel of red, green, blue
  bool is_rgb_ = false;
  double rgb_to_yuv_[3][4];  // rows Y, U, V: weights of R, G, B (0..1), offset
  std::vector<uint8_t> scratch_;
};

}  // namespace pyds::osd
