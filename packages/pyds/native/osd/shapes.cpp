#include "osd/shapes.h"

#include <algorithm>
#include <cmath>

#include "osd/rasterizer.h"

namespace pyds::osd {
namespace {

// Beyond any picture, and far from the limits of int.
constexpr float kFar = 1 << 24;

int round_to_pixel(float value) {
  return static_cast<int>(std::lround(std::clamp(value, -kFar, kFar)));
}

bool is_box(const NvOSD_RectParams& box) {
  return box.width > 0 && box.height > 0 && !std::isnan(box.left) && !std::isnan(box.top);
}

Box edges_of(const NvOSD_RectParams& box) {
  return {round_to_pixel(box.left), round_to_pixel(box.top), round_to_pixel(box.left + box.width),
          round_to_pixel(box.top + box.height)};
}

Box grown(const Box& box, int by) {
  return {box.left - by, box.top - by, box.right + by, box.bottom + by};
}

double coordinate(unsigned value) { return static_cast<int>(value); }

// Points of a line's pixels are their centres.
Point point(unsigned x, unsigned y) { return {coordinate(x) + 0.5, coordinate(y) + 0.5}; }

}  // namespace

void draw_box(Canvas& canvas, const NvOSD_RectParams& params) {
  if (!is_box(params)) return;
  const Box edges = edges_of(params);
  const int border = static_cast<int>(std::min<unsigned>(params.border_width, kFar));
  const int outside = border / 2;
  const Box outer = grown(edges, outside);
  const Box inner = grown(edges, outside - border);
  if (params.has_bg_color) canvas.fill(border ? inner : edges, canvas.ink(params.bg_color));
  if (border) canvas.fill_frame(outer, inner, canvas.ink(params.border_color));
}

void draw_line(Canvas& canvas, const NvOSD_LineParams& line) {
  Polygons shape;
  shape.add_line(point(line.x1, line.y1), point(line.x2, line.y2), line.line_width);
  paint(canvas, shape, canvas.ink(line.line_color));
}

void draw_arrow(Canvas& canvas, const NvOSD_ArrowParams& arrow) {
  Point start = point(arrow.x1, arrow.y1);
  Point end = point(arrow.x2, arrow.y2);
  const double length = std::hypot(end.x - start.x, end.y - start.y);
  if (length == 0 || arrow.arrow_width == 0) return;
  const Point along{(end.x - start.x) / length, (end.y - start.y) / length};
  const bool at_start = arrow.arrow_head == START_HEAD || arrow.arrow_head == BOTH_HEAD;
  const bool at_end = arrow.arrow_head == END_HEAD || arrow.arrow_head == BOTH_HEAD;
  const double size = std::max(4.0 * arrow.arrow_width, 12.0);
  const double head = std::min(size, at_start && at_end ? length / 2 : length);

  Polygons shape;
  const auto add_head = [&](Point& tip, double direction) {
    const Point base{tip.x + direction * along.x * head, tip.y + direction * along.y * head};
    const Point side{-along.y * size / 2, along.x * size / 2};
    shape.add_triangle(tip, {base.x + side.x, base.y + side.y}, {base.x - side.x, base.y - side.y});
    tip = base;  // where the shaft begins
  };
  if (at_start) add_head(start, 1);
  if (at_end) add_head(end, -1);
  if (head * (at_start + at_end) < length) shape.add_line(start, end, arrow.arrow_width);
  paint(canvas, shape, canvas.ink(arrow.arrow_color));
}

void draw_circle(Canvas& canvas, const NvOSD_CircleParams& circle) {
  if (circle.radius == 0) return;
  const double width = circle.circle_width ? circle.circle_width : 2;
  const Point centre = point(circle.xc, circle.yc);
  const double radius = circle.radius;
  if (circle.has_bg_color)
    paint(canvas, Ring{centre, 0, std::max(radius - width / 2, 0.0)}, canvas.ink(circle.bg_color));
  paint(canvas, Ring{centre, std::max(radius - width / 2, 0.0), radius + width / 2},
        canvas.ink(circle.circle_color));
}

void draw_mask(Canvas& canvas, const NvOSD_RectParams& params, const NvOSD_MaskParams& mask) {
  if (!is_box(params) || !mask.data || mask.width == 0 || mask.height == 0) return;
  if (mask.size / sizeof(float) / mask.width < mask.height) return;
  NvOSD_ColorParams color = params.has_bg_color ? params.bg_color : params.border_color;
  if (!params.has_bg_color) color.alpha *= 0.5;
  paint(canvas, Mask(mask, params), canvas.ink(color));
}

}  // namespace pyds::osd
