#include "infer/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "infer/layers.h"

namespace pyds {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The tensors of one frame, filled by hand, and what a parser needs to know about them.
class Frame {
 public:
  Frame& add(const std::string& name, const std::vector<int64_t>& shape,
             std::vector<float> values = {}, NvDsInferDataType type = FLOAT) {
    TensorSpec spec{name, type, shape};
    spec.shape.insert(spec.shape.begin(), kDynamic);
    setup.outputs.push_back(spec);
    size_t count = 1;
    for (int64_t extent : shape) count *= size_t(extent);
    values.resize(count);
    values_.push_back(std::move(values));
    return *this;
  }
  std::vector<float>& values(size_t output) { return values_[output]; }

  std::unique_ptr<DetectionParser> parser(const std::string& name = "") {
    InferConfig config;
    config.parse_bbox_func_name = name;
    return make_parser(config, setup, &chosen);
  }

  Detections parse(const std::string& name = "", float threshold = 0.5f) {
    InferConfig config;
    config.all_classes.pre_cluster_threshold = threshold;
    Detections detections;
    const auto made = parser(name);
    made->parse(layers(), Thresholds(config, made->num_classes()), &detections);
    return detections;
  }

  Layers layers() {
    Layers list;
    ints_.resize(values_.size());
    for (size_t i = 0; i < values_.size(); ++i) {
      NvDsInferLayerInfo layer = {};
      layer.dataType = setup.outputs[i].type;
      layer.layerName = setup.outputs[i].name.c_str();
      layer.inferDims.numElements = unsigned(values_[i].size());
      for (size_t axis = 1; axis < setup.outputs[i].shape.size(); ++axis)
        layer.inferDims.d[layer.inferDims.numDims++] = unsigned(setup.outputs[i].shape[axis]);
      layer.buffer = values_[i].data();
      if (layer.dataType == INT32) {
        ints_[i].assign(values_[i].begin(), values_[i].end());
        layer.buffer = ints_[i].data();
      }
      list.push_back(layer);
    }
    return list;
  }

  ParserSetup setup{{}, {64, 64, 3}, 0, {}};
  std::string chosen;

 private:
  std::vector<std::vector<float>> values_;
  std::vector<std::vector<int32_t>> ints_;
};

MATCHER_P6(IsBox, class_id, confidence, left, top, width, height, "") {
  const auto near = [](float a, double b) { return std::abs(a - float(b)) < 1e-3f; };
  return arg.classId == unsigned(class_id) && near(arg.detectionConfidence, confidence) &&
         near(arg.left, left) && near(arg.top, top) && near(arg.width, width) &&
         near(arg.height, height);
}

using ::testing::ElementsAre;

void set_row(std::vector<float>& values, size_t row, std::vector<float> numbers) {
  std::copy(numbers.begin(), numbers.end(), values.begin() + long(row * numbers.size()));
}

TEST(DetectNetParser, BoxesAreDistancesFromCellCentres) {
  Frame frame;
  frame.add("output_cov/Sigmoid:0", {2, 4, 4}).add("output_bbox/BiasAdd:0", {8, 4, 4});
  const size_t cell = 1 * 4 + 2;  // row 1, column 2; cells are 16 pixels
  frame.values(0)[16 + cell] = 0.9f;
  for (int edge = 0; edge < 4; ++edge)
    frame.values(1)[size_t(4 + edge) * 16 + cell] = (edge + 1) * 0.1f;
  // Centre at 32.5, 16.5; edges 3.5, 7, 10.5 and 14 pixels away.
  EXPECT_THAT(frame.parse(), ElementsAre(IsBox(1, 0.9, 29.0, 9.5, 14.0, 21.0)));
  EXPECT_THAT(frame.chosen, HasSubstr("DetectNet_v2"));
  EXPECT_EQ(frame.parser()->num_classes(), 2u);
}

// A 64 x 64 input has 8 x 8 + 4 x 4 + 2 x 2 = 84 cells.
TEST(YoloxParser, RawRowsAreRelativeToTheirCell) {
  Frame frame;
  frame.add("output", {84, 7});
  const size_t second_grid = 64 + 1 * 4 + 3;  // row 1, column 3 of stride 16
  set_row(frame.values(0), second_grid,
          {0.5f, 0.25f, std::log(2.0f), std::log(1.0f), 0.9f, 0.1f, 0.8f});
  // Centre (3.5, 1.25) * 16, size 32 x 16.
  EXPECT_THAT(frame.parse(), ElementsAre(IsBox(1, 0.72, 40.0, 12.0, 32.0, 16.0)));
  EXPECT_THAT(frame.chosen, HasSubstr("YOLOX"));
}

TEST(YoloxParser, DecodedRowsAreTakenAsTheyAre) {
  Frame frame;
  frame.add("output", {84, 7});
  for (size_t x = 0; x < 8; ++x) frame.values(0)[x * 7] = 8.0f * float(x);
  set_row(frame.values(0), 70, {30, 20, 10, 8, 1.0f, 0.9f, 0.1f});
  EXPECT_THAT(frame.parse("NvDsInferParseCustomYoloX"), ElementsAre(IsBox(0, 0.9, 25, 16, 10, 8)));
}

TEST(YoloxParser, RefusesAnchorsThatDoNotBelongToTheInput) {
  Frame frame;
  frame.add("output", {100, 7});
  try {
    frame.parser("NvDsInferParseYoloX");
    FAIL() << "accepted 100 anchors";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("84 anchors"), HasSubstr("N x 100 x 7")));
  }
}

TEST(YoloRowsParser, ConfidenceIsObjectnessTimesTheBestClass) {
  Frame frame;
  frame.add("output", {252, 8});  // three anchors per cell
  set_row(frame.values(0), 100, {32, 32, 20, 10, 0.8f, 0.1f, 0.2f, 0.9f});
  set_row(frame.values(0), 101, {32, 32, 20, 10, 0.5f, 0.1f, 0.2f, 0.9f});  // 0.45: below
  EXPECT_THAT(frame.parse(), ElementsAre(IsBox(2, 0.72, 22, 27, 20, 10)));
  EXPECT_THAT(frame.chosen, HasSubstr("YOLOv5/YOLOv7"));
  EXPECT_EQ(frame.parser()->num_classes(), 3u);
}

TEST(YoloColumnsParser, AnchorsAreColumnsAndScoresHaveNoObjectness) {
  Frame frame;
  frame.add("output0", {7, 84});
  const auto set = [&](size_t channel, float value) { frame.values(0)[channel * 84 + 50] = value; };
  set(0, 30), set(1, 20), set(2, 8), set(3, 6), set(4, 0.2f), set(6, 0.7f);
  EXPECT_THAT(frame.parse(), ElementsAre(IsBox(2, 0.7, 26, 17, 8, 6)));
  EXPECT_THAT(frame.chosen, HasSubstr("YOLOv8/YOLO11"));
  EXPECT_EQ(frame.parser()->num_classes(), 3u);
}

TEST(YoloColumnsParser, AnchorsMayComeFirstIfTheClassCountSaysSo) {
  Frame frame;
  frame.setup.num_classes = 3;
  frame.add("output0", {84, 7});
  set_row(frame.values(0), 12, {30, 20, 8, 6, 0.1f, 0.9f, 0.2f});
  EXPECT_THAT(frame.parse(), ElementsAre(IsBox(1, 0.9, 26, 17, 8, 6)));
}

TEST(YoloColumnsParser, OneClassIsEnough) {
  Frame frame;
  frame.setup.num_classes = 1;
  frame.add("output0", {5, 84});
  frame.values(0)[4 * 84] = 0.6f;
  frame.values(0)[2 * 84] = frame.values(0)[3 * 84] = 4.0f;
  EXPECT_THAT(frame.parse(), ElementsAre(IsBox(0, 0.6, -2, -2, 4, 4)));
}

TEST(Boxes6Parser, RowsAreCornersConfidenceAndClass) {
  Frame frame;
  frame.add("output0", {300, 6});
  set_row(frame.values(0), 0, {10, 20, 30, 50, 0.9f, 2});
  set_row(frame.values(0), 1, {10, 20, 30, 50, 0.4f, 2});
  set_row(frame.values(0), 2, {1, 2, 3, 5, 0.9f, -1});  // padding
  EXPECT_THAT(frame.parse(), ElementsAre(IsBox(2, 0.9, 10, 20, 20, 30)));
}

TEST(Boxes6Parser, SixColumnsOfOneClassAreAnchorsOnlyWhereTheCountIsTheirs) {
  Frame boxes, anchors;
  boxes.setup.num_classes = anchors.setup.num_classes = 1;
  boxes.add("output0", {300, 6}).parser();
  EXPECT_THAT(boxes.chosen, HasSubstr("6 values"));
  anchors.add("output0", {252, 6}).parser();
  EXPECT_THAT(anchors.chosen, HasSubstr("YOLOv5/YOLOv7"));
  anchors.parser("NvDsInferParseYolo");  // whose exporters write boxes
  EXPECT_THAT(anchors.chosen, HasSubstr("6 values"));
}

TEST(NmsParser, CountSaysHowManyRowsAreValid) {
  Frame frame;
  frame.add("num_dets", {1}, {1}, INT32)
      .add("det_boxes", {10, 4}, {10, 20, 30, 50, 1, 1, 9, 9})
      .add("det_scores", {10}, {0.9f, 0.8f})
      .add("det_classes", {10}, {3, 1}, INT32);
  EXPECT_THAT(frame.parse(), ElementsAre(IsBox(3, 0.9, 10, 20, 20, 30)));
}

TEST(NmsParser, TensorFlowPutsYFirstAndFractions) {
  Frame frame;
  frame.add("detection_boxes", {2, 4}, {0.25f, 0.5f, 0.5f, 1.0f})
      .add("detection_classes", {2}, {5})
      .add("detection_scores", {2}, {0.8f})
      .add("num_detections", {1}, {2});
  EXPECT_THAT(frame.parse("NvDsInferParseCustomTfSSD"), ElementsAre(IsBox(5, 0.8, 32, 16, 32, 16)));
}

TEST(SsdParser, BackgroundIsTheColumnThatDominates) {
  for (const bool first : {true, false}) {
    SCOPED_TRACE(first ? "background first" : "background last");
    Frame frame;
    frame.setup.num_classes = 2;
    std::vector<float> scores;
    for (int prior = 0; prior < 10; ++prior)
      for (float score :
           first ? std::vector<float>{0.9f, 0.05f, 0.05f} : std::vector<float>{0.05f, 0.05f, 0.9f})
        scores.push_back(score);
    const size_t row = 4 * 3;
    scores[row + (first ? 0 : 2)] = 0.1f;
    scores[row + (first ? 2 : 1)] = 0.8f;  // class 1
    std::vector<float> boxes(40, 0.0f);
    set_row(boxes, 4, {0.25f, 0.5f, 0.75f, 1.0f});
    frame.add("scores", {10, 3}, scores).add("boxes", {10, 4}, boxes);
    EXPECT_THAT(frame.parse(), ElementsAre(IsBox(1, 0.8, 16, 32, 32, 32)));
    EXPECT_EQ(frame.parser()->num_classes(), 2u);
  }
}

TEST(SsdParser, LabelsThatListTheBackgroundKeepTheModelsNumbers) {
  Frame frame;
  frame.setup.labels = {"BACKGROUND", "car", "person"};
  frame.setup.num_classes = 3;
  frame.add("scores", {2, 3}, {0.9f, 0.05f, 0.05f, 0.1f, 0.1f, 0.8f})
      .add("boxes", {2, 4}, {0, 0, 0, 0, 10, 20, 30, 60});
  EXPECT_THAT(frame.parse(), ElementsAre(IsBox(2, 0.8, 10, 20, 20, 40)));
  EXPECT_EQ(frame.parser()->num_classes(), 3u);
}

TEST(DetectionOutputParser, NegativeImageNumberEndsTheList) {
  Frame frame;
  frame.add("detection_out", {1, 3, 7},
            {0, 1, 0.9f, 0.25f, 0.25f, 0.5f, 0.75f, -1, 0, 0, 0, 0, 0, 0, 0, 1, 0.9f, 0, 0, 1, 1});
  EXPECT_THAT(frame.parse(), ElementsAre(IsBox(1, 0.9, 16, 16, 16, 32)));
}

TEST(Thresholds, ClassesWithAGroupHaveTheirOwn) {
  InferConfig config;
  config.all_classes.pre_cluster_threshold = 0.5f;
  config.classes[7].pre_cluster_threshold = 0.1f;
  const Thresholds thresholds(config, 2);
  EXPECT_FLOAT_EQ(thresholds.of(0), 0.5f);
  EXPECT_FLOAT_EQ(thresholds.of(7), 0.1f);
  EXPECT_FLOAT_EQ(thresholds.of(100), 0.5f);
  EXPECT_FLOAT_EQ(thresholds.lowest(), 0.1f);
}

TEST(Parsers, NotANumberIsNoDetection) {
  const float nan = std::nanf("");
  Frame rows;
  rows.add("output", {252, 8}, std::vector<float>(252 * 8, nan));
  EXPECT_THAT(rows.parse(), IsEmpty());
  Frame columns;
  columns.add("output", {7, 84}, std::vector<float>(7 * 84, nan));
  EXPECT_THAT(columns.parse(), IsEmpty());
  Frame boxes;
  boxes.add("output", {300, 6}, std::vector<float>(300 * 6, nan));
  EXPECT_THAT(boxes.parse(), IsEmpty());
}

TEST(Parsers, IntegerTensorsWhereFloatsBelongAreAnError) {
  Frame frame;
  frame.add("output0", {300, 6}, {}, INT32);
  EXPECT_THROW(frame.parse(), EngineError);
}

TEST(Parsers, DetrTakesTheBestClassOfEachQuery) {
  Frame frame;
  frame.add("pred_logits", {2, 3}, {-9, 0, -9, -9, -9, 2.1972246f})
      .add("pred_boxes", {2, 4}, {0.5f, 0.5f, 0.1f, 0.1f, 0.5f, 0.25f, 0.5f, 0.25f});
  EXPECT_THAT(frame.parse("", 0.6f), ElementsAre(IsBox(2, 0.9, 16, 8, 32, 16)));
  EXPECT_THAT(frame.chosen, HasSubstr("DETR"));
}

TEST(Parsers, DetrWithOneMoreColumnThanClassesScoresNoObject) {
  Frame frame;
  frame.setup.num_classes = 2;
  frame.add("pred_logits", {2, 3}, {0, 1, 9, 5, 0, 0})
      .add("pred_boxes", {2, 4}, {0.5f, 0.5f, 1, 1, 0.5f, 0.5f, 1, 1});
  const double confidence = std::exp(5.0) / (std::exp(5.0) + 2);
  EXPECT_THAT(frame.parse("NvDsInferParseCustomDDETRTAO"),
              ElementsAre(IsBox(0, confidence, 0, 0, 64, 64)));
  EXPECT_EQ(frame.parser()->num_classes(), 2u);
}

TEST(ParserChoice, UnknownNameListsTheKnownOnesAndTheWayToOnesOwn) {
  Frame frame;
  frame.add("output0", {300, 6});
  try {
    frame.parser("NvDsInferParseCustomYoloV11OBB");
    FAIL() << "found a parser nobody wrote";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("NvDsInferParseCustomYoloV11OBB"), HasSubstr("NvDsInferParseYolo,"),
                      HasSubstr("custom-lib-path")));
  }
}

TEST(ParserChoice, UnreadableShapesNameTheOutputs) {
  Frame frame;
  frame.add("logits", {1000});
  try {
    frame.parser();
    FAIL() << "took a classifier for a detector";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("'logits' N x 1000"), HasSubstr("output-tensor-meta")));
  }
}

TEST(ParserChoice, PythonParserNeedsPython) {
  Frame frame;
  frame.add("output0", {300, 6});
  InferConfig config;
  config.custom_lib_path = "/apps/parser.py";
  config.parse_bbox_func_name = "parse";
  try {
    make_parser(config, frame.setup, &frame.chosen);
    FAIL() << "ran Python without Python";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("/apps/parser.py"), HasSubstr("gst-pylaunch")));
  }
}

// A configuration that names a parser in a library.
InferConfig with_library(const std::string& file, const std::string& function) {
  InferConfig config;
  config.custom_lib_path = file;
  config.parse_bbox_func_name = function;
  return config;
}

TEST(ParserChoice, KnownNameServesWhereItsLibraryIsMissing) {
  Frame frame;
  frame.add("output0", {300, 6});
  InferConfig config = with_library("/apps/libnvdsinfer_custom_impl_Yolo.so", "NvDsInferParseYolo");
  config.engine_create_func_name = "NvDsInferYoloCudaEngineGet";
  make_parser(config, frame.setup, &frame.chosen);
  EXPECT_THAT(frame.chosen, AllOf(HasSubstr("NvDsInferYoloCudaEngineGet is not called"),
                                  HasSubstr("cannot be loaded"), HasSubstr("boxes of 6 values")));
}

TEST(ParserChoice, UnknownNameInAMissingLibrarySaysWhatTheLoaderSays) {
  Frame frame;
  frame.add("output0", {300, 6});
  try {
    make_parser(with_library("/apps/libmine.so", "ParseMine"), frame.setup, &frame.chosen);
    FAIL() << "parsed with a library that is not there";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("parse-bbox-func-name=ParseMine"),
                      HasSubstr("/apps/libmine.so cannot be loaded"), HasSubstr("include-path")));
  }
}

TEST(ParserChoice, LibraryWithoutTheFunctionIsAnError) {
  Frame frame;
  frame.add("output0", {300, 6});
  frame.setup.num_classes = 80;
  try {
    make_parser(with_library("libm.so.6", "ParseMine"), frame.setup, &frame.chosen);
    FAIL() << "found a parser in the mathematics library";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("ParseMine"), HasSubstr("no such function")));
  }
}

TEST(ParserChoice, LibraryThatOnlyBuildsEnginesLeavesTheChoiceToTheShapes) {
  Frame frame;
  frame.add("output0", {300, 6});
  EXPECT_TRUE(make_parser(with_library("/apps/libengine.so", ""), frame.setup, &frame.chosen));
}

}  // namespace
}  // namespace pyds
