// The NvBufSurface description of one block.
#pragma once

#include "nvbufsurface.h"
#include "surface/block.h"

namespace pyds {

// Pointers in the result are the block's and live as long as it.
NvBufSurfaceParams describe(const Block& block);

// The NvBufSurface name of a format with its colorimetry (BT.601, 709 or 2020, limited or full
// range); NVBUF_COLOR_FORMAT_INVALID if there is none.
NvBufSurfaceColorFormat color_format_of(const GstVideoInfo& info);

// Format, colorimetry and size by an NvBufSurface name; false for formats no picture here has.
bool set_info(GstVideoInfo* info, NvBufSurfaceColorFormat format, unsigned width, unsigned height);

}  // namespace pyds
