#include "infer/cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace pyds {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Detection box(unsigned class_id, float confidence, float left, float top, float width,
              float height) {
  return {class_id, left, top, width, height, confidence, 0.0f};
}

std::vector<float> confidences(const Detections& detections) {
  std::vector<float> values;
  for (const auto& detection : detections) values.push_back(detection.detectionConfidence);
  return values;
}

TEST(IntersectionOverUnion, IsSharedAreaOverCoveredArea) {
  EXPECT_FLOAT_EQ(intersection_over_union(box(0, 1, 0, 0, 10, 10), box(0, 1, 5, 0, 10, 10)),
                  50.0f / 150.0f);
  EXPECT_EQ(intersection_over_union(box(0, 1, 0, 0, 10, 10), box(0, 1, 10, 0, 10, 10)), 0.0f);
}

TEST(NonMaximumSuppression, KeepsTheMostConfidentOfOverlappingBoxes) {
  Detections boxes = {box(0, 0.6f, 1, 0, 10, 10), box(0, 0.9f, 0, 0, 10, 10),
                      box(0, 0.5f, 50, 0, 10, 10)};
  suppress_non_maxima(0.5f, &boxes);
  EXPECT_THAT(confidences(boxes), ElementsAre(0.9f, 0.5f));
}

TEST(NonMaximumSuppression, BoxesThatTouchTheThresholdStay) {
  Detections boxes = {box(0, 0.9f, 0, 0, 10, 10), box(0, 0.8f, 0, 0, 10, 5)};  // IoU 0.5
  suppress_non_maxima(0.5f, &boxes);
  EXPECT_THAT(boxes, SizeIs(2));
}

// Against the definition, on boxes in the thousands.
TEST(NonMaximumSuppression, AgreesWithTheDefinitionAndIsFast) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> place(0.0f, 600.0f), extent(20.0f, 80.0f),
      score(0.1f, 1.0f);
  Detections boxes;
  for (int i = 0; i < 5000; ++i)
    boxes.push_back(
        box(0, score(random), place(random), place(random), extent(random), extent(random)));
  Detections expected;
  Detections sorted = boxes;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.detectionConfidence > b.detectionConfidence;
  });
  for (const auto& candidate : sorted)
    if (std::none_of(expected.begin(), expected.end(), [&](const auto& kept) {
          return intersection_over_union(kept, candidate) > 0.45f;
        }))
      expected.push_back(candidate);
  suppress_non_maxima(0.45f, &boxes);
  EXPECT_EQ(confidences(boxes), confidences(expected));
}

TEST(GroupRectangles, AveragesGroupsAndDropsSmallOnes) {
  Detections boxes = {box(3, 0.9f, 10, 10, 40, 40), box(3, 0.8f, 12, 10, 40, 40),
                      box(3, 0.7f, 14, 10, 40, 40), box(3, 0.9f, 200, 200, 40, 40)};
  group_rectangles(1, 0.2f, &boxes);
  ASSERT_THAT(boxes, SizeIs(1));
  EXPECT_FLOAT_EQ(boxes[0].left, 12.0f);
  EXPECT_FLOAT_EQ(boxes[0].width, 40.0f);
  EXPECT_EQ(boxes[0].classId, 3u);
  EXPECT_FLOAT_EQ(boxes[0].detectionConfidence, -0.1f);
}

TEST(GroupRectangles, DropsWeakGroupsInsideStrongerOnes) {
  Detections boxes;
  for (float shift : {0.0f, 1.0f, 2.0f, 1.0f, 0.0f})
    boxes.push_back(box(0, 0.5f, 10 + shift, 10, 100, 100));
  boxes.push_back(box(0, 0.5f, 40, 40, 20, 20));
  boxes.push_back(box(0, 0.5f, 41, 40, 20, 20));
  group_rectangles(1, 0.2f, &boxes);
  ASSERT_THAT(boxes, SizeIs(1));
  EXPECT_FLOAT_EQ(boxes[0].left, 10.8f);
  EXPECT_FLOAT_EQ(boxes[0].width, 100.0f);
}

TEST(GroupRectangles, ThresholdZeroLeavesBoxesAsTheyAre) {
  Detections boxes = {box(0, 0.9f, 0, 0, 10, 10), box(0, 0.8f, 0, 0, 10, 10)};
  group_rectangles(0, 0.2f, &boxes);
  EXPECT_THAT(confidences(boxes), ElementsAre(0.9f, 0.8f));
}

TEST(Dbscan, SparseBoxesAreNoiseAndClustersBecomeWeightedMeans) {
  Detections boxes = {box(1, 0.9f, 0, 0, 10, 10), box(1, 0.3f, 0, 1, 10, 10),
                      box(1, 0.9f, 0, 1, 10, 10), box(1, 0.9f, 50, 50, 10, 10)};
  dbscan(0.5f, 3, 0.0f, false, &boxes);
  ASSERT_THAT(boxes, SizeIs(1));
  EXPECT_NEAR(boxes[0].top, 1.2f / 2.1f, 1e-5);
  EXPECT_FLOAT_EQ(boxes[0].detectionConfidence, 0.9f);
}

TEST(Dbscan, NeighbourhoodNeedsTheSumOfConfidence) {
  const Detections boxes = {box(0, 0.3f, 0, 0, 10, 10), box(0, 0.3f, 0, 1, 10, 10)};
  Detections weak = boxes, strong = boxes;
  dbscan(0.5f, 2, 0.7f, false, &weak);
  EXPECT_THAT(weak, IsEmpty());
  dbscan(0.5f, 2, 0.6f, false, &strong);
  EXPECT_THAT(strong, SizeIs(1));
}

InferConfig nms_config() {
  InferConfig config;
  config.all_classes.nms_iou_threshold = 0.5f;
  return config;
}

TEST(Cluster, ClassesDoNotSuppressEachOther) {
  Detections boxes = {box(1, 0.6f, 0, 0, 10, 10), box(0, 0.9f, 0, 0, 10, 10)};
  cluster(ClusterMode::kNms, nms_config(), &boxes);
  ASSERT_THAT(boxes, SizeIs(2));
  EXPECT_EQ(boxes[0].classId, 0u);
}

TEST(Cluster, TopkKeepsTheMostConfidentOfEachClass) {
  InferConfig config = nms_config();
  config.all_classes.topk = 1;
  config.classes[1] = config.all_classes;
  config.classes[1].topk = 2;
  Detections boxes;
  for (unsigned id : {0u, 1u})
    for (float confidence : {0.5f, 0.9f, 0.7f})
      boxes.push_back(box(id, confidence, 100 * confidence, 0, 5, 5));
  cluster(ClusterMode::kNone, config, &boxes);
  EXPECT_THAT(confidences(boxes), ElementsAre(0.9f, 0.9f, 0.7f));
}

TEST(Cluster, PostClusterThresholdIsAppliedAfterClustering) {
  InferConfig config = nms_config();
  config.all_classes.post_cluster_threshold = 0.8f;
  Detections boxes = {box(0, 0.9f, 0, 0, 10, 10), box(0, 0.7f, 50, 0, 10, 10)};
  cluster(ClusterMode::kNms, config, &boxes);
  EXPECT_THAT(confidences(boxes), ElementsAre(0.9f));
}

TEST(Cluster, HybridIsNmsOfDenseBoxes) {
  InferConfig config = nms_config();
  config.all_classes.eps = 0.6f;
  config.all_classes.min_boxes = 2;
  Detections boxes = {box(0, 0.6f, 0, 0, 10, 10), box(0, 0.9f, 0, 1, 10, 10),
                      box(0, 0.95f, 50, 0, 10, 10)};
  cluster(ClusterMode::kHybrid, config, &boxes);
  EXPECT_THAT(confidences(boxes), ElementsAre(0.9f));
}

}  // namespace
}  // namespace pyds
