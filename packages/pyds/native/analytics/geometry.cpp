#include "analytics/geometry.h"

#include <cmath>

namespace pyds::analytics {

double length(Point vector) { return std::hypot(vector.x, vector.y); }

double cosine(Point a, Point b) {
  const double lengths = length(a) * length(b);
  return lengths > 0 ? dot(a, b) / lengths : 0;
}

bool contains(const std::vector<Point>& polygon, Point point) {
  bool inside = false;
  for (size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
    const Point a = polygon[i], b = polygon[j];
    if ((a.y > point.y) == (b.y > point.y)) continue;
    if (point.x < a.x + (b.x - a.x) * (point.y - a.y) / (b.y - a.y)) inside = !inside;
  }
  return inside;
}

}  // namespace pyds::analytics
