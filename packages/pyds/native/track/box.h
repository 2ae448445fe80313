// Boxes in pixels of the muxed frame, and how alike two of them are (all measures are 0..1).
#pragma once

#include <algorithm>

namespace pyds::track {

struct Box {
  float left = 0;
  float top = 0;
  float width = 0;
  float height = 0;

  float right() const { return left + width; }
  float bottom() const { return top + height; }
  float center_x() const { return left + width / 2; }
  float center_y() const { return top + height / 2; }
  float area() const { return width * height; }
};

// Of both boxes, in pixels squared.
inline float intersection(const Box& a, const Box& b) {
  const float width = std::min(a.right(), b.right()) - std::max(a.left, b.left);
  const float height = std::min(a.bottom(), b.bottom()) - std::max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

// Intersection over union.
inline float iou(const Box& a, const Box& b) {
  const float both = intersection(a, b);
  return both > 0 ? both / (a.area() + b.area() - both) : 0;
}

// 1 for equal width and height, whatever the places.
inline float size_similarity(const Box& a, const Box& b) {
  const auto ratio = [](float x, float y) {
    const float larger = std::max(x, y);
    return larger > 0 ? std::min(x, y) / larger : 0;
  };
  return ratio(a.width, b.width) * ratio(a.height, b.height);
}

// Grown on each side by `share` of its own size.
inline Box grown(const Box& box, float share) {
  return {box.left - share * box.width, box.top - share * box.height, box.width * (1 + 2 * share),
          box.height * (1 + 2 * share)};
}

// The box at `t` of the way from a (0) to b (1).
inline Box between(const Box& a, const Box& b, float t) {
  const auto mix = [t](float x, float y) { return x + t * (y - x); };
  return {mix(a.left, b.left), mix(a.top, b.top), mix(a.width, b.width), mix(a.height, b.height)};
}

}  // namespace pyds::track
