#include "track/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace pyds::track {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string error_of(const std::string& text) {
  try {
    parse_config(text, "tracker.yml");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(TrackerConfig, OpenCvHeaderAndCommentsBeforeItAreNoObstacle) {
  const ConfigFile file = parse_config(
      "# a comment\n%YAML:1.0\n---\nTargetManagement:\n  probationAge: 3 # frames\n", "t.yml");
  EXPECT_EQ(file.config.targets.probation_age, 3);
  EXPECT_THAT(file.warnings, IsEmpty());
}

TEST(TrackerConfig, KeysLeftOutKeepTheirDefaults) {
  const ConfigFile file = parse_config("BaseConfig:\n  minDetectorConfidence: 0.25\n", "t.yml");
  EXPECT_FLOAT_EQ(file.config.base.min_detector_confidence, 0.25f);
  EXPECT_EQ(file.config.targets.max_shadow_tracking_age, Config().targets.max_shadow_tracking_age);
  EXPECT_FALSE(file.config.estimator.process_noise_location.has_value());
  EXPECT_EQ(parse_config("", "t.yml").config.targets.probation_age, Config().targets.probation_age);
}

TEST(TrackerConfig, SelectorsFlagsAndNoiseAreRead) {
  const Config config = parse_config(R"(
TrajectoryManagement: {useUniqueID: 1, enableReAssoc: false}
DataAssociator: {associationMatcherType: 0, checkClassMatch: 0, matchingScoreWeight4Iou: 0.4}
StateEstimator: {stateEstimatorType: 2, processNoiseVar4Loc: 2.0}
ReID: {reidType: 3, reidHistorySize: 5, outputReidTensor: 1}
)",
                                     "t.yml")
                            .config;
  EXPECT_TRUE(config.trajectory.use_unique_id);
  EXPECT_FALSE(config.trajectory.enable_reassociation);
  EXPECT_EQ(config.associator.matcher, MatcherType::kGreedy);
  EXPECT_FALSE(config.associator.check_class_match);
  EXPECT_FLOAT_EQ(config.associator.weight_iou, 0.4f);
  EXPECT_EQ(config.estimator.type, EstimatorType::kRegular);
  EXPECT_FLOAT_EQ(*config.estimator.process_noise_location, 2);
  EXPECT_TRUE(config.reid.in_association() && config.reid.in_reassociation());
  EXPECT_TRUE(config.reid.output_tensor);
}

TEST(TrackerConfig, TheNetworkOfReidAndItsInputAreRead) {
  const ReidNetworkConfig network = parse_config(R"(
ReID:
  onnxFile: "models/reid.onnx"
  modelEngineFile: /there/reid.engine
  tltEncodedModel:
  batchSize: 16
  reidFeatureSize: 256
  inferDims: [128, 64, 3]
  inputOrder: 1
  colorFormat: 1
  offsets: [123.675, 116.28, 103.53]
  netScaleFactor: 0.017
  keepAspc: 0
)",
                                                 "/etc/tracker.yml")
                                        .config.reid.network;
  EXPECT_EQ(network.onnx_file, "/etc/models/reid.onnx");
  EXPECT_EQ(network.model_engine_file, "/there/reid.engine");
  EXPECT_EQ(network.tlt_encoded_model, "");
  EXPECT_EQ(network.batch_size, 16);
  EXPECT_EQ(network.feature_size, 256);
  EXPECT_THAT(network.infer_dims, ElementsAre(128, 64, 3));
  EXPECT_TRUE(network.channels_last && network.blue_first);
  EXPECT_THAT(network.offsets, ElementsAre(123.675f, 116.28f, 103.53f));
  EXPECT_FLOAT_EQ(network.net_scale_factor, 0.017f);
  EXPECT_FALSE(network.keep_aspect_ratio);
}

TEST(TrackerConfig, TentativeThresholdAloneMeansThatSuchDetectionsStartNoTarget) {
  const std::string threshold = "DataAssociator: {tentativeDetectorConfidence: 0.5}\n";
  EXPECT_FALSE(
      parse_config(threshold, "t").config.targets.min_confidence_for_new_target.has_value());
  const ConfigFile both =
      parse_config("TargetManagement: {minDetectorConfidence4NewTarget: 0.4}\n" + threshold, "t");
  EXPECT_FLOAT_EQ(both.config.targets.min_confidence_for_new_target.value(), 0.4f);
}

TEST(TrackerConfig, UnknownKeysWarnWithLineAndNearestName) {
  const ConfigFile file =
      parse_config("TargetManagement:\n  probationAgee: 3\nDataAsociator:\n  x: 1\n", "t.yml");
  ASSERT_EQ(file.warnings.size(), 2u);
  EXPECT_THAT(file.warnings[0], HasSubstr("t.yml:2"));
  EXPECT_THAT(file.warnings[0], HasSubstr("'probationAge'"));
  EXPECT_THAT(file.warnings[1], HasSubstr("'DataAssociator'"));
}

TEST(TrackerConfig, KeysWithoutEffectAreListedNotWarnedAbout) {
  const ConfigFile file = parse_config(
      "VisualTracker:\n  visualTrackerType: 1\nTargetManagement:\n  enableBboxUnClipping: 1\n",
      "t.yml");
  EXPECT_THAT(file.warnings, IsEmpty());
  EXPECT_THAT(file.without_effect,
              ElementsAre("VisualTracker", "TargetManagement.enableBboxUnClipping"));
}

TEST(TrackerConfig, WrongValuesSayWhereWhatAndWhatIsAllowed) {
  const std::string text = error_of("TargetManagement:\n  probationAge: soon\n");
  EXPECT_THAT(text, HasSubstr("tracker.yml:2"));
  EXPECT_THAT(text, HasSubstr("TargetManagement.probationAge is 'soon'"));
  EXPECT_THAT(text, HasSubstr("a whole number from 0"));
  EXPECT_THAT(error_of("TargetManagement: {probationAge: 1.5}"), HasSubstr("whole number"));
  EXPECT_THAT(error_of("TargetManagement: {probationAge: [1]}"), HasSubstr("is a list"));
  EXPECT_THAT(error_of("ReID: {offsets: [1, 2]}"), HasSubstr("no list of 3 numbers"));
  EXPECT_THAT(error_of("ReID: {inferDims: [3, x, 5]}"), HasSubstr("ReID.inferDims is 'x'"));
  EXPECT_THAT(error_of("ReID: {onnxFile: [a]}"), HasSubstr("not the name of a file"));
  EXPECT_THAT(error_of("StateEstimator: {stateEstimatorType: 7}"), HasSubstr("from 0 to 3"));
  EXPECT_THAT(error_of("TargetManagement: 5"), HasSubstr("key: value"));
  EXPECT_THAT(error_of("just text"), HasSubstr("no sections"));
  EXPECT_THAT(error_of("a: [1"), HasSubstr("no YAML"));
  EXPECT_THROW(load_config("/nowhere/tracker.yml"), ConfigError);
}

TEST(TrackerConfig, PublicConfigurationsAreReadWithoutWarnings) {
  const char* data = std::getenv("PYTHIA_TEST_DATA");
  const std::filesystem::path files = std::filesystem::path(data ? data : "") / "configs/tracker";
  if (!data || !std::filesystem::is_directory(files))
    GTEST_SKIP() << "set PYTHIA_TEST_DATA to the test data to run this";
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(files)) {
    const ConfigFile file = load_config(entry.path());
    EXPECT_THAT(file.warnings, IsEmpty()) << entry.path();
    EXPECT_THAT(file.without_effect, Contains("VisualTracker")) << entry.path();
    ++count;
  }
  EXPECT_GT(count, 0);
}

}  // namespace
}  // namespace pyds::track
