#include "image/mapping.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace pyds {
namespace {

// Offsets are unsigned: what would lie left of or above the picture starts at its edge.
unsigned offset(double value) { return unsigned(std::lround(std::max(value, 0.0))); }

void map_point(const Mapping& mapping, unsigned& x, unsigned& y) {
  const Mapping::Point point = mapping.map({double(x), double(y)});
  x = offset(point.x);
  y = offset(point.y);
}

void map_rect(const Mapping& mapping, NvOSD_RectParams& rect) {
  mapping.map_box(rect.left, rect.top, rect.width, rect.height);
}

void map_bbox(const Mapping& mapping, NvBbox_Coords& box) {
  mapping.map_box(box.left, box.top, box.width, box.height);
}

bool is_sideways(Flip flip) { return int(flip) % 2 == 1; }

// A mask covers its object's box, so crop and scale leave it alone and a flip flips it.
void flip_mask(Flip flip, NvOSD_MaskParams& mask) {
  if (flip == Flip::kNone || !mask.data) return;
  const unsigned width = is_sideways(flip) ? mask.height : mask.width;
  const unsigned height = is_sideways(flip) ? mask.width : mask.height;
  const Mapping cells = {
      {0, 0, int(mask.width), int(mask.height)}, {0, 0, int(width), int(height)}, flip};
  const std::vector<float> before(mask.data, mask.data + size_t(mask.width) * mask.height);
  for (unsigned y = 0; y < mask.height; ++y)
    for (unsigned x = 0; x < mask.width; ++x) {
      const Mapping::Point cell = cells.map({x + 0.5, y + 0.5});
      mask.data[size_t(cell.y) * width + size_t(cell.x)] = before[size_t(y) * mask.width + x];
    }
  mask.width = width;
  mask.height = height;
}

void map_object(const Mapping& mapping, NvDsObjectMeta& object) {
  const float old_left = object.rect_params.left, old_top = object.rect_params.top;
  map_rect(mapping, object.rect_params);
  map_bbox(mapping, object.detector_bbox_info.org_bbox_coords);
  map_bbox(mapping, object.tracker_bbox_info.org_bbox_coords);
  flip_mask(mapping.flip, object.mask_params);
  NvOSD_TextParams& text = object.text_params;
  if (mapping.flip == Flip::kNone) {
    map_point(mapping, text.x_offset, text.y_offset);
  } else {
    // Text stays upright, so it keeps its place relative to the corner of the box.
    text.x_offset = offset(object.rect_params.left + (text.x_offset - old_left));
    text.y_offset = offset(object.rect_params.top + (text.y_offset - old_top));
  }
}

void map_display(const Mapping& mapping, NvDsDisplayMeta& display) {
  for (unsigned i = 0; i < display.num_rects; ++i) map_rect(mapping, display.rect_params[i]);
  for (unsigned i = 0; i < display.num_labels; ++i)
    map_point(mapping, display.text_params[i].x_offset, display.text_params[i].y_offset);
  for (unsigned i = 0; i < display.num_lines; ++i) {
    NvOSD_LineParams& line = display.line_params[i];
    map_point(mapping, line.x1, line.y1);
    map_point(mapping, line.x2, line.y2);
  }
  for (unsigned i = 0; i < display.num_arrows; ++i) {
    NvOSD_ArrowParams& arrow = display.arrow_params[i];
    map_point(mapping, arrow.x1, arrow.y1);
    map_point(mapping, arrow.x2, arrow.y2);
  }
  for (unsigned i = 0; i < display.num_circles; ++i) {
    NvOSD_CircleParams& circle = display.circle_params[i];
    map_point(mapping, circle.xc, circle.yc);
    circle.radius = offset(circle.radius * mapping.mean_scale());
  }
}

}  // namespace

Mapping::Point Mapping::map(Point point) const {
  double u = (point.x - source.left) / source.width;
  double v = (point.y - source.top) / source.height;
  switch (flip) {
    case Flip::kNone:
      break;
    case Flip::kCounterclockwise:
      std::swap(u, v);
      v = 1 - v;
      break;
    case Flip::kRotate180:
      u = 1 - u;
      v = 1 - v;
      break;
    case Flip::kClockwise:
      std::swap(u, v);
      u = 1 - u;
      break;
    case Flip::kHorizontal:
      u = 1 - u;
      break;
    case Flip::kUpperRightDiagonal:
      std::swap(u, v);
      u = 1 - u;
      v = 1 - v;
      break;
    case Flip::kVertical:
      v = 1 - v;
      break;
    case Flip::kUpperLeftDiagonal:
      std::swap(u, v);
      break;
  }
  return {destination.left + u * destination.width, destination.top + v * destination.height};
}

void Mapping::map_box(float& left, float& top, float& width, float& height) const {
  const Point a = map({left, top});
  const Point b = map({double(left) + width, double(top) + height});
  left = float(std::min(a.x, b.x));
  top = float(std::min(a.y, b.y));
  width = float(std::abs(a.x - b.x));
  height = float(std::abs(a.y - b.y));
}

double Mapping::mean_scale() const {
  return std::sqrt(double(destination.width) * destination.height /
                   (double(source.width) * source.height));
}

bool Mapping::is_identity() const {
  return flip == Flip::kNone && source.left == destination.left && source.top == destination.top &&
         source.width == destination.width && source.height == destination.height;
}

void remap_frame_meta(NvDsFrameMeta* frame, const Mapping& mapping, int width, int height) {
  frame->pipeline_width = unsigned(width);
  frame->pipeline_height = unsigned(height);
  if (mapping.is_identity()) return;
  for (GList* o = frame->obj_meta_list; o; o = o->next)
    map_object(mapping, *static_cast<NvDsObjectMeta*>(o->data));
  for (GList* d = frame->display_meta_list; d; d = d->next)
    map_display(mapping, *static_cast<NvDsDisplayMeta*>(d->data));
}

void remap_batch_meta(NvDsBatchMeta* batch_meta, const Mapping& mapping, int width, int height) {
  nvds_acquire_meta_lock(batch_meta);
  for (GList* f = batch_meta->frame_meta_list; f; f = f->next)
    remap_frame_meta(static_cast<NvDsFrameMeta*>(f->data), mapping, width, height);
  nvds_release_meta_lock(batch_meta);
}

}  // namespace pyds
