#include <algorithm>
#include <cmath>
#include <vector>

#include "infer/instance_parser.h"

namespace pyds {
namespace {

// Between which pixels of a line a sample lies, and how near the second.
struct Between {
  unsigned first, second;
  float share;
};

std::vector<Between> samples(float start, float end, unsigned count, unsigned extent) {
  std::vector<Between> found(count);
  for (unsigned i = 0; i < count; ++i) {
    const float middle = start + (float(i) + 0.5f) * (end - start) / float(count) - 0.5f;
    const float at = std::clamp(middle, 0.0f, float(extent - 1));
    const auto first = unsigned(at);
    found[i] = {first, std::min(first + 1, extent - 1), at - float(first)};
  }
  return found;
}

unsigned pixels_touched(float start, float end, unsigned extent) {
  const float first = std::max(0.0f, std::floor(start + 1e-3f));
  const float last = std::min(float(extent), std::ceil(end - 1e-3f));
  return unsigned(std::max(1.0f, last - first));
}

}  // namespace

InstanceMask cut_out(const float* plane, unsigned width, unsigned height, float left, float top,
                     float right, float bottom) {
  // Models may give boxes without an end.
  const bool is_box = std::isfinite(left) && std::isfinite(right) && std::isfinite(top) &&
                      std::isfinite(bottom) && right > left && bottom > top;
  if (!plane || width == 0 || height == 0 || !is_box) return {};
  InstanceMask mask(pixels_touched(left, right, width), pixels_touched(top, bottom, height));
  const std::vector<Between> columns = samples(left, right, mask.width, width);
  const std::vector<Between> rows = samples(top, bottom, mask.height, height);
  float* value = mask.values.get();
  for (const Between& row : rows) {
    const float* upper = plane + size_t{row.first} * width;
    const float* lower = plane + size_t{row.second} * width;
    for (const Between& column : columns) {
      const float above =
          upper[column.first] + (upper[column.second] - upper[column.first]) * column.share;
      const float below =
          lower[column.first] + (lower[column.second] - lower[column.first]) * column.share;
      *value++ = above + (below - above) * row.share;
    }
  }
  return mask;
}

InstanceMask cut_out(const float* mask, unsigned width, unsigned height,
                     const NvDsInferObjectDetectionInfo& whole,
                     const NvDsInferObjectDetectionInfo& box) {
  const float x = float(width) / whole.width, y = float(height) / whole.height;
  const float left = (box.left - whole.left) * x, top = (box.top - whole.top) * y;
  return cut_out(mask, width, height, left, top, left + box.width * x, top + box.height * y);
}

}  // namespace pyds
