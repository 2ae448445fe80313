// Density-based clustering of boxes; the distance of two boxes is 1 - IoU.
#include <algorithm>

#include "infer/cluster.h"

namespace pyds {
namespace {

constexpr int kNoise = -1;

class Neighbourhoods {
 public:
  Neighbourhoods(const Detections& boxes, float eps) : lists_(boxes.size()) {
    for (size_t i = 0; i < boxes.size(); ++i) {
      lists_[i].push_back(i);
      for (size_t j = 0; j < i; ++j)
        if (1.0f - intersection_over_union(boxes[i], boxes[j]) <= eps) {
          lists_[i].push_back(j);
          lists_[j].push_back(i);
        }
    }
  }
  const std::vector<size_t>& of(size_t box) const { return lists_[box]; }

 private:
  std::vector<std::vector<size_t>> lists_;  // each includes the box itself
};

// The cluster of each box, or kNoise: dense boxes and whatever they reach through dense boxes.
std::vector<int> label_clusters(const Detections& boxes, const Neighbourhoods& near, int min_boxes,
                                float min_score, int* count) {
  const auto is_dense = [&](size_t box) {
    float score = 0.0f;
    for (size_t neighbour : near.of(box)) score += boxes[neighbour].detectionConfidence;
    return int(near.of(box).size()) >= min_boxes && score >= min_score;
  };
  std::vector<int> labels(boxes.size(), kNoise);
  std::vector<size_t> frontier;
  *count = 0;
  for (size_t seed = 0; seed < boxes.size(); ++seed) {
    if (labels[seed] != kNoise || !is_dense(seed)) continue;
    labels[seed] = *count;
    frontier.assign(1, seed);
    while (!frontier.empty()) {
      const size_t box = frontier.back();
      frontier.pop_back();
      if (!is_dense(box)) continue;
      for (size_t neighbour : near.of(box)) {
        if (labels[neighbour] != kNoise) continue;
        labels[neighbour] = *count;
        frontier.push_back(neighbour);
      }
    }
    ++*count;
  }
  return labels;
}

Detection weighted_mean(const Detections& boxes, const std::vector<int>& labels, int cluster) {
  Detection mean = {};
  float total = 0.0f;
  for (size_t i = 0; i < boxes.size(); ++i) {
    if (labels[i] != cluster) continue;
    // Equal weights if no box has any confidence.
    const float weight = std::max(boxes[i].detectionConfidence, 1e-6f);
    mean.classId = boxes[i].classId;
    mean.left += weight * boxes[i].left;
    mean.top += weight * boxes[i].top;
    mean.width += weight * boxes[i].width;
    mean.height += weight * boxes[i].height;
    mean.detectionConfidence = std::max(mean.detectionConfidence, boxes[i].detectionConfidence);
    total += weight;
  }
  mean.left /= total;
  mean.top /= total;
  mean.width /= total;
  mean.height /= total;
  return mean;
}

}  // namespace

void dbscan(float eps, int min_boxes, float min_score, bool keep_members, Detections* detections) {
  int count = 0;
  const Neighbourhoods near(*detections, eps);
  const std::vector<int> labels = label_clusters(*detections, near, min_boxes, min_score, &count);
  Detections result;
  if (keep_members) {
    for (size_t i = 0; i < detections->size(); ++i)
      if (labels[i] != kNoise) result.push_back((*detections)[i]);
  } else {
    for (int cluster = 0; cluster < count; ++cluster)
      result.push_back(weighted_mean(*detections, labels, cluster));
  }
  detections->swap(result);
}

}  // namespace pyds
