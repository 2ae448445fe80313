#include "infer/onnxruntime_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <thread>

#include "infer/test_support.h"

namespace pyds {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class OnnxRuntimeEngineTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { test::use_onnxruntime_of_venv(); }

  std::unique_ptr<Engine> load(const test::TinyModel& model) {
    return load_onnxruntime_engine(folder_.write("tiny.onnx", model.bytes()));
  }
  std::string error_of(const std::string& file) {
    try {
      load_onnxruntime_engine(file);
    } catch (const EngineError& error) {
      return error.what();
    }
    return "no error";
  }

  test::TemporaryFolder folder_;
};

std::vector<Tensor> run_floats(Engine& engine, std::vector<float>& values,
                               std::vector<int64_t> shape) {
  return engine.run({{FLOAT, std::move(shape), values.data(), nullptr}});
}

TEST_F(OnnxRuntimeEngineTest, SpecsAreNamesTypesAndShapesOfTheModel) {
  const auto engine = load({});
  ASSERT_EQ(engine->inputs().size(), 1u);
  EXPECT_EQ(engine->inputs()[0].name, "in");
  EXPECT_EQ(engine->inputs()[0].type, FLOAT);
  EXPECT_THAT(engine->inputs()[0].shape, ElementsAre(kDynamic, 3, 4, 4));
  ASSERT_EQ(engine->outputs().size(), 1u);
  EXPECT_EQ(engine->outputs()[0].name, "out");
}

TEST_F(OnnxRuntimeEngineTest, RunGivesTheValuesOfEachFrameOfTheBatch) {
  const auto engine = load({});
  std::vector<float> values(2 * 3 * 4 * 4);
  std::iota(values.begin(), values.end(), 0.0f);
  const std::vector<Tensor> outputs = run_floats(*engine, values, {2, 3, 4, 4});
  ASSERT_EQ(outputs.size(), 1u);
  EXPECT_THAT(outputs[0].shape, ElementsAre(2, 3, 4, 4));
  const auto* result = static_cast<const float*>(outputs[0].data);
  EXPECT_EQ(std::vector<float>(result, result + values.size()), values);
}

TEST_F(OnnxRuntimeEngineTest, OutputsOutliveTheEngine) {
  auto engine = load({});
  std::vector<float> values(48, 7.0f);
  const std::vector<Tensor> outputs = run_floats(*engine, values, {1, 3, 4, 4});
  engine.reset();
  EXPECT_EQ(static_cast<const float*>(outputs[0].data)[47], 7.0f);
}

TEST_F(OnnxRuntimeEngineTest, SessionsRunSideBySide) {
  const auto engine = load({});
  std::vector<std::thread> threads;
  std::vector<int> correct(4);
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t, session = std::shared_ptr<Engine>(engine->new_session())] {
      for (int i = 0; i < 50; ++i) {
        std::vector<float> values(48, float(100 * t + i));
        const std::vector<Tensor> outputs = run_floats(*session, values, {1, 3, 4, 4});
        correct[size_t(t)] += static_cast<float*>(outputs[0].data)[47] == values[47];
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(correct, ElementsAre(50, 50, 50, 50));
}

TEST_F(OnnxRuntimeEngineTest, OtherElementTypesAreDescribed) {
  test::TinyModel model;
  model.output_type = test::kOnnxInt64;
  auto engine = load(model);
  EXPECT_EQ(engine->outputs()[0].type, INT64);
  std::vector<float> values(48, 41.5f);
  const std::vector<Tensor> outputs = run_floats(*engine, values, {1, 3, 4, 4});
  EXPECT_EQ(static_cast<const int64_t*>(outputs[0].data)[0], 41);

  model.input_type = test::kOnnxUint8;
  model.output_type = test::kOnnxHalf;
  engine = load(model);
  EXPECT_EQ(engine->inputs()[0].type, UINT8);
  EXPECT_EQ(engine->outputs()[0].type, HALF);
}

TEST_F(OnnxRuntimeEngineTest, MetadataOfTheModelIsRead) {
  test::TinyModel model;
  model.metadata = {{"infer_dims", "3;4;4"}};
  const auto engine = load(model);
  EXPECT_EQ(engine->metadata("infer_dims"), "3;4;4");
  EXPECT_EQ(engine->metadata("author"), "");
}

TEST_F(OnnxRuntimeEngineTest, MissingFileNamesTheFileAndTheKey) {
  EXPECT_THAT(
      error_of("/nowhere/model.onnx"),
      AllOf(HasSubstr("/nowhere/model.onnx"), HasSubstr("does not exist"), HasSubstr("onnx-file")));
}

TEST_F(OnnxRuntimeEngineTest, CorruptFileNamesTheFileAndTheRemedy) {
  const std::string file = folder_.write("corrupt.onnx", "this is no model at all");
  EXPECT_THAT(error_of(file), AllOf(HasSubstr(file), HasSubstr("export or download it again")));
}

TEST_F(OnnxRuntimeEngineTest, NewerOpsetNamesTheRemedy) {
  test::TinyModel model;
  model.opset = 999;
  EXPECT_THAT(error_of(folder_.write("new.onnx", model.bytes())),
              HasSubstr("pip install -U onnxruntime"));
}

TEST_F(OnnxRuntimeEngineTest, UnknownOperatorNamesIt) {
  test::TinyModel model;
  model.op = "NoSuchOperator";
  EXPECT_THAT(error_of(folder_.write("unknown.onnx", model.bytes())),
              AllOf(HasSubstr("NoSuchOperator"), HasSubstr("custom operators")));
}

TEST_F(OnnxRuntimeEngineTest, UnusableElementTypeSaysWhichCanBeUsed) {
  test::TinyModel model;
  model.output_type = test::kOnnxDouble;
  EXPECT_THAT(error_of(folder_.write("double.onnx", model.bytes())),
              AllOf(HasSubstr("'out'"), HasSubstr("add a Cast")));
}

TEST_F(OnnxRuntimeEngineTest, WrongSizeAtRunTimeSaysWhatToSet) {
  const auto engine = load({});
  std::vector<float> values(3 * 5 * 5);
  try {
    run_floats(*engine, values, {1, 3, 5, 5});
    FAIL() << "accepted a picture of another size";
  } catch (const EngineError& error) {
    EXPECT_THAT(error.what(), HasSubstr("infer-dims"));
  }
}

TEST_F(OnnxRuntimeEngineTest, RealModelDetectsNothingInABlackPicture) {
  if (test::data_folder().empty()) GTEST_SKIP() << "no test data (set PYTHIA_TEST_DATA)";
  const auto engine =
      load_onnxruntime_engine((test::data_folder() / "models/yolox_nano_416_dyn.onnx").string());
  std::vector<float> black(3 * 416 * 416);
  const std::vector<Tensor> outputs = run_floats(*engine, black, {1, 3, 416, 416});
  EXPECT_THAT(outputs[0].shape, ElementsAre(1, 3549, 85));
  const auto* rows = static_cast<const float*>(outputs[0].data);
  float best = 0.0f;
  for (int anchor = 0; anchor < 3549; ++anchor) best = std::max(best, rows[anchor * 85 + 4]);
  EXPECT_LT(best, 0.3f);
}

TEST(OnnxRuntimeLibrary, IsAtLeastTheOldestSupportedRelease) {
  test::use_onnxruntime_of_venv();
  int major = 0, minor = 0;
  ASSERT_EQ(std::sscanf(onnxruntime().version.c_str(), "%d.%d", &major, &minor), 2);
  EXPECT_GE(major * 100 + minor, 120);
}

TEST(EngineRegistry, KnowsEnginesByNameAndByFileType) {
  test::use_onnxruntime_of_venv();
  test::TemporaryFolder folder;
  const std::string file = folder.write("tiny.onnx", test::TinyModel().bytes());
  EXPECT_NE(load_engine("", file), nullptr);
  EXPECT_NE(load_engine("onnxruntime", file), nullptr);
  register_engine("mine", [](const std::string& path) { return load_onnxruntime_engine(path); });
  EXPECT_NE(load_engine("mine", file), nullptr);
}

TEST(EngineRegistry, UnknownNameListsTheKnownOnes) {
  try {
    load_engine("tensorrt", "m.onnx");
    FAIL() << "found an engine nobody registered";
  } catch (const EngineError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("'tensorrt'"), HasSubstr("onnxruntime")));
  }
}

TEST(EngineRegistry, UnknownFileTypeSaysWhatToDo) {
  try {
    load_engine("", "model.caffemodel");
    FAIL() << "found an engine for Caffe";
  } catch (const EngineError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr(".caffemodel"), HasSubstr("export")));
  }
}

}  // namespace
}  // namespace pyds
