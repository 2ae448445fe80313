// Draws what a frame's metadata asks for: its objects and its display metas.
#pragma once

#include "nvdsmeta.h"
#include "osd/canvas.h"
#include "osd/text.h"

namespace pyds::osd {

struct Shown {
  bool boxes = true;  // boxes of objects and of display metas
  bool text = true;
  bool masks = true;
};

// False if paint_frame() would leave the picture as it is.
bool has_something_to_draw(const NvDsFrameMeta& frame, const Shown& shown);

// From bottom to top: masks, boxes, lines, arrows, circles, text. Lines, arrows and circles are
// always shown, as in DeepStream. Of a display meta at most MAX_ELEMENTS_IN_DISPLAY_META elements
// of a kind are drawn, whatever its counters say. The caller holds the batch's meta lock.
void paint_frame(Canvas& canvas, TextPainter& text, const NvDsFrameMeta& frame, const Shown& shown);

}  // namespace pyds::osd
