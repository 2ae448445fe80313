#include "infer/cluster.h"

#include <algorithm>

namespace pyds {
namespace {

void cluster_class(ClusterMode mode, const ClassAttributes& attributes, Detections* detections) {
  switch (mode) {
    case ClusterMode::kGroupRectangles:
      group_rectangles(attributes.group_threshold, attributes.eps, detections);
      break;
    case ClusterMode::kDbscan:
      dbscan(attributes.eps, attributes.min_boxes, attributes.dbscan_min_score, false, detections);
      break;
    case ClusterMode::kNms:
      suppress_non_maxima(attributes.nms_iou_threshold, detections);
      break;
    case ClusterMode::kHybrid:
      dbscan(attributes.eps, attributes.min_boxes, attributes.dbscan_min_score, true, detections);
      suppress_non_maxima(attributes.nms_iou_threshold, detections);
      break;
    case ClusterMode::kNone:
      break;
  }
}

bool more_confident(const Detection& a, const Detection& b) {
  return a.detectionConfidence > b.detectionConfidence;
}

void apply_limits(ClusterMode mode, const ClassAttributes& attributes, Detections* detections) {
  const float least = attributes.post_cluster_threshold;
  const auto weak = [&](const Detection& d) { return d.detectionConfidence < least; };
  // Averages of grouped rectangles have no confidence to compare.
  if (mode != ClusterMode::kGroupRectangles || attributes.group_threshold <= 0)
    detections->erase(std::remove_if(detections->begin(), detections->end(), weak),
                      detections->end());
  std::stable_sort(detections->begin(), detections->end(), more_confident);
  if (attributes.topk >= 0 && detections->size() > size_t(attributes.topk))
    detections->resize(size_t(attributes.topk));
}

}  // namespace

float intersection_over_union(const Detection& a, const Detection& b) {
  const float width = std::min(a.left + a.width, b.left + b.width) - std::max(a.left, b.left);
  const float height = std::min(a.top + a.height, b.top + b.height) - std::max(a.top, b.top);
  if (width <= 0.0f || height <= 0.0f) return 0.0f;
  const float both = width * height;
  return both / (a.width * a.height + b.width * b.height - both);
}

void cluster(ClusterMode mode, const InferConfig& config, Detections* detections) {
  std::stable_sort(detections->begin(), detections->end(),
                   [](const Detection& a, const Detection& b) { return a.classId < b.classId; });
  Detections result, members;
  for (size_t start = 0; start < detections->size();) {
    const unsigned class_id = (*detections)[start].classId;
    size_t end = start;
    while (end < detections->size() && (*detections)[end].classId == class_id) ++end;
    members.assign(detections->begin() + long(start), detections->begin() + long(end));
    const ClassAttributes& attributes = config.attributes(int(class_id));
    cluster_class(mode, attributes, &members);
    apply_limits(mode, attributes, &members);
    result.insert(result.end(), members.begin(), members.end());
    start = end;
  }
  detections->swap(result);
}

}  // namespace pyds
