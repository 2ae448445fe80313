#include "infer/segmentation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace pyds {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// One output of one frame.
template <typename Value>
struct Output {
  Output(std::vector<unsigned> extents, std::vector<Value> numbers, NvDsInferDataType type)
      : values(std::move(numbers)) {
    setup.network = {3, 2, 3};
    setup.outputs = {{"out", type, {kDynamic}}};
    layer.dataType = type;
    layer.layerName = "out";
    layer.buffer = values.data();
    layer.inferDims.numElements = unsigned(values.size());
    for (unsigned extent : extents) {
      setup.outputs[0].shape.push_back(extent);
      layer.inferDims.d[layer.inferDims.numDims++] = extent;
    }
  }

  ClassMap parse() {
    std::string chosen;
    Layers layers{layer};
    layers.owner = std::make_shared<int>(1);
    return make_segmentation_parser(config, setup, &chosen)->parse(layers);
  }
  std::vector<int> pixels() {
    const ClassMap map = parse();
    return {map.pixels.get(), map.pixels.get() + size_t(map.width) * map.height};
  }

  std::vector<Value> values;
  NvDsInferLayerInfo layer = {};
  ParserSetup setup;
  InferConfig config;
};

// Two classes of 3 x 2 pixels; the second wins where it is higher, the first where they are equal.
const std::vector<float> kPlanes = {5, 1, 1, 9, -3, 2, 4, 2, 1, 0, -2, 8};
const std::vector<float> kRows = {5, 4, 1, 2, 1, 1, 9, 0, -3, -2, 2, 8};

TEST(Segmentation, HighestPlaneWins) {
  Output<float> output({2, 2, 3}, kPlanes, FLOAT);
  EXPECT_THAT(output.pixels(), ElementsAre(0, 1, 0, 0, 1, 1));
  const ClassMap map = output.parse();
  EXPECT_EQ(map.classes, 2u);
  EXPECT_EQ(map.width, 3u);
  EXPECT_EQ(map.height, 2u);
  EXPECT_EQ(map.probabilities, output.values.data());
  EXPECT_TRUE(map.owner);
}

TEST(Segmentation, ChannelsLastSayTheSame) {
  Output<float> output({2, 3, 2}, kRows, FLOAT);
  output.config.segmentation_output_order = InputOrder::kNhwc;
  EXPECT_THAT(output.pixels(), ElementsAre(0, 1, 0, 0, 1, 1));
}

TEST(Segmentation, ThresholdLeavesPixelsWithoutAClassAndZeroLeavesNone) {
  Output<float> output({2, 2, 3}, kPlanes, FLOAT);
  output.config.segmentation_threshold = 2.0f;
  EXPECT_THAT(output.pixels(), ElementsAre(0, 1, -1, 0, -1, 1));
  output.config.segmentation_threshold = 0.0f;  // even where all scores are negative
  EXPECT_THAT(output.pixels(), ElementsAre(0, 1, 0, 0, 1, 1));
}

TEST(Segmentation, OneClassIsThereOrNot) {
  Output<float> output({1, 2, 3}, {0.9f, 0.1f, 0.5f, 0.4f, 0.6f, 0.0f}, FLOAT);
  output.config.segmentation_threshold = 0.5f;
  EXPECT_THAT(output.pixels(), ElementsAre(0, -1, 0, -1, 0, -1));
}

TEST(Segmentation, NumbersOfClassesAreTakenAsTheyAre) {
  for (const std::vector<unsigned>& extents : {std::vector<unsigned>{2, 3}, {1, 2, 3}, {2, 3, 1}}) {
    Output<int64_t> output(extents, {4, 0, 2, 1, 1, 300}, INT64);
    output.setup.num_classes = 301;
    EXPECT_THAT(output.pixels(), ElementsAre(4, 0, 2, 1, 1, 300));
    EXPECT_EQ(output.parse().classes, 301u);
    EXPECT_EQ(output.parse().probabilities, nullptr);
  }
}

TEST(Segmentation, LongRowsAreCutIntoRunsWithoutSeams) {
  std::vector<float> planes(3 * 5000);
  for (size_t i = 0; i < 5000; ++i) planes[(i % 3) * 5000 + i] = 1.0f;
  Output<float> output({3, 50, 100}, planes, FLOAT);
  const std::vector<int> pixels = output.pixels();
  for (size_t i = 0; i < 5000; ++i) ASSERT_EQ(pixels[i], int(i % 3)) << i;
}

TEST(Segmentation, OutputsThatAreNoMapAreRefusedByName) {
  Output<float> output({1000}, std::vector<float>(1000), FLOAT);
  output.setup.num_classes = 1000;
  try {
    output.parse();
    FAIL() << "took a classifier for a segmentation";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("'out' N x 1000"));
  }
}

TEST(Segmentation, IntegersForSeveralClassesAreAnError) {
  Output<int64_t> output({2, 2, 3}, std::vector<int64_t>(12), INT64);
  EXPECT_THROW(output.parse(), EngineError);
}

TEST(Segmentation, UnknownNameAsksForItsLibrary) {
  Output<float> output({2, 2, 3}, kPlanes, FLOAT);
  output.config.parse_segmentation_func_name = "ParseMine";
  EXPECT_THROW(output.parse(), ConfigError);
  output.config.parse_segmentation_func_name = "NvDsInferParseCustomPeopleSemSegNet";
  EXPECT_NO_THROW(output.parse());
}

}  // namespace
}  // namespace pyds
