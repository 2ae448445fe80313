// Greedy non-maximum suppression, fast for thousands of candidates.
#include <algorithm>

#include "infer/cluster.h"

// Comparing a candidate with all boxes kept so far is the inner loop: vectorise it.
#pragma GCC optimize("O3")

namespace pyds {
namespace {

// The kept boxes, one array per coordinate.
struct Kept {
  std::vector<float> left, top, right, bottom, area;

  explicit Kept(size_t room) {
    for (std::vector<float>* values : {&left, &top, &right, &bottom, &area}) values->reserve(room);
  }

  void add(const NvDsInferObjectDetectionInfo& box) {
    left.push_back(box.left);
    top.push_back(box.top);
    right.push_back(box.left + box.width);
    bottom.push_back(box.top + box.height);
    area.push_back(box.width * box.height);
  }

  // True if the box overlaps any of them by more than `iou`: intersection > iou * union, without a
  // division and without a branch.
  bool overlap(const NvDsInferObjectDetectionInfo& box, float iou) const {
    const float right_edge = box.left + box.width, bottom_edge = box.top + box.height;
    const float box_area = box.width * box.height;
    constexpr size_t kChunk = 64;  // leave early between chunks
    for (size_t start = 0; start < left.size(); start += kChunk) {
      const size_t end = std::min(left.size(), start + kChunk);
      int hits = 0;
      for (size_t i = start; i < end; ++i) {
        const float width =
            std::max(0.0f, std::min(right[i], right_edge) - std::max(left[i], box.left));
        const float height =
            std::max(0.0f, std::min(bottom[i], bottom_edge) - std::max(top[i], box.top));
        const float both = width * height;
        hits += both > iou * (area[i] + box_area - both);
      }
      if (hits) return true;
    }
    return false;
  }
};

}  // namespace

void suppress_non_maxima(float iou, Detections* detections) {
  std::stable_sort(detections->begin(), detections->end(), [](const auto& a, const auto& b) {
    return a.detectionConfidence > b.detectionConfidence;
  });
  Kept kept(detections->size());
  auto end = detections->begin();
  for (auto candidate = detections->begin(); candidate != detections->end(); ++candidate) {
    if (kept.overlap(*candidate, iou)) continue;
    kept.add(*candidate);
    *end++ = *candidate;
  }
  detections->erase(end, detections->end());
}

}  // namespace pyds
