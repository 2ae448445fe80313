#include "infer/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "infer/test_support.h"

namespace pyds {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class InferConfigTest : public ::testing::Test {
 protected:
  InferConfig read(const std::string& text, const std::string& name = "config.txt") {
    return read_infer_config(folder_.write(name, text));
  }
  std::string error_of(const std::string& text) {
    try {
      read(text);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  }
  std::string model_error_of(const std::string& text) {
    try {
      return "no error: " + model_file(read(text));
    } catch (const ConfigError& error) {
      return error.what();
    }
  }

  test::TemporaryFolder folder_;
};

TEST_F(InferConfigTest, DefaultsAreThoseOfDeepStream) {
  const InferConfig config = read("[property]\n");
  EXPECT_EQ(config.unique_id, 15u);
  EXPECT_EQ(config.batch_size, 1u);
  EXPECT_EQ(config.process_mode, ProcessMode::kPrimary);
  EXPECT_EQ(config.network_type(), NetworkType::kDetector);
  EXPECT_EQ(config.cluster_mode, ClusterMode::kGroupRectangles);
  EXPECT_FLOAT_EQ(config.net_scale_factor, 1.0f);
  EXPECT_FLOAT_EQ(config.all_classes.pre_cluster_threshold, 0.2f);
  EXPECT_FLOAT_EQ(config.all_classes.nms_iou_threshold, 0.3f);
  EXPECT_EQ(config.all_classes.topk, -1);
}

TEST_F(InferConfigTest, LastOfRepeatedKeysWinsAndCommentsMayBeIndented) {
  const InferConfig config = read(
      "# head\n[property]\ngpu-id=0\n  # indented\nbatch-size=2\nbatch-size=16\n"
      "output-blob-names=a;b;\noffsets=1.5;2;3\nfilter-out-class-ids=1;2;\n");
  EXPECT_EQ(config.batch_size, 16u);
  EXPECT_THAT(config.output_blob_names, ElementsAre("a", "b"));
  EXPECT_THAT(config.offsets, ElementsAre(1.5f, 2.0f, 3.0f));
  EXPECT_THAT(config.filter_out_class_ids, ElementsAre(1, 2));
  EXPECT_THAT(config.warnings, IsEmpty());
}

TEST_F(InferConfigTest, YamlHasTheSameKeys) {
  const InferConfig config = read(
      "property:\n  onnx-file: m.onnx # inline\n  infer-dims: 3;544;960\n  batch-size: 4\n"
      "  offsets: [1, 2, 3]\nclass-attrs-all:\n  topk: 20\nclass-attrs-2:\n"
      "  pre-cluster-threshold: 0.5\n",
      "config.yml");
  EXPECT_EQ(config.onnx_file, folder_.path("m.onnx"));
  EXPECT_THAT(config.infer_dims, ElementsAre(3u, 544u, 960u));
  EXPECT_EQ(config.batch_size, 4u);
  EXPECT_THAT(config.offsets, ElementsAre(1.0f, 2.0f, 3.0f));
  EXPECT_EQ(config.attributes(2).topk, 20);
  EXPECT_FLOAT_EQ(config.attributes(2).pre_cluster_threshold, 0.5f);
}

TEST_F(InferConfigTest, ClassGroupsStartFromAllWhateverTheOrder) {
  const InferConfig config =
      read("[property]\n[class-attrs-1]\nthreshold=0.7\n[class-attrs-all]\ntopk=5\neps=0.4\n");
  EXPECT_FLOAT_EQ(config.attributes(1).pre_cluster_threshold, 0.7f);
  EXPECT_EQ(config.attributes(1).topk, 5);
  EXPECT_FLOAT_EQ(config.attributes(9).eps, 0.4f);
  EXPECT_FLOAT_EQ(config.attributes(9).pre_cluster_threshold, 0.2f);
}

TEST_F(InferConfigTest, ColoursOfAClassAreRead) {
  const InferConfig config =
      read("[property]\n[class-attrs-0]\nborder-color=0;1;0.5;1\nbg-color=0;0;1;0.3\n");
  EXPECT_DOUBLE_EQ(config.attributes(0).border_color.blue, 0.5);
  ASSERT_TRUE(config.attributes(0).bg_color);
  EXPECT_NEAR(config.attributes(0).bg_color->alpha, 0.3, 1e-6);
  EXPECT_FALSE(config.attributes(1).bg_color);
  EXPECT_DOUBLE_EQ(config.attributes(1).border_color.red, 1.0);
}

TEST_F(InferConfigTest, PathsAreRelativeToTheFile) {
  const InferConfig config = read("[property]\nonnx-file=../m.onnx\nlabelfile-path=/abs/l.txt\n");
  EXPECT_EQ(std::filesystem::path(config.onnx_file).filename(), "m.onnx");
  EXPECT_TRUE(std::filesystem::path(config.onnx_file).is_absolute());
  EXPECT_EQ(config.labelfile_path, "/abs/l.txt");
}

TEST_F(InferConfigTest, UnknownKeyWarnsWithTheNearestKnownOne) {
  const InferConfig config = read("[property]\ncluster-mod=2\n[class-attrs-all]\nnms-iou=0.4\n");
  EXPECT_THAT(config.warnings,
              Contains(AllOf(HasSubstr("'cluster-mod'"), HasSubstr("'cluster-mode'"))));
  EXPECT_THAT(config.warnings, Contains(HasSubstr("'nms-iou'")));
}

TEST_F(InferConfigTest, WrongValuesSayWhatIsAllowed) {
  EXPECT_THAT(error_of("[property]\nbatch-size=0\n"),
              AllOf(HasSubstr("[property] batch-size=0"), HasSubstr("from 1 to 1024")));
  EXPECT_THAT(error_of("[property]\ncluster-mode=nms\n"), HasSubstr("from 0 to 4"));
  EXPECT_THAT(error_of("[property]\nnet-scale-factor=1.0 # note\n"), HasSubstr("line of its own"));
  EXPECT_THAT(error_of("[property]\ninfer-dims=3;544\n"), HasSubstr("channels;height;width"));
  EXPECT_THAT(error_of("[property]\nnetwork-type=7\n"), HasSubstr("0 detector"));
  EXPECT_THAT(error_of("[property]\n[class-attrs-all]\npre-cluster-threshold=1.5\n"),
              HasSubstr("from 0 to 1"));
  EXPECT_THAT(error_of("[property]\nmaintain-aspect-ratio=2\n"), HasSubstr("0 or 1"));
}

TEST_F(InferConfigTest, FilesThatAreNoConfigurationAreRefused) {
  EXPECT_THAT(error_of("[tracker]\nll-lib-file=x\n"), HasSubstr("[property]"));
  EXPECT_THAT(error_of("batch-size=1\n"), HasSubstr("not readable"));
  EXPECT_THROW(read_infer_config("/nowhere/config.txt"), ConfigError);
  EXPECT_THROW(read("property: [1, 2", "broken.yml"), ConfigError);
  EXPECT_THROW(read("property: text", "flat.yaml"), ConfigError);
}

TEST_F(InferConfigTest, WithdrawnFormatsAreRefusedWithAdvice) {
  EXPECT_THAT(model_error_of("[property]\ntlt-encoded-model=m.etlt\ntlt-model-key=k\n"),
              AllOf(HasSubstr("etlt"), HasSubstr("onnx-file")));
  EXPECT_THAT(model_error_of("[property]\nuff-file=m.uff\n"), HasSubstr("tf2onnx"));
  EXPECT_THAT(model_error_of("[property]\nmodel-file=m.caffemodel\nproto-file=m.prototxt\n"),
              HasSubstr("Caffe"));
  EXPECT_THAT(model_error_of("[property]\nmodel-engine-file=m.engine\n"),
              AllOf(HasSubstr("TensorRT"), HasSubstr("onnx-file")));
  EXPECT_THAT(model_error_of("[property]\n"), HasSubstr("no model"));
}

TEST_F(InferConfigTest, OnnxFileWinsOverWithdrawnLeftovers) {
  EXPECT_THAT(model_error_of("[property]\nonnx-file=m.onnx\nuff-input-blob-name=in\n"
                             "model-engine-file=m.onnx_b1_gpu0_fp16.engine\n"),
              HasSubstr("no error"));
}

TEST_F(InferConfigTest, EngineFileMayBeOnnxOrNameTheOnnxItCameFrom) {
  EXPECT_THAT(model_error_of("[property]\nmodel-engine-file=m.onnx\n"), HasSubstr("no error"));
  folder_.write("n.onnx", "x");
  EXPECT_EQ(model_file(read("[property]\nmodel-engine-file=n.onnx_b16_gpu0_int8.engine\n")),
            folder_.path("n.onnx"));
}

// What each real file in the wild comes to, by what it names as its model.
TEST(RealConfigs, AreReadAndOnlyWithdrawnModelsAreRefused) {
  if (test::data_folder().empty()) GTEST_SKIP() << "no test data (set PYTHIA_TEST_DATA)";
  int files = 0, usable = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(test::data_folder() / "configs/nvinfer")) {
    SCOPED_TRACE(entry.path().filename().string());
    const InferConfig config = read_infer_config(entry.path().string());
    ++files;
    EXPECT_GE(config.batch_size, 1u);
    std::string advice;
    try {
      EXPECT_EQ(model_file(config), config.onnx_file);
      ++usable;
      continue;
    } catch (const ConfigError& error) {
      advice = error.what();
    }
    EXPECT_TRUE(config.onnx_file.empty());
    EXPECT_THAT(advice, HasSubstr("onnx-file"));
    const char* named = config.withdrawn.count("tlt-encoded-model")       ? "TAO"
                        : config.withdrawn.count("custom-network-config") ? "Darknet"
                        : config.withdrawn.count("model-file")            ? "Caffe"
                                                                          : "TensorRT";
    EXPECT_THAT(advice, HasSubstr(named));
  }
  EXPECT_EQ(files, 25);
  EXPECT_EQ(usable, 15);
}

TEST(RealConfigs, UnknownKeysAreOnlyThoseOfForks) {
  if (test::data_folder().empty()) GTEST_SKIP() << "no test data (set PYTHIA_TEST_DATA)";
  std::vector<std::string> unknown;
  for (const auto& entry :
       std::filesystem::directory_iterator(test::data_folder() / "configs/nvinfer"))
    for (const std::string& warning : read_infer_config(entry.path().string()).warnings)
      unknown.push_back(warning.substr(warning.find("] ") + 2, 40));
  EXPECT_THAT(unknown, ::testing::UnorderedElementsAre(HasSubstr("alignment-type"),
                                                       HasSubstr("enable-output-landmark"),
                                                       HasSubstr("is ignored; nvinfer reads")));
}

}  // namespace
}  // namespace pyds
