#include "infer/classification_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "infer/labels.h"
#include "infer/test_support.h"

namespace pyds {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

// Two questions: a colour of three and a type of two.
struct Outputs {
  std::vector<float> colour, type;

  Layers layers() {
    Layers list;
    for (std::vector<float>* values : {&colour, &type}) {
      NvDsInferLayerInfo layer = {};
      layer.dataType = FLOAT;
      layer.layerName = "output";
      layer.inferDims = {3, {unsigned(values->size()), 1, 1}, unsigned(values->size())};
      layer.buffer = values->data();
      list.push_back(layer);
    }
    return list;
  }
};

std::unique_ptr<ClassificationParser> make(const std::string& name = "") {
  InferConfig config;
  config.parse_classifier_func_name = name;
  const ParserSetup setup = {{{"colour", FLOAT, {kDynamic, 3, 1, 1}}}, {}, 0, {}};
  std::string chosen;
  return make_classification_parser(config, setup, &chosen);
}

MATCHER_P3(IsAttribute, index, value, confidence, "") {
  return arg.index == unsigned(index) && arg.value == unsigned(value) &&
         arg.confidence == float(confidence);
}

TEST(SoftmaxParser, EachLayerGivesItsLikeliestClass) {
  Outputs outputs = {{0.25f, 0.5f, 0.25f}, {0.75f, 0.25f}};
  EXPECT_THAT(make()->parse(outputs.layers(), 0.4f),
              ElementsAre(IsAttribute(0, 1, 0.5), IsAttribute(1, 0, 0.75)));
}

TEST(SoftmaxParser, LayerWithoutAClassAboveTheThresholdGivesNone) {
  Outputs outputs = {{0.25f, 0.5f, 0.25f}, {0.75f, 0.25f}};
  const auto parser = make("NvDsInferClassiferParseCustomSoftmax");
  EXPECT_THAT(parser->parse(outputs.layers(), 0.5f), ElementsAre(IsAttribute(1, 0, 0.75)));
  EXPECT_THAT(parser->parse(outputs.layers(), 0.75f), IsEmpty());
}

TEST(SoftmaxParser, ValuesThatAreNoNumberAreNotTheLikeliest) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  Outputs outputs = {{kNan, 0.5f, kNan}, {kNan, kNan}};
  EXPECT_THAT(make()->parse(outputs.layers(), 0.0f), ElementsAre(IsAttribute(0, 1, 0.5)));
}

TEST(ClassificationParser, UnknownNameSaysWhatToDoInstead) {
  EXPECT_THAT([] { make("NvDsInferParseCustomNVPlate"); },
              ThrowsMessage<ConfigError>(
                  AllOf(HasSubstr("NvDsInferParseCustomNVPlate"), HasSubstr("'colour' N x 3"))));
}

TEST(LabelGroups, OneLinePerQuestion) {
  const test::TemporaryFolder folder;
  const std::string file = folder.write("labels.txt", "white;dark gray;red;\r\n\ncar;bus\n");
  EXPECT_THAT(read_label_groups(file, 2),
              ElementsAre(ElementsAre("white", "dark gray", "red"), ElementsAre("car", "bus")));
}

TEST(LabelGroups, OneLabelPerLineWillDoForOneQuestion) {
  const test::TemporaryFolder folder;
  const std::string file = folder.write("labels.txt", "tench\ngoldfish\n");
  EXPECT_THAT(read_label_groups(file, 1), ElementsAre(ElementsAre("tench", "goldfish")));
  EXPECT_THAT(read_label_groups(file, 2),
              ElementsAre(ElementsAre("tench"), ElementsAre("goldfish")));
}

}  // namespace
}  // namespace pyds
