#include "infer/instance_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace pyds {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

std::vector<float> values(const InstanceMask& mask) {
  return {mask.values.get(), mask.values.get() + mask.size()};
}

NvDsInferObjectDetectionInfo box(float left, float top, float width, float height) {
  return {0, left, top, width, height, 1.0f, 0.0f};
}

const std::vector<float> kPlane = {0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23};  // 4 x 3

TEST(CutOut, AllOfAPlaneIsThePlane) {
  const InstanceMask mask = cut_out(kPlane.data(), 4, 3, 0, 0, 4, 3);
  EXPECT_EQ(mask.width, 4u);
  EXPECT_EQ(mask.height, 3u);
  EXPECT_EQ(values(mask), kPlane);
}

TEST(CutOut, WholePixelsAreTakenAsTheyAre) {
  EXPECT_THAT(values(cut_out(kPlane.data(), 4, 3, 1, 1, 3, 3)), ElementsAre(11, 12, 21, 22));
}

TEST(CutOut, HalfPixelsAreInterpolated) {
  // Two thirds of a column each, over three columns: 0.5 to 2.5.
  const InstanceMask mask = cut_out(kPlane.data(), 4, 3, 0.5f, 0, 2.5f, 1);
  EXPECT_THAT(values(mask),
              Pointwise(FloatNear(1e-4f), std::vector<float>{1 / 3.0f, 1.0f, 5 / 3.0f}));
}

TEST(CutOut, PartsBeyondThePlaneRepeatItsEdge) {
  EXPECT_THAT(values(cut_out(kPlane.data(), 4, 3, 5, 5, 9, 9)), ElementsAre(23));
  EXPECT_EQ(cut_out(nullptr, 4, 3, 0, 0, 1, 1).size(), 0u);
}

TEST(CutOut, AClippedBoxKeepsItsPartOfTheMask) {
  // Of a box that began 20 pixels left of the picture half is left.
  const auto whole = box(-20, 0, 40, 30), clipped = box(0, 0, 20, 30);
  EXPECT_THAT(values(cut_out(kPlane.data(), 4, 3, whole, clipped)),
              ElementsAre(2, 3, 12, 13, 22, 23));
}

TEST(CutOut, BoxesWithoutAnEndOrAnAreaHaveNoMask) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(cut_out(kPlane.data(), 4, 3, -infinity, 0, 4, 3).size(), 0u);
  EXPECT_EQ(cut_out(kPlane.data(), 4, 3, 0, 0, std::nanf(""), 3).size(), 0u);
  EXPECT_EQ(cut_out(kPlane.data(), 4, 3, 2, 0, 2, 3).size(), 0u);
  EXPECT_EQ(cut_out(kPlane.data(), 4, 3, box(-infinity, 0, infinity, 3), box(0, 0, 4, 3)).size(),
            0u);
}

// Tensors of one frame by name, for pictures of 16 x 8.
class Outputs {
 public:
  Outputs& add(const std::string& name, const std::vector<unsigned>& extents,
               std::vector<float> numbers) {
    numbers_.push_back(std::move(numbers));
    TensorSpec spec{name, FLOAT, {kDynamic}};
    for (unsigned extent : extents) spec.shape.push_back(extent);
    setup.outputs.push_back(spec);
    return *this;
  }

  Layers layers() {
    Layers list;
    for (size_t i = 0; i < numbers_.size(); ++i) {
      NvDsInferLayerInfo layer = {};
      layer.layerName = setup.outputs[i].name.c_str();
      layer.buffer = numbers_[i].data();
      layer.inferDims.numElements = unsigned(numbers_[i].size());
      for (size_t axis = 1; axis < setup.outputs[i].shape.size(); ++axis)
        layer.inferDims.d[layer.inferDims.numDims++] = unsigned(setup.outputs[i].shape[axis]);
      list.push_back(layer);
    }
    return list;
  }

  std::unique_ptr<InstanceParser> parser() { return make_instance_parser(config, setup, &chosen); }

  ParserSetup setup{{}, {16, 8, 3}, 0, {}, 0};
  InferConfig config;
  std::string chosen;

 private:
  std::vector<std::vector<float>> numbers_;
};

TEST(InstanceParser, MasksGoWithTheRowsThatAreKept) {
  Outputs outputs;
  outputs.add("boxes", {3, 4}, {0, 0, 4, 4, 4, 0, 8, 4, 8, 0, 16, 8})
      .add("scores", {3}, {0.9f, 0.1f, 0.8f})
      .add("labels", {3}, {0, 0, 1})
      .add("masks", {3, 1, 2}, {1, 2, 3, 4, 5, 6});
  const auto parser = outputs.parser();
  EXPECT_EQ(parser->mask_threshold(), 0.5f);
  const Layers layers = outputs.layers();
  Detections detections;
  outputs.config.all_classes.pre_cluster_threshold = 0.5f;
  const auto masks = parser->parse(layers, Thresholds(outputs.config, 2), &detections);
  ASSERT_EQ(detections.size(), 2u);
  EXPECT_THAT(values(masks->mask(detections[0])), ElementsAre(1, 2));
  EXPECT_THAT(values(masks->mask(detections[1])), ElementsAre(5, 6));
  detections[1].left += detections[1].width / 2;  // what clipping may leave
  detections[1].width /= 2;
  EXPECT_THAT(values(masks->mask(detections[1])), ElementsAre(6));
}

TEST(InstanceParser, PrototypesAreWeightedByTheCoefficientsOfTheAnchor) {
  // One class, two prototypes of 4 x 2; 12 anchors, of which number 2 sees something.
  std::vector<float> columns(7 * 12);
  const float anchor[7] = {12, 4, 8, 8, 0.9f, 2, 0};  // the right half
  for (size_t channel = 0; channel < 7; ++channel) columns[channel * 12 + 2] = anchor[channel];
  Outputs outputs;
  outputs.add("output0", {7, 12}, columns)
      .add("output1", {2, 2, 4}, {9, 9, 1, -1, 9, 9, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0});
  const auto parser = outputs.parser();
  EXPECT_THAT(outputs.chosen, HasSubstr("YOLOv8/YOLO11 with prototypes"));
  EXPECT_EQ(parser->num_classes(), 1u);
  const Layers layers = outputs.layers();
  Detections detections;
  const auto masks = parser->parse(layers, Thresholds(outputs.config, 1), &detections);
  ASSERT_EQ(detections.size(), 1u);
  const auto sigmoid = [](float x) { return 1 / (1 + std::exp(-x)); };
  EXPECT_THAT(values(masks->mask(detections[0])),
              Pointwise(FloatNear(1e-4f),
                        std::vector<float>{sigmoid(2), sigmoid(-2), sigmoid(0), sigmoid(6)}));
}

TEST(InstanceParser, DetrMasksAreOfThePicture) {
  Outputs outputs;
  outputs.setup.num_classes = 1;
  outputs
      .add("pred_logits", {2, 2}, {0, 9, 9, 0})  // the second class is "no object"
      .add("pred_boxes", {2, 4}, {0.5f, 0.5f, 1, 1, 0.75f, 0.5f, 0.5f, 1})
      .add("pred_masks", {2, 1, 2}, {-5, -5, -7, 7});
  const auto parser = outputs.parser();
  EXPECT_EQ(parser->mask_threshold(), 0.0f);
  const Layers layers = outputs.layers();
  Detections detections;
  const auto masks = parser->parse(layers, Thresholds(outputs.config, 1), &detections);
  ASSERT_EQ(detections.size(), 1u);
  EXPECT_NEAR(detections[0].detectionConfidence, 1 / (1 + std::exp(-9.0f)), 1e-5);
  EXPECT_EQ(detections[0].left, 8.0f);
  EXPECT_THAT(values(masks->mask(detections[0])), ElementsAre(7));
}

TEST(InstanceParser, UnreadableOutputsAreNamed) {
  Outputs outputs;
  outputs.add("embedding", {512}, std::vector<float>(512));
  try {
    outputs.parser();
    FAIL() << "found masks in an embedding";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("'embedding' N x 512"), HasSubstr("boxes, scores")));
  }
}

}  // namespace
}  // namespace pyds
