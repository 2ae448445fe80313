// Grouping of similar rectangles, after OpenCV's groupRectangles.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "infer/cluster.h"

namespace pyds {
namespace {

constexpr float kNoConfidence = -0.1f;

// All four edges lie within a fraction `eps` of the mean extent of the smaller box.
bool are_similar(const Detection& a, const Detection& b, float eps) {
  const float delta = eps * (std::min(a.width, b.width) + std::min(a.height, b.height)) * 0.5f;
  return std::abs(a.left - b.left) <= delta && std::abs(a.top - b.top) <= delta &&
         std::abs(a.left + a.width - b.left - b.width) <= delta &&
         std::abs(a.top + a.height - b.top - b.height) <= delta;
}

struct Group {
  Detection mean;
  int count;
};

// Disjoint sets: which group each box belongs to, similar boxes joined transitively.
std::vector<size_t> partition(const Detections& boxes, float eps) {
  std::vector<size_t> parent(boxes.size());
  std::iota(parent.begin(), parent.end(), size_t{0});
  const auto root = [&](size_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  for (size_t i = 0; i < boxes.size(); ++i)
    for (size_t j = i + 1; j < boxes.size(); ++j)
      if (are_similar(boxes[i], boxes[j], eps)) parent[root(j)] = root(i);
  for (size_t i = 0; i < boxes.size(); ++i) parent[i] = root(i);
  return parent;
}

std::vector<Group> mean_groups(const Detections& boxes, const std::vector<size_t>& group_of) {
  std::vector<Group> sums(boxes.size(), Group{Detection{}, 0});
  for (size_t i = 0; i < boxes.size(); ++i) {
    Group& group = sums[group_of[i]];
    group.mean.left += boxes[i].left;
    group.mean.top += boxes[i].top;
    group.mean.width += boxes[i].width;
    group.mean.height += boxes[i].height;
    ++group.count;
  }
  std::vector<Group> groups;
  for (Group& group : sums) {
    if (group.count == 0) continue;
    const float share = 1.0f / float(group.count);
    group.mean = {boxes.front().classId,
                  group.mean.left * share,
                  group.mean.top * share,
                  group.mean.width * share,
                  group.mean.height * share,
                  kNoConfidence,
                  0.0f};
    groups.push_back(group);
  }
  return groups;
}

// A group inside a larger one that has clearly more members is a part of the same object.
bool is_inside_stronger(const Group& inner, const Group& outer, float eps) {
  const float dx = outer.mean.width * eps, dy = outer.mean.height * eps;
  return inner.mean.left >= outer.mean.left - dx && inner.mean.top >= outer.mean.top - dy &&
         inner.mean.left + inner.mean.width <= outer.mean.left + outer.mean.width + dx &&
         inner.mean.top + inner.mean.height <= outer.mean.top + outer.mean.height + dy &&
         (outer.count > std::max(3, inner.count) || inner.count < 3);
}

}  // namespace

void group_rectangles(int group_threshold, float eps, Detections* detections) {
  if (group_threshold <= 0 || detections->empty()) return;
  std::vector<Group> groups = mean_groups(*detections, partition(*detections, eps));
  groups.erase(std::remove_if(groups.begin(), groups.end(),
                              [&](const Group& group) { return group.count <= group_threshold; }),
               groups.end());
  detections->clear();
  for (const Group& group : groups) {
    const bool part = std::any_of(groups.begin(), groups.end(), [&](const Group& other) {
      return &other != &group && is_inside_stronger(group, other, eps);
    });
    if (!part) detections->push_back(group.mean);
  }
}

}  // namespace pyds
