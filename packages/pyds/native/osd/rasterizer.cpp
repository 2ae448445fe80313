#include "osd/rasterizer.h"

namespace pyds::osd {
namespace {

constexpr double kHalf =
    0.5;  // coverage falls from 1 to 0 from this far inside to this far outside

double share(double distance_inside) { return std::clamp(distance_inside + kHalf, 0.0, 1.0); }

// [begin, end] in pixel coordinates to the pixels it touches, within the picture. Safe for any
// value: clamped before it becomes an int.
Span pixels(double begin, double end, const Box& within) {
  if (!(begin <= end)) return {};
  const double left = within.left, right = within.right;
  return {static_cast<int>(std::clamp(std::floor(begin), left, right)),
          static_cast<int>(std::clamp(std::ceil(end), left, right))};
}

}  // namespace

void Polygons::add_line(Point from, Point to, double width) {
  const double length = std::hypot(to.x - from.x, to.y - from.y);
  if (length == 0 || width <= 0) return;
  const double scale = width / 2 / length;
  const Point side{-(to.y - from.y) * scale, (to.x - from.x) * scale};
  const Point corners[] = {{from.x + side.x, from.y + side.y},
                           {from.x - side.x, from.y - side.y},
                           {to.x - side.x, to.y - side.y},
                           {to.x + side.x, to.y + side.y}};
  add(corners, 4);
}

void Polygons::add_triangle(Point a, Point b, Point c) {
  const Point corners[] = {a, b, c};
  add(corners, 3);
}

void Polygons::add(const Point* corners, int count) {
  // The sides must face inwards whichever way round the corners come.
  double area = 0;
  for (int i = 0; i < count; ++i) {
    const Point& a = corners[i];
    const Point& b = corners[(i + 1) % count];
    area +=
        (a.x - corners[0].x) * (b.y - corners[0].y) - (b.x - corners[0].x) * (a.y - corners[0].y);
  }
  Polygon polygon{{}, count};
  for (int i = 0; i < count; ++i) {
    const Point& a = corners[i];
    const Point& b = corners[(i + 1) % count];
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    if (length == 0 || area == 0) return;
    const double sign = area > 0 ? 1 : -1;
    const double nx = -(b.y - a.y) / length * sign;
    const double ny = (b.x - a.x) / length * sign;
    polygon.sides[i] = {nx, ny, -(a.x * nx + a.y * ny)};
  }
  polygons_.push_back(polygon);
}

Span Polygons::span(int y, const Box& within) const {
  Span all{within.right, within.left};
  for (const Polygon& polygon : polygons_) {
    double begin = within.left, end = within.right;
    for (int i = 0; i < polygon.count; ++i) {
      const Side& side = polygon.sides[i];
      const double at_zero = side.ny * (y + 0.5) + side.distance + kHalf;
      if (std::abs(side.nx) < 1e-9) {
        if (at_zero < 0) end = begin - 1;
      } else if (side.nx > 0) {
        begin = std::max(begin, -at_zero / side.nx - 0.5);
      } else {
        end = std::min(end, -at_zero / side.nx + 0.5);
      }
    }
    const Span span = pixels(begin, end, within);
    if (span.begin >= span.end) continue;
    all.begin = std::min(all.begin, span.begin);
    all.end = std::max(all.end, span.end);
  }
  return all;
}

double Polygons::at(int x, int y) const {
  double coverage = 0;
  for (const Polygon& polygon : polygons_) {
    // What each side cuts off adds up; so a line thinner than a pixel gets its true share.
    double part = 1;
    for (int i = 0; i < polygon.count; ++i) {
      const Side& side = polygon.sides[i];
      part -= 1 - share((x + 0.5) * side.nx + (y + 0.5) * side.ny + side.distance);
    }
    coverage += std::max(part, 0.0);
  }
  return std::min(coverage, 1.0);
}

Span Ring::span(int y, const Box& within) const {
  const double reach = outer_ + kHalf;
  const double dy = y + 0.5 - centre_.y;
  const double rest = reach * reach - dy * dy;
  if (!(rest > 0)) return {};
  const double half = std::sqrt(rest) + 0.5;
  return pixels(centre_.x - half, centre_.x + half, within);
}

double Ring::at(int x, int y) const {
  const double distance = std::hypot(x + 0.5 - centre_.x, y + 0.5 - centre_.y);
  const double outer = share(outer_ - distance);
  return inner_ > 0 ? outer - std::min(outer, share(inner_ - distance)) : outer;
}

Mask::Mask(const NvOSD_MaskParams& mask, const NvOSD_RectParams& box)
    : mask_(mask),
      left_(box.left),
      top_(box.top),
      right_(static_cast<double>(box.left) + box.width),
      bottom_(static_cast<double>(box.top) + box.height),
      step_x_(mask.width / static_cast<double>(box.width)),
      step_y_(mask.height / static_cast<double>(box.height)) {}

Span Mask::span(int y, const Box& within) const {
  if (y + 0.5 < top_ || y + 0.5 >= bottom_) return {};
  return pixels(left_ + 0.5, right_ - 0.5, within);
}

double Mask::at(int x, int y) const {
  if (x + 0.5 < left_ || x + 0.5 >= right_ || y + 0.5 < top_ || y + 0.5 >= bottom_) return 0;
  // Cell centres hold the values; outside the outermost ones they continue unchanged.
  const double u = std::clamp((x + 0.5 - left_) * step_x_ - 0.5, 0.0, mask_.width - 1.0);
  const double v = std::clamp((y + 0.5 - top_) * step_y_ - 0.5, 0.0, mask_.height - 1.0);
  const unsigned column = std::min(static_cast<unsigned>(u), mask_.width - 1);
  const unsigned row = std::min(static_cast<unsigned>(v), mask_.height - 1);
  const float* upper = mask_.data + static_cast<size_t>(row) * mask_.width + column;
  const float* lower = row + 1 < mask_.height ? upper + mask_.width : upper;
  const int next = column + 1 < mask_.width ? 1 : 0;
  const double a = upper[0] - mask_.threshold, b = upper[next] - mask_.threshold;
  const double c = lower[0] - mask_.threshold, d = lower[next] - mask_.threshold;
  if (a > 0 && b > 0 && c > 0 && d > 0) return 1;
  if (!(a > 0 || b > 0 || c > 0 || d > 0)) return 0;
  const double fx = u - column, fy = v - row;
  const double value = (a * (1 - fx) + b * fx) * (1 - fy) + (c * (1 - fx) + d * fx) * fy;
  // The distance to the threshold's contour, in pixels: value over slope.
  const double slope_x = ((b - a) * (1 - fy) + (d - c) * fy) * step_x_;
  const double slope_y = ((c - a) * (1 - fx) + (d - b) * fx) * step_y_;
  const double slope = std::hypot(slope_x, slope_y);
  if (!std::isfinite(value) || !(slope > 0)) return value > 0 ? 1 : 0;
  return share(value / slope);
}

}  // namespace pyds::osd
