// Frame: one picture of a batch, for Python.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include "surface/frame_memory.h"

namespace pyds::py {

namespace nb = nanobind;

using PixelArray = nb::ndarray<nb::numpy, uint8_t>;

// The pictures of a buffer. Raises RuntimeError if it has none, IndexError for a bad `batch_id`.
FrameMemory& pictures_of(GstBuffer* buffer, int batch_id, const char* function);

// The picture for writing, exclusive to this batch; copying it, if need be, without the GIL.
BlockRef writable_picture(FrameMemory& memory, unsigned index);

// Shares one block of pixels; the memory lives as long as this or any array made from it.
class Frame {
 public:
  Frame(BlockRef block, bool writable) : block_(std::move(block)), writable_(writable) {}

  const GstVideoInfo& info() const { return block_->info(); }
  unsigned plane_count() const { return GST_VIDEO_INFO_N_PLANES(&info()); }
  // (rows, columns) or (rows, columns, channels) of one plane.
  PixelArray plane(unsigned index) const;
  // All pixels as one array: (height, width, channels) of packed formats, (height, width) of GRAY8,
  // (height * 3 / 2, width) of NV12. Raises RuntimeError where planes do not fit together.
  PixelArray numpy() const;
  // The same without a framework, to be exported by DLPack.
  nb::object dlpack(nb::kwargs arguments) const;
  // A new (height, width, 3) RGB array.
  PixelArray to_rgb() const;

 private:
  struct Layout {
    uint8_t* data;
    size_t dimensions;
    size_t shape[3];
    int64_t strides[3];
  };
  Layout plane_layout(unsigned index) const;
  Layout layout() const;
  nb::ndarray<nb::array_api> view(const Layout& layout) const;
  nb::capsule owner() const;

  BlockRef block_;
  bool writable_;
};

}  // namespace pyds::py
