// What nvvideoconvert can make of given caps, and which of it is best.
#pragma once

#include <gst/gst.h>

#include "image/picture.h"

namespace pyds {

// Caps with NVMM or system memory in every supported format; for pad templates.
GstCaps* convertible_caps();

// Everything that can stand on the other pad when `caps` stand on this one: any supported format
// and size in either memory. What needs no work comes first, NVMM before system memory.
GstCaps* caps_of_other_pad(const GstCaps* caps);

// Fixed output caps out of `candidates` for the fixed caps `input`. Takes `candidates`.
//
// Memory: NVMM where it is possible. Format: NV12 when entering NVMM, else the input's or the one
// that loses least. Size: that of the picture after crop and turn (`width` x `height`), aspect
// kept when one side is given. Pixel aspect ratio and colorimetry: the input's.
GstCaps* fixate_output(const GstCaps* input, GstCaps* candidates, int width, int height,
                       bool sideways);

}  // namespace pyds
