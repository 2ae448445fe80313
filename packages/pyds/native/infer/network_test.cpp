#include "infer/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "infer/detector.h"
#include "infer/labels.h"
#include "infer/mean_image.h"

#include "infer/test_support.h"

namespace pyds {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// An engine with any tensors; every output value is its frame's number.
class FakeEngine : public Engine {
 public:
  FakeEngine(TensorSpec input, std::vector<TensorSpec> outputs, std::string infer_dims = "")
      : inputs_{std::move(input)}, outputs_(std::move(outputs)), infer_dims_(infer_dims) {}

  const std::vector<TensorSpec>& inputs() const override { return inputs_; }
  const std::vector<TensorSpec>& outputs() const override { return outputs_; }
  std::string metadata(const std::string& key) const override {
    return key == "infer_dims" ? infer_dims_ : "";
  }
  std::vector<Tensor> run(const std::vector<Tensor>& inputs) override {
    const auto frames = size_t(inputs.at(0).shape[0]);
    auto memory = std::make_shared<std::vector<std::vector<float>>>();
    std::vector<Tensor> result;
    for (const TensorSpec& spec : outputs_) {
      std::vector<int64_t> shape = spec.shape;
      if (shape[0] == kDynamic) shape[0] = int64_t(frames);
      std::vector<float> values(element_count(shape));
      for (size_t i = 0; i < values.size(); ++i)
        values[i] = float(i / (values.size() / size_t(shape[0])));
      memory->push_back(std::move(values));
      result.push_back({spec.type, shape, memory->back().data(), memory});
    }
    return result;
  }
  std::unique_ptr<Engine> new_session() override { return std::make_unique<FakeEngine>(*this); }

 private:
  std::vector<TensorSpec> inputs_, outputs_;
  std::string infer_dims_;
};

class NetworkTest : public ::testing::Test {
 protected:
  NetworkTest() { config_.onnx_file = "fake.onnx"; }

  std::shared_ptr<const Network> make(std::vector<int64_t> input, std::vector<TensorSpec> outputs,
                                      NvDsInferDataType type = FLOAT,
                                      const std::string& infer_dims = "") {
    warnings_.clear();
    return std::make_shared<const Network>(
        config_,
        std::make_unique<FakeEngine>(TensorSpec{"images", type, std::move(input)},
                                     std::move(outputs), infer_dims),
        &warnings_);
  }
  std::string error_of(std::vector<int64_t> input, NvDsInferDataType type = FLOAT) {
    try {
      make(std::move(input), {boxes_}, type);
    } catch (const std::exception& error) {
      return error.what();
    }
    return "no error";
  }

  const TensorSpec boxes_{"boxes6", FLOAT, {kDynamic, 10, 6}};
  InferConfig config_;
  std::vector<std::string> warnings_;
};

TEST_F(NetworkTest, SizeComesFromTheModel) {
  const auto network = make({kDynamic, 3, 32, 64}, {boxes_});
  EXPECT_EQ(network->format().width, 64);
  EXPECT_EQ(network->format().height, 32);
  EXPECT_EQ(network->frame_bytes(), 3u * 32 * 64 * 4);
}

TEST_F(NetworkTest, OpenSizeComesFromInferDimsOrTheModelsMetadata) {
  const std::vector<int64_t> open = {kDynamic, 3, kDynamic, kDynamic};
  EXPECT_THAT(error_of(open), HasSubstr("infer-dims=channels;height;width"));
  EXPECT_EQ(make(open, {boxes_}, FLOAT, "3;48;80")->format().width, 80);
  config_.infer_dims = {3, 64, 96};
  EXPECT_EQ(make(open, {boxes_}, FLOAT, "3;48;80")->format().width, 96);
  EXPECT_THAT(error_of({1, 3, 32, 32}), AllOf(HasSubstr("3;64;96"), HasSubstr("set 3;32;32")));
}

TEST_F(NetworkTest, OrderOfAxesIsCorrectedWithAWarning) {
  EXPECT_TRUE(make({1, 32, 64, 3}, {boxes_})->format().channels_last);
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("network-input-order=1")));
  config_.network_input_order = InputOrder::kNhwc;
  make({1, 32, 64, 3}, {boxes_});
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(NetworkTest, InputsThatAreNoPicturesAreRefused) {
  EXPECT_THAT(error_of({1, 100}), HasSubstr("no batch of pictures"));
  EXPECT_THAT(error_of({1, 4, 32, 32}), HasSubstr("4 channels"));
  EXPECT_THAT(error_of({1, 3, 32, 32}, INT64), HasSubstr("takes int64"));
  config_.offsets = {1, 2};
  EXPECT_THAT(error_of({1, 3, 32, 32}), HasSubstr("offsets has 2 numbers"));
}

TEST_F(NetworkTest, FixedBatchOfTheModelWins) {
  config_.batch_size = 8;
  EXPECT_EQ(make({kDynamic, 3, 32, 32}, {boxes_})->batch_size(), 8u);
  EXPECT_EQ(make({4, 3, 32, 32}, {boxes_})->batch_size(), 4u);
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("batches of 4")));
}

TEST_F(NetworkTest, FramesOfABatchAreApart) {
  config_.batch_size = 3;
  const auto network = make({kDynamic, 3, 2, 2}, {boxes_});
  const std::shared_ptr<uint8_t> tensor(new uint8_t[3 * 12 * 4](),
                                        std::default_delete<uint8_t[]>());
  const auto session = network->new_session();
  const BatchResult result = network->run(*session, tensor, 3);
  for (size_t frame = 0; frame < 3; ++frame) {
    const Layers layers = result.frame(frame);
    ASSERT_EQ(layers.size(), 1u);
    EXPECT_STREQ(layers[0].layerName, "boxes6");
    EXPECT_EQ(layers[0].inferDims.numDims, 2u);
    EXPECT_EQ(layers[0].inferDims.numElements, 60u);
    EXPECT_EQ(static_cast<float*>(layers[0].buffer)[59], float(frame));
  }
}

TEST_F(NetworkTest, OutputsThatMixTheFramesOfABatchAreAnError) {
  config_.batch_size = 2;
  const auto network = make({kDynamic, 3, 2, 2}, {{"mixed", FLOAT, {1, 50, 7}}});
  const std::shared_ptr<uint8_t> tensor(new uint8_t[2 * 12 * 4](),
                                        std::default_delete<uint8_t[]>());
  const auto session = network->new_session();
  EXPECT_THROW(network->run(*session, tensor, 2), EngineError);
  EXPECT_EQ(network->run(*session, tensor, 1).frame(0)[0].inferDims.numElements, 350u);
}

TEST_F(NetworkTest, OutputBlobNamesSelectOutputs) {
  config_.output_blob_names = {"b", "c"};
  const auto network = make({1, 3, 2, 2}, {{"a", FLOAT, {1, 2}}, {"b", FLOAT, {1, 3}}});
  ASSERT_EQ(network->outputs().size(), 1u);
  EXPECT_EQ(network->outputs()[0].name, "b");
  EXPECT_THAT(warnings_, ElementsAre(AllOf(HasSubstr("'c'"), HasSubstr("'a'"))));
}

TEST_F(NetworkTest, ClassCountThatTheModelContradictsIsAnError) {
  config_.num_detected_classes = 4;
  const auto network = make({1, 3, 64, 64}, {{"output", FLOAT, {1, 84, 85}}});
  std::vector<std::string> notes;
  try {
    Detector(config_, *network, &warnings_, &notes);
    FAIL() << "accepted 4 classes of 80";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("num-detected-classes=4"), HasSubstr("80 classes")));
  }
}

TEST_F(NetworkTest, LabelsThatDoNotFitAreAWarning) {
  test::TemporaryFolder folder;
  config_.labelfile_path = folder.write("labels.txt", "Vehicle\r\nTwoWheeler\n\n");
  config_.num_detected_classes = 4;
  const auto network = make({1, 3, 64, 64}, {boxes_});
  std::vector<std::string> notes;
  const Detector detector(config_, *network, &warnings_, &notes);
  EXPECT_THAT(detector.labels(), ElementsAre("Vehicle", "TwoWheeler"));
  EXPECT_THAT(warnings_,
              ElementsAre(AllOf(HasSubstr("labels.txt has 2 labels"), HasSubstr("4 classes"))));
  EXPECT_EQ(label_of(detector.labels(), 1), "TwoWheeler");
  EXPECT_EQ(label_of(detector.labels(), 3), "3");
}

// A detector of boxes in a 64 x 64 network, on a frame of 128 x 64 letterboxed into its upper half.
class DetectorTest : public NetworkTest {
 protected:
  Detections detect(std::vector<float> rows) {
    config_.cluster_mode = ClusterMode::kNms;
    const auto network = make({1, 3, 64, 64}, {boxes_});
    std::vector<std::string> notes;
    const Detector detector(config_, *network, &warnings_, &notes);
    rows.resize(60);
    NvDsInferLayerInfo layer = {};
    layer.layerName = "boxes6";
    layer.inferDims = {2, {10, 6}, 60};
    layer.buffer = rows.data();
    return detector.detect(Layers{layer}, {{0, 0, 128, 64}, {0, 0, 64, 32}}, 128, 64);
  }
};

TEST_F(DetectorTest, BoxesAreInFramePixelsAndClippedToTheFrame) {
  const Detections boxes = detect({10, 10, 20, 30, 0.9f, 1, 50, 20, 80, 60, 0.8f, 2});
  ASSERT_EQ(boxes.size(), 2u);
  EXPECT_FLOAT_EQ(boxes[0].left, 20);
  EXPECT_FLOAT_EQ(boxes[0].height, 40);
  EXPECT_FLOAT_EQ(boxes[1].left + boxes[1].width, 128);
  EXPECT_FLOAT_EQ(boxes[1].top + boxes[1].height, 64);
}

TEST_F(DetectorTest, BoxesInTheBorderAreDropped) {
  EXPECT_THAT(detect({10, 40, 20, 60, 0.9f, 1}), IsEmpty());
}

TEST_F(DetectorTest, FilteredClassesAndSizesAreDropped) {
  config_.filter_out_class_ids = {1};
  config_.all_classes.detected_min_w = 21;
  config_.all_classes.detected_max_h = 50;
  config_.all_classes.roi_top_offset = 10;
  config_.all_classes.roi_bottom_offset = 10;
  EXPECT_THAT(detect({10, 10, 30, 20, 0.9f, 1}), IsEmpty());  // class
  EXPECT_THAT(detect({10, 10, 20, 20, 0.9f, 0}), IsEmpty());  // 20 wide
  EXPECT_THAT(detect({10, 4, 30, 20, 0.9f, 0}), IsEmpty());   // above the region
  EXPECT_THAT(detect({10, 10, 30, 28, 0.9f, 0}), IsEmpty());  // below the region
  EXPECT_EQ(detect({10, 10, 30, 20, 0.9f, 0}).size(), 1u);
}

TEST(MeanImage, IsReadInTheLayoutOfTheTensor) {
  test::TemporaryFolder folder;
  const std::string file = folder.write("mean.ppm", "P6\n2 1\n255\n\x01\x02\x03\x04\x05\x06");
  TensorFormat format;
  format.width = 2;
  format.height = 1;
  EXPECT_THAT(read_mean_image(file, format), ElementsAre(1, 4, 2, 5, 3, 6));
  format.blue_first = true;
  format.channels_last = true;
  EXPECT_THAT(read_mean_image(file, format), ElementsAre(3, 2, 1, 6, 5, 4));
  format.width = 3;
  EXPECT_THROW(read_mean_image(file, format), ConfigError);
}

}  // namespace
}  // namespace pyds
