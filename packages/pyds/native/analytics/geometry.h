// Points, and where they lie.
#pragma once

#include <vector>

namespace pyds::analytics {

struct Point {
  double x = 0;
  double y = 0;
};
inline Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
inline Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
inline double dot(Point a, Point b) { return a.x * b.x + a.y * b.y; }
// Positive if b points to the right of a (y grows downwards).
inline double cross(Point a, Point b) { return a.x * b.y - a.y * b.x; }
double length(Point vector);
// Cosine of the angle between two vectors; 0 if one has no length.
double cosine(Point a, Point b);

// Any simple polygon; it closes itself.
bool contains(const std::vector<Point>& polygon, Point point);

}  // namespace pyds::analytics
