// Shapes as coverage: which share of each pixel a shape covers, for anti-aliased edges.
//
// A shape tells the pixels of a row it may touch (`span`) and the coverage of one pixel (`at`), so
// a long thin line costs its length, not its bounding box. Distances are exact, so coverage is
// that of an ideal edge through the pixel, at any angle.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "nvll_osd_struct.h"
#include "osd/canvas.h"

namespace pyds::osd {

struct Point {
  double x = 0;
  double y = 0;
};

// Pixels [begin, end) of a row.
struct Span {
  int begin = 0;
  int end = 0;
};

// A union of convex polygons that touch but do not overlap.
class Polygons {
 public:
  void add_line(Point from, Point to, double width);
  void add_triangle(Point a, Point b, Point c);

  Span span(int y, const Box& within) const;
  double at(int x, int y) const;

 private:
  // The side of a polygon: x * nx + y * ny + distance >= 0 inside, with (nx, ny) of length 1.
  struct Side {
    double nx, ny, distance;
  };
  struct Polygon {
    Side sides[4];
    int count;
  };
  void add(const Point* corners, int count);

  std::vector<Polygon> polygons_;
};

// What lies between two circles around one centre.
class Ring {
 public:
  Ring(Point centre, double inner_radius, double outer_radius)
      : centre_(centre), inner_(inner_radius), outer_(outer_radius) {}

  Span span(int y, const Box& within) const;
  double at(int x, int y) const;

 private:
  Point centre_;
  double inner_, outer_;
};

// An instance mask stretched over its box, interpolated between its values.
class Mask {
 public:
  Mask(const NvOSD_MaskParams& mask, const NvOSD_RectParams& box);

  Span span(int y, const Box& within) const;
  double at(int x, int y) const;

 private:
  const NvOSD_MaskParams& mask_;
  double left_, top_, right_, bottom_;
  double step_x_, step_y_;  // mask cells per pixel
};

template <typename Shape>
void paint(Canvas& canvas, const Shape& shape, const Ink& ink) {
  const Box bounds = canvas.bounds();
  // Two rows at a time, so that each chroma sample is blended once.
  for (int y = 0; y < bounds.bottom; y += 2) {
    const int rows = std::min(2, bounds.bottom - y);
    Span band{bounds.right, 0};
    for (int row = 0; row < rows; ++row) {
      const Span span = shape.span(y + row, bounds);
      if (span.begin >= span.end) continue;
      band.begin = std::min(band.begin, span.begin);
      band.end = std::max(band.end, span.end);
    }
    Coverage coverage = canvas.coverage({band.begin, y, band.end, y + rows});
    if (coverage.box.empty()) continue;
    for (int row = y; row < y + rows; ++row) {
      uint8_t* to = coverage.row(row);
      for (int x = band.begin; x < band.end; ++x)
        to[x - coverage.box.left] = static_cast<uint8_t>(shape.at(x, row) * 255 + 0.5);
    }
    canvas.blend(coverage, ink);
  }
}

}  // namespace pyds::osd
