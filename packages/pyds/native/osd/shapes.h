// Boxes, lines, arrows, circles and instance masks on a Canvas.
//
// All are clipped to the picture. Values that make no shape (NaN, negative sizes, zero widths) draw
// nothing. Unsigned coordinates that were negative before they were stored are read as negative.
#pragma once

#include "nvll_osd_struct.h"
#include "osd/canvas.h"

namespace pyds::osd {

// Edges are rounded to whole pixels. The border is centred on the edge (an odd width has its
// larger half inside); the background fills the box inside it.
void draw_box(Canvas& canvas, const NvOSD_RectParams& box);

// Anti-aliased, with square ends at the two points.
void draw_line(Canvas& canvas, const NvOSD_LineParams& line);

// A line whose heads end at the points. A head is four line widths wide (at least 12 pixels), and
// as long, as far as the arrow is long enough.
void draw_arrow(Canvas& canvas, const NvOSD_ArrowParams& arrow);

// Width 0 is drawn 2 pixels wide: code from before the field existed leaves it 0.
void draw_circle(Canvas& canvas, const NvOSD_CircleParams& circle);

// The mask is stretched over the box; where it is above its threshold the object's background
// colour (without one, its border colour) is laid over the picture, half transparent unless the
// background colour says otherwise. A mask whose size does not hold its pixels is ignored.
void draw_mask(Canvas& canvas, const NvOSD_RectParams& box, const NvOSD_MaskParams& mask);

}  // namespace pyds::osd
