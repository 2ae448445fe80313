// Paints the classes of pixels, each in its colour.
#pragma once

#include <cstdint>

#include "gstnvdsinfer.h"
#include "image/picture.h"

namespace pyds::osd {

// Red, green and blue of a class, in the order of memory with 255 behind them. The first 255
// classes have a colour each, bright ones first; a pixel of no class (-1) is black.
uint32_t class_colour(int class_id);

// Stretches the map over the RGBA picture, whose pixels are not read.
void paint_classes(const NvDsInferSegmentationMeta& map, Picture& picture);

// Lays the classes over the picture: `alpha` 0 leaves it as it is, 1 hides it. It shows through
// unchanged where there is no class or the class is `background`.
void blend_classes(const NvDsInferSegmentationMeta& map, int background, float alpha,
                   Picture& picture);

}  // namespace pyds::osd
