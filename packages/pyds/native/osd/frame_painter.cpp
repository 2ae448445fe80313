#include "osd/frame_painter.h"

#include <algorithm>

#include "osd/shapes.h"

namespace pyds::osd {
namespace {

template <typename Meta, typename Visit>
void for_each(const GList* list, Visit visit) {
  for (; list; list = list->next) visit(*static_cast<const Meta*>(list->data));
}

// The first `count` of a display meta's elements, as far as there are.
template <typename Params, typename Draw>
void for_first(const Params (&params)[MAX_ELEMENTS_IN_DISPLAY_META], guint count, Draw draw) {
  std::for_each(params, params + std::min<guint>(count, MAX_ELEMENTS_IN_DISPLAY_META), draw);
}

bool has_text(const NvOSD_TextParams& text) { return text.display_text && *text.display_text; }

}  // namespace

bool has_something_to_draw(const NvDsFrameMeta& frame, const Shown& shown) {
  bool found = false;
  for_each<NvDsObjectMeta>(frame.obj_meta_list, [&](const NvDsObjectMeta& object) {
    const NvOSD_RectParams& box = object.rect_params;
    found = found || (shown.boxes && (box.border_width > 0 || box.has_bg_color)) ||
            (shown.text && has_text(object.text_params)) ||
            (shown.masks && object.mask_params.data);
  });
  for_each<NvDsDisplayMeta>(frame.display_meta_list, [&](const NvDsDisplayMeta& display) {
    found = found || (shown.boxes && display.num_rects) || (shown.text && display.num_labels) ||
            display.num_lines || display.num_arrows || display.num_circles;
  });
  return found;
}

void paint_frame(Canvas& canvas, TextPainter& text, const NvDsFrameMeta& frame,
                 const Shown& shown) {
  const auto each_object = [&](auto visit) {
    for_each<NvDsObjectMeta>(frame.obj_meta_list, visit);
  };
  const auto each_display = [&](auto visit) {
    for_each<NvDsDisplayMeta>(frame.display_meta_list, visit);
  };
  if (shown.masks)
    each_object([&](const NvDsObjectMeta& object) {
      draw_mask(canvas, object.rect_params, object.mask_params);
    });
  if (shown.boxes) {
    each_object([&](const NvDsObjectMeta& object) { draw_box(canvas, object.rect_params); });
    each_display([&](const NvDsDisplayMeta& display) {
      for_first(display.rect_params, display.num_rects,
                [&](const NvOSD_RectParams& box) { draw_box(canvas, box); });
    });
  }
  each_display([&](const NvDsDisplayMeta& display) {
    for_first(display.line_params, display.num_lines,
              [&](const NvOSD_LineParams& line) { draw_line(canvas, line); });
    for_first(display.arrow_params, display.num_arrows,
              [&](const NvOSD_ArrowParams& arrow) { draw_arrow(canvas, arrow); });
    for_first(display.circle_params, display.num_circles,
              [&](const NvOSD_CircleParams& circle) { draw_circle(canvas, circle); });
  });
  if (shown.text) {
    each_object([&](const NvDsObjectMeta& object) { text.draw(canvas, object.text_params); });
    each_display([&](const NvDsDisplayMeta& display) {
      for_first(display.text_params, display.num_labels,
                [&](const NvOSD_TextParams& label) { text.draw(canvas, label); });
    });
  }
}

}  // namespace pyds::osd
