#include "preprocess/config.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace pyds::preprocess {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PreprocessConfigTest : public testing::Test {
 protected:
  PreprocessConfigTest() {
    char name[] = "/tmp/preprocess-XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~PreprocessConfigTest() override { std::filesystem::remove_all(folder_); }

  Config read(const std::string& text) const {
    const std::string file = folder_ / "config.txt";
    std::ofstream(file) << text;
    return read_config(file);
  }
  // What read() says is wrong, without the name of the file.
  std::string problem(const std::string& text) const {
    try {
      read(text);
    } catch (const ConfigError& error) {
      const std::string what = error.what();
      return what.substr(what.find(": ") + 2);
    }
    return "nothing";
  }

 private:
  std::filesystem::path folder_;
};

constexpr char kPlain[] =
    "[property]\ntarget-unique-ids=1;3\nnetwork-input-shape=8;3;544;960\n"
    "[group-0]\nsrc-ids=0;2\n";

TEST_F(PreprocessConfigTest, ReadsWhatNvidiasSampleSays) {
  const Config config = read(R"([property]
enable=1
target-unique-ids=1
    # 0=NCHW, 1=NHWC, 2=CUSTOM
network-input-order=0
process-on-frame=1
maintain-aspect-ratio=1
symmetric-padding=1
processing-width=960
processing-height=544
scaling-buf-pool-size=6
tensor-buf-pool-size=6
network-input-shape=8;3;544;960
network-color-format=1
tensor-data-type=0
tensor-name=input_1:0
scaling-pool-memory-type=0
scaling-pool-compute-hw=0
scaling-filter=0
custom-lib-path=/opt/nvidia/deepstream/deepstream/lib/gst-plugins/libcustom2d_preprocess.so
custom-tensor-preparation-function=CustomTensorPreparation

[user-configs]
pixel-normalization-factor=0.003921568
#mean-file=
offsets=10;20;30

[group-0]
src-ids=0;1
custom-input-transformation-function=CustomAsyncTransformation
process-on-roi=1
roi-params-src-0=0;540;900;500;960;0;900;500;
roi-params-src-1=5;6;7;8
)");
  EXPECT_TRUE(config.warnings.empty());
  EXPECT_THAT(config.target_ids, ElementsAre(1));
  EXPECT_EQ(config.batch_size, 8u);
  EXPECT_EQ(config.tensor_name, "input_1:0");
  const TensorFormat& format = config.format;
  EXPECT_EQ(format.width, 960);
  EXPECT_EQ(format.height, 544);
  EXPECT_EQ(format.channels, 3);
  EXPECT_TRUE(format.keep_aspect && format.centred && format.blue_first);
  EXPECT_FLOAT_EQ(format.scale, 0.003921568f);
  EXPECT_THAT(format.offset, ElementsAre(10, 20, 30));
  EXPECT_EQ(format.filter, Filter::kNearest);
  ASSERT_EQ(config.groups.size(), 1u);
  const Group& group = config.groups[0];
  EXPECT_TRUE(group.has(1) && !group.has(2));
  ASSERT_EQ(group.regions.at(0).size(), 2u);
  EXPECT_EQ(group.regions.at(0)[1].left, 960);
  EXPECT_EQ(group.regions.at(1)[0].height, 8);
}

TEST_F(PreprocessConfigTest, HasDefaults) {
  const Config config = read(kPlain);
  EXPECT_TRUE(config.enable && config.process_on_frame);
  EXPECT_THAT(config.target_ids, ElementsAre(1, 3));
  EXPECT_EQ(config.operate_on_gie_id, -1);
  EXPECT_EQ(config.format.scale, 1.0f);
  EXPECT_EQ(config.format.filter, Filter::kBilinear);
  EXPECT_FALSE(config.groups[0].process_on_roi || config.groups[0].draw_roi);
}

TEST_F(PreprocessConfigTest, TakesChannelsLastInTheOrderOfTheKey) {
  const Config config = read(
      "[group-0]\nsrc-ids=-1\n"
      "[property]\nnetwork-input-shape=2;32;64;3\nnetwork-input-order=1\n");
  EXPECT_TRUE(config.format.channels_last);
  EXPECT_EQ(config.format.height, 32);
  EXPECT_EQ(config.format.width, 64);
  EXPECT_TRUE(config.groups[0].has(77));
}

TEST_F(PreprocessConfigTest, WarnsOfUnknownKeys) {
  const Config config = read(std::string(kPlain) + "sauce-ids=3\n[user-configs]\nspice=1\n");
  EXPECT_THAT(config.warnings, ElementsAre(HasSubstr("[user-configs] spice is unknown"),
                                           HasSubstr("[group-0] sauce-ids is unknown")));
}

TEST_F(PreprocessConfigTest, SaysWhatIsWrongAndWhatToDo) {
  const auto property = [](const std::string& line) {
    return "[property]\nnetwork-input-shape=8;3;544;960\n" + line + "\n[group-0]\nsrc-ids=0\n";
  };
  const auto group = [](const std::string& lines) { return kPlain + lines + "\n"; };
  EXPECT_THAT(problem("[property]\n[group-0]\nsrc-ids=0\n"),
              HasSubstr("has no network-input-shape: set it to batch;channels;height;width"));
  EXPECT_THAT(problem(property("network-input-shape=8;3;544")),
              HasSubstr("network-input-shape=8;3;544: expected batch;channels;height;width"));
  EXPECT_THAT(problem(property("network-input-shape=8;544;960;3")),
              HasSubstr("expected 3 channels for network-color-format=0"));
  EXPECT_THAT(problem(property("network-color-format=2")), HasSubstr("expected 1 channel"));
  EXPECT_THAT(problem(property("processing-width=1280")),
              HasSubstr("1280 x 544, network-input-shape has 960 x 544: set them to the same"));
  EXPECT_THAT(problem(property("tensor-data-type=2")),
              HasSubstr("tensor-data-type=2: expected 0 float32, 1 uint8 or 5 float16"));
  EXPECT_THAT(problem(property("network-input-order=2")), HasSubstr("expected 0 NCHW or 1 NHWC"));
  EXPECT_THAT(problem(property("custom-lib-path=libmine.so")),
              HasSubstr("expected libcustom2d_preprocess.so, which is built in"));
  EXPECT_THAT(problem(property("target-unique-ids=one")), HasSubstr("whole numbers"));
  EXPECT_THAT(problem(property("[user-configs]\noffsets=1;2")),
              HasSubstr("expected one number per channel, 3"));
  EXPECT_THAT(problem(property("[user-configs]\npixel-normalization-factor=1;2;3")),
              HasSubstr("expected one number"));
  EXPECT_THAT(problem("[property]\nnetwork-input-shape=8;3;544;960\n"),
              HasSubstr("has no [group-0]"));
  EXPECT_THAT(problem("[property]\nnetwork-input-shape=8;3;544;960\n[group-1]\n"),
              HasSubstr("[group-1] has no src-ids"));
  EXPECT_THAT(problem(group("process-on-roi=1\nroi-params-src-0=1;2;3;4")),
              HasSubstr("source 2 has no regions: add roi-params-src-2="));
  EXPECT_THAT(problem(group("roi-params-src-0=1;2;3")), HasSubstr("four whole numbers each"));
  EXPECT_THAT(problem(group("roi-params-src-0=1;2;0;4")), HasSubstr("width and height above 0"));
  EXPECT_THAT(problem(group("roi-params-src-x=1;2;3;4")), HasSubstr("N being the source"));
  EXPECT_THAT(problem(group("roi-color=1;2;3;4")), HasSubstr("each from 0 to 1"));
}

}  // namespace
}  // namespace pyds::preprocess
