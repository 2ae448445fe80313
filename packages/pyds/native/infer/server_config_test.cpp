#include "infer/server_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "infer/test_support.h"

namespace pyds {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kBackend[] =
    "backend { triton { model_name: \"cars\" version: -1 model_repo { root: \"models\" } } }";

class ServerConfigTest : public ::testing::Test {
 protected:
  ServerConfigTest() { folder_.write("models/cars/1/model.onnx", ""); }

  // Of a file with `rest` in infer_config and `more` behind it.
  InferConfig read(const std::string& rest, const std::string& more = "") {
    return read_server_config(
        folder_.write("config.txt", "infer_config {\n" + rest + "\n" + kBackend + "}\n" + more));
  }
  std::string error_of(const std::string& rest, const std::string& more = "") {
    try {
      read(rest, more);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  }
  std::string error_of_file(const std::string& text) {
    try {
      read_server_config(folder_.write("config.txt", text));
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  }

  test::TemporaryFolder folder_;
};

TEST_F(ServerConfigTest, WhatIsLeftOutIsAsItWouldBeForNvinfer) {
  const InferConfig config = read("");
  EXPECT_EQ(config.onnx_file, folder_.path("models/cars/1/model.onnx"));
  EXPECT_EQ(config.batch_size, 1u);
  EXPECT_EQ(config.process_mode, ProcessMode::kPrimary);
  EXPECT_EQ(config.network_type(), NetworkType::kOther);
  EXPECT_EQ(config.operate_on_gie_id, -1);
  EXPECT_FLOAT_EQ(config.net_scale_factor, 1);
  EXPECT_EQ(config.network_input_order, InputOrder::kFromModel);
  EXPECT_THAT(config.warnings, IsEmpty());
}

TEST_F(ServerConfigTest, InputAndPreprocessingAreRead) {
  const InferConfig config = read(R"(
    unique_id: 5 gpu_ids: [2] max_batch_size: 4
    preprocess {
      network_format: IMAGE_FORMAT_BGR tensor_order: TENSOR_ORDER_LINEAR tensor_name: "in"
      maintain_aspect_ratio: 1 symmetric_padding: 1 frame_scaling_filter: 0
      frame_scaling_hw: FRAME_SCALING_HW_GPU
      normalize { scale_factor: 0.5 channel_offsets: [1, 2.5, 3] mean_file: "mean.ppm" }
    }
    clip_object_outside_roi: false)");
  EXPECT_EQ(config.unique_id, 5u);
  EXPECT_EQ(config.gpu_id, 2u);
  EXPECT_EQ(config.batch_size, 4u);
  EXPECT_EQ(config.model_color_format, ColorFormat::kBgr);
  EXPECT_EQ(config.network_input_order, InputOrder::kNchw);
  EXPECT_TRUE(config.maintain_aspect_ratio && config.symmetric_padding);
  EXPECT_EQ(config.scaling_filter, 0u);
  EXPECT_FLOAT_EQ(config.net_scale_factor, 0.5f);
  EXPECT_THAT(config.offsets, ElementsAre(1, 2.5f, 3));
  EXPECT_EQ(config.mean_file, folder_.path("mean.ppm"));
  EXPECT_FALSE(config.clip_object_outside_roi);
  EXPECT_THAT(config.warnings, IsEmpty());
}

TEST_F(ServerConfigTest, DimensionsAreInTheOrderOfTheTensor) {
  const auto dims = [&](const std::string& numbers, const std::string& order) {
    return read_server_config(folder_.write("config.txt", R"(infer_config {
      backend { inputs { name: "in" dims: )" + numbers + R"( data_type: TENSOR_DT_FP32 }
                outputs { name: "a" } outputs { name: "b" }
                triton { model_name: "cars" model_repo { root: "models" } } }
      preprocess { tensor_order: )" + order + "} }"))
        .infer_dims;
  };
  EXPECT_THAT(dims("[3, 20, 30]", "TENSOR_ORDER_LINEAR"), ElementsAre(3, 20, 30));
  EXPECT_THAT(dims("[20, 30, 3]", "TENSOR_ORDER_NHWC"), ElementsAre(3, 20, 30));
  EXPECT_THAT(dims("[20, 30, 3]", "TENSOR_ORDER_NONE"), ElementsAre(3, 20, 30));
  EXPECT_THAT(dims("[1, 3, 20, 30]", "TENSOR_ORDER_NONE"), ElementsAre(3, 20, 30));
  EXPECT_THAT(dims("[3, -1, -1]", "TENSOR_ORDER_LINEAR"), IsEmpty());
}

TEST_F(ServerConfigTest, OutputsAreSelectedByName) {
  const InferConfig config = read_server_config(folder_.write("config.txt", R"(infer_config {
      backend { outputs [ { name: "a" }, { name: "b" max_buffer_bytes: 100 } ]
                output_mem_type: MEMORY_TYPE_CPU disable_warmup: true
                trt_is { model_name: "cars" model_repo { root: "models" log_level: 2 } } } })"));
  EXPECT_THAT(config.output_blob_names, ElementsAre("a", "b"));
}

TEST_F(ServerConfigTest, EachKindOfClusteringHasItsThresholds) {
  const auto detection = [&](const std::string& text) {
    return read("postprocess { detection { num_detected_classes: 4 " + text + " } }");
  };
  const InferConfig nms =
      detection("nms { confidence_threshold: 0.4 iou_threshold: 0.6 topk: 20 }");
  EXPECT_EQ(nms.network_type(), NetworkType::kDetector);
  EXPECT_EQ(nms.num_detected_classes, 4u);
  EXPECT_EQ(nms.cluster_mode, ClusterMode::kNms);
  EXPECT_FLOAT_EQ(nms.all_classes.pre_cluster_threshold, 0.4f);
  EXPECT_FLOAT_EQ(nms.all_classes.nms_iou_threshold, 0.6f);
  EXPECT_EQ(nms.all_classes.topk, 20);
  const InferConfig dbscan =
      detection("dbscan { pre_threshold: 0.3 eps: 0.7 min_boxes: 3 min_score: 1.5 }");
  EXPECT_EQ(dbscan.cluster_mode, ClusterMode::kDbscan);
  EXPECT_FLOAT_EQ(dbscan.all_classes.eps, 0.7f);
  EXPECT_EQ(dbscan.all_classes.min_boxes, 3);
  EXPECT_FLOAT_EQ(dbscan.all_classes.dbscan_min_score, 1.5f);
  const InferConfig group =
      detection("group_rectangle { confidence_threshold: 0.2 group_threshold: 2 eps: 0.1 }");
  EXPECT_EQ(group.cluster_mode, ClusterMode::kGroupRectangles);
  EXPECT_EQ(group.all_classes.group_threshold, 2);
  const InferConfig none = detection("simple_cluster { threshold: 0.35 }");
  EXPECT_EQ(none.cluster_mode, ClusterMode::kNone);
  EXPECT_FLOAT_EQ(none.all_classes.pre_cluster_threshold, 0.35f);
  EXPECT_EQ(detection("custom_parse_bbox_func: \"f\"").parse_bbox_func_name, "f");
}

// Whatever is first in the file: the filter of a class starts from that of all.
TEST_F(ServerConfigTest, ClassesStartFromWhatIsSaidOfAll) {
  const InferConfig config = read(R"(
    postprocess { labelfile_path: "labels.txt" detection {
      per_class_params { key: 2 value { pre_threshold: 0.8 } }
      nms { confidence_threshold: 0.4 }
      per_class_params [ { key: 3 value { pre_threshold: 0.9 } } ] } })",
                                  R"(
    output_control { output_tensor_meta: true detect_control {
      specific_class_filters { key: 1 value { roi_top_offset: 7 border_color { g: 1 a: 1 } } }
      specific_class_filters { key: 2 value { bg_color { b: 0.5 } } }
      default_filter { bbox_filter { min_width: 16 max_height: 200 } roi_bottom_offset: 9 }
      filter_out_class_ids: [3, 4] } })");
  EXPECT_EQ(config.labelfile_path, folder_.path("labels.txt"));
  EXPECT_TRUE(config.output_tensor_meta);
  EXPECT_THAT(config.filter_out_class_ids, ElementsAre(3, 4));
  for (int id : {0, 1, 2, 3}) {
    EXPECT_EQ(config.attributes(id).detected_min_w, 16) << id;
    EXPECT_EQ(config.attributes(id).detected_max_h, 200) << id;
    EXPECT_EQ(config.attributes(id).roi_bottom_offset, 9) << id;
    EXPECT_FLOAT_EQ(config.attributes(id).pre_cluster_threshold,
                    id == 2 ? 0.8f : (id == 3 ? 0.9f : 0.4f));
  }
  EXPECT_EQ(config.attributes(1).roi_top_offset, 7);
  EXPECT_EQ(config.attributes(1).border_color.green, 1);
  EXPECT_EQ(config.attributes(1).border_color.red, 0);
  EXPECT_TRUE(config.attributes(2).bg_color.has_value());
  EXPECT_FALSE(config.attributes(1).bg_color.has_value());
}

TEST_F(ServerConfigTest, SecondaryElementsAndClassifiersAreRead) {
  const InferConfig config = read(R"(
    postprocess { classification { threshold: 0.6 custom_parse_classifier_func: "g" } })",
                                  R"(
    input_control { process_mode: PROCESS_MODE_CLIP_OBJECTS operate_on_gie_id: 1
      operate_on_class_ids: [0, 2] secondary_reinfer_interval: 90 async_mode: true
      object_control { bbox_filter { min_width: 40 min_height: 30 } } }
    output_control { classifier_type: "colour" })");
  EXPECT_EQ(config.network_type(), NetworkType::kClassifier);
  EXPECT_FLOAT_EQ(config.classifier_threshold, 0.6f);
  EXPECT_EQ(config.parse_classifier_func_name, "g");
  EXPECT_EQ(config.process_mode, ProcessMode::kSecondary);
  EXPECT_EQ(config.operate_on_gie_id, 1);
  EXPECT_THAT(config.operate_on_class_ids, ElementsAre(0, 2));
  EXPECT_EQ(config.secondary_reinfer_interval, 90);
  EXPECT_TRUE(config.classifier_async_mode);
  EXPECT_EQ(config.input_object_min_width, 40u);
  EXPECT_EQ(config.classifier_type, "colour");
  const InferConfig triton =
      read("postprocess { triton_classification { topk: 1 threshold: 0.5 tensor_name: \"p\" } }");
  EXPECT_EQ(triton.network_type(), NetworkType::kClassifier);
  EXPECT_THAT(triton.output_blob_names, ElementsAre("p"));
  const InferConfig masks = read("postprocess { segmentation { threshold: 0.3 } }");
  EXPECT_EQ(masks.network_type(), NetworkType::kSegmentation);
}

TEST_F(ServerConfigTest, UnknownFieldsWarnWithLineAndNearestName) {
  const InferConfig config = read("preproces {}\npostprocess { other {} }", "inputcontrol {}");
  ASSERT_EQ(config.warnings.size(), 2u);
  EXPECT_THAT(config.warnings[0],
              AllOf(HasSubstr("config.txt:2: infer_config.preproces is unknown"),
                    EndsWith("'preprocess'")));
  EXPECT_THAT(config.warnings[1], HasSubstr("'input_control'"));
}

TEST_F(ServerConfigTest, WrongValuesSayWhereWhatAndWhatIsAllowed) {
  EXPECT_THAT(error_of("max_batch_size: \"4\""),
              HasSubstr("config.txt:2: infer_config.max_batch_size is \"4\"; allowed is a whole "
                        "number from 0 to 1024"));
  EXPECT_THAT(error_of("max_batch_size: 4.5"), HasSubstr("is 4.5"));
  EXPECT_THAT(error_of("unique_id: 99999999999999999999"), HasSubstr("whole number"));
  EXPECT_THAT(error_of("unique_id: 1 unique_id: 2"), HasSubstr("there a second time"));
  EXPECT_THAT(error_of("preprocess { network_format: RGB }"),
              HasSubstr("infer_config.preprocess.network_format is RGB; allowed is one of "
                        "MEDIA_FORMAT_NONE, IMAGE_FORMAT_RGB"));
  EXPECT_THAT(error_of("preprocess { normalize: 3 }"), HasSubstr("normalize { ... }"));
  EXPECT_THAT(error_of("postprocess { detection { nms { iou_threshold: 2 } } }"),
              HasSubstr("a number from 0 to 1"));
  EXPECT_THAT(error_of("", "output_control { output_tensor_meta: yes }"),
              HasSubstr("is yes; allowed is true or false"));
  EXPECT_THAT(error_of("postprocess { detection { per_class_params { value {} } } }"),
              HasSubstr("{ key: ... value { ... } }"));
}

TEST_F(ServerConfigTest, WhatCannotRunHereIsRefusedWithAdvice) {
  EXPECT_THAT(error_of("lstm {}"), HasSubstr("networks with a memory"));
  EXPECT_THAT(error_of("extra { custom_process_funcion: \"f\" }"), HasSubstr("in a probe"));
  EXPECT_THAT(error_of_file("infer_config { backend { triton { model_name: \"a\" "
                            "grpc { url: \"host:8001\" } } } }"),
              AllOf(HasSubstr("backend.triton.grpc: "), HasSubstr("model_repo { root: \"...\" }")));
  EXPECT_THAT(error_of_file("infer_config {}"), HasSubstr("model_name: \"...\""));
  EXPECT_THAT(error_of_file("infer_config { backend { triton { model_name: \"a\" } } }"),
              HasSubstr("model_repo { root: \"...\" }"));
  EXPECT_THAT(error_of_file("[property]\n"), HasSubstr("config.txt:1: expected the name"));
}

TEST_F(ServerConfigTest, TheHighestVersionIsTakenUnlessOneIsNamed) {
  folder_.write("models/cars/2/model.onnx", "");
  folder_.write("models/cars/10/model.onnx", "");
  folder_.write("models/cars/old/model.onnx", "");
  EXPECT_EQ(read("").onnx_file, folder_.path("models/cars/10/model.onnx"));
  const auto version = [](const std::string& number) {
    return "infer_config { backend { triton { model_name: \"cars\" version: " + number +
           " model_repo { root: [\"nowhere\", \"models\"] } } } }";
  };
  EXPECT_EQ(read_server_config(folder_.write("config.txt", version("2"))).onnx_file,
            folder_.path("models/cars/2/model.onnx"));
  EXPECT_THAT(error_of_file(version("3")), HasSubstr("has no version 3; it has 1, 2, 10"));
}

TEST_F(ServerConfigTest, TheRepositoryNamesFileLabelsAndBatch) {
  folder_.write("models/cars/1/detector.onnx", "");
  folder_.write("models/cars/config.pbtxt", R"(
    name: "cars" platform: "onnxruntime_onnx" max_batch_size: 8
    default_model_filename: "detector.onnx"
    input [ { name: "in" data_type: TYPE_FP32 dims: [ 3, -1, -1 ] } ]
    output [ { name: "out" dims: [ 4 ] label_filename: "labels.txt" } ]
    instance_group [ { kind: KIND_CPU } ])");
  const InferConfig config = read("max_batch_size: 16");
  EXPECT_EQ(config.onnx_file, folder_.path("models/cars/1/detector.onnx"));
  EXPECT_EQ(config.labelfile_path, folder_.path("models/cars/labels.txt"));
  EXPECT_EQ(config.batch_size, 8u);
  folder_.write("models/cars/config.pbtxt", "max_batch_size: 0");
  EXPECT_EQ(read("max_batch_size: 16").batch_size, 1u);
  folder_.write("models/cars/config.pbtxt", "max_batch_size {");
  EXPECT_THAT(error_of(""), HasSubstr("models/cars/config.pbtxt:1: expected '}'"));
}

TEST_F(ServerConfigTest, ModelsOfOtherFormatsAreRefusedWithAdvice) {
  const auto error_with = [&](const std::string& file) {
    folder_.write("models/" + file + "/1/" + file, "");
    return error_of_file("infer_config { backend { triton { model_name: \"" + file +
                         "\" model_repo { root: \"models\" } } } }");
  };
  EXPECT_THAT(error_with("model.graphdef"), AllOf(HasSubstr("TensorFlow"), HasSubstr("tf2onnx")));
  EXPECT_THAT(error_with("model.plan"), HasSubstr("TensorRT"));
  EXPECT_THAT(error_with("model.py"), HasSubstr("Python backend"));
  EXPECT_THAT(error_with("model.unknown"), HasSubstr("there is no model.onnx in"));
  EXPECT_THAT(error_of_file("infer_config { backend { triton { model_name: \"bikes\" "
                            "model_repo { root: \"models\" } } } }"),
              AllOf(HasSubstr("no model 'bikes'"), HasSubstr("models/bikes' does not exist")));
}

TEST_F(ServerConfigTest, PublicConfigurationsAreReadButForTheirModels) {
  const std::filesystem::path files = test::data_folder() / "configs/nvinferserver";
  if (!std::filesystem::is_directory(files))
    GTEST_SKIP() << "set PYTHIA_TEST_DATA to the test data to run this";
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(files)) {
    try {
      read_server_config(entry.path());
      ADD_FAILURE() << "a model for " << entry.path();
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr("in the model repository")) << entry.path();
    }
    ++count;
  }
  EXPECT_GT(count, 0);
}

}  // namespace
}  // namespace pyds
