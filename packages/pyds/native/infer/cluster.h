// Clustering: from many overlapping candidates to one detection per object.
#pragma once

#include "infer/config.h"
#include "infer/parser.h"

namespace pyds {

// Clusters class by class with `mode` and each class's attributes, then drops what is below its
// post-cluster threshold and all but the best `topk`. The result is sorted by class, then by
// falling confidence. Thread-safe.
void cluster(ClusterMode mode, const InferConfig& config, Detections* detections);

// The algorithms, on detections of one class.

// Keeps the most confident of any that overlap by more than `iou`.
void suppress_non_maxima(float iou, Detections* detections);
// Groups boxes of similar position and size (as OpenCV's groupRectangles) and replaces each group
// of more than `group_threshold` by its mean; 0 leaves all as they are. Averages have no
// confidence: as in DeepStream it becomes -0.1.
void group_rectangles(int group_threshold, float eps, Detections* detections);
// Drops boxes in sparse places: a neighbourhood (1 - IoU <= eps) needs `min_boxes` boxes and a sum
// of confidences of `min_score`. Each cluster becomes the mean of its boxes weighted by confidence,
// with the highest confidence of them; with `keep_members` all its boxes stay as they are.
void dbscan(float eps, int min_boxes, float min_score, bool keep_members, Detections* detections);

float intersection_over_union(const Detection& a, const Detection& b);

}  // namespace pyds
