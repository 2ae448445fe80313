#include "infer/parser.h"

#include <glib.h>

#include <algorithm>
#include <map>

#include "infer/custom_code.h"
#include "infer/layers.h"
#include "infer/python_runtime.h"

namespace pyds {
namespace {

using Maker = std::unique_ptr<DetectionParser> (*)(const ParserSetup&);

struct Family {
  const char* name;
  Maker make;
};

// Anchors of YOLOX: one per cell of three grids (YOLOv5 and v7 have three per cell).
int64_t yolox_anchors(const NvDsInferNetworkInfo& network) {
  int64_t anchors = 0;
  for (int64_t stride : {8, 16, 32})
    anchors += (network.width / stride) * (network.height / stride);
  return anchors;
}

// Rows of 6 or 7 numbers may be boxes, or x, y, w, h, objectness and one or two scores of anchors.
bool are_anchors(int64_t rows, const ParserSetup& setup) {
  const int64_t anchors = yolox_anchors(setup.network);
  return rows == anchors || rows == 3 * anchors;
}

// The family a matrix of numbers per frame belongs to, or none.
Family family_of_matrix(const std::vector<int64_t>& axes, const ParserSetup& setup,
                        bool six_are_boxes) {
  if (axes.size() == 1 && axes[0] == 6) return {"boxes of 6 values", make_boxes6_parser};
  if (axes.size() == 1 && axes[0] == 7) return {"DetectionOutput", make_detection_output_parser};
  if (axes.size() != 2) return {};
  const int64_t rows = axes[0], columns = axes[1];
  const int64_t classes = setup.num_classes;
  const bool rows_are_few = rows != kDynamic && (columns == kDynamic || rows < columns);
  const bool boxes6 = columns == 6 && (six_are_boxes || classes != 1 || !are_anchors(rows, setup));
  if (boxes6) return {"boxes of 6 values", make_boxes6_parser};
  if (classes && rows == 4 + classes) return {"YOLOv8/YOLO11", make_yolo_columns_parser};
  if (classes && columns == 5 + classes)
    return rows == yolox_anchors(setup.network) ? Family{"YOLOX", make_yolox_parser}
                                                : Family{"YOLOv5/YOLOv7", make_yolo_rows_parser};
  if (classes && columns == 4 + classes)
    return {"YOLOv8/YOLO11 (anchors first)", make_yolo_columns_parser};
  if (columns == 7 && !are_anchors(rows, setup))
    return {"DetectionOutput", make_detection_output_parser};
  if (rows_are_few && rows > 4) return {"YOLOv8/YOLO11", make_yolo_columns_parser};
  if (columns > 5 && rows == yolox_anchors(setup.network)) return {"YOLOX", make_yolox_parser};
  if (columns > 5) return {"YOLOv5/YOLOv7", make_yolo_rows_parser};
  return {};
}

Family recognize(const ParserSetup& setup, bool six_are_boxes) {
  const auto has = [&](std::vector<std::string> words) {
    return find_output(setup.outputs, words) != kNoLayer;
  };
  if (has({"cov"}) && has({"bbox"})) return {"DetectNet_v2", make_detectnet_parser};
  if (has({"boxes", "bboxes"}) && has({"scores"}))
    return has({"classes", "labels"}) ? Family{"boxes, scores, classes", make_nms_parser}
                                      : Family{"SSD", make_ssd_parser};
  if (has({"logits"}) && has({"boxes"})) return {"DETR", make_detr_parser};
  for (const TensorSpec& output : setup.outputs)
    if (const Family family = family_of_matrix(squeezed(output), setup, six_are_boxes); family.make)
      return family;
  return {};
}

// Names of parsers in libraries that DeepStream configurations load, and what we have for them.
// No maker: any of the families, whichever the shapes say; rows of 6 numbers are boxes, as the
// exporters that belong to those libraries write them.
const std::map<std::string, Family>& known_names() {
  static const Family yolo = {"YOLO", nullptr};
  static const Family yolox = {"YOLOX", make_yolox_parser};
  static const Family nms = {"boxes, scores, classes", make_nms_parser};
  static const Family ssd = {"SSD", make_ssd_parser};
  static const Family detectnet = {"DetectNet_v2", make_detectnet_parser};
  static const std::map<std::string, Family> names = {
      {"NvDsInferParseYolo", yolo},
      {"NvDsInferParseYoloCuda", yolo},
      {"NvDsInferParseYoloE", yolo},
      {"NvDsInferParseYoloECuda", yolo},
      {"NvDsInferParseCustomYolo", yolo},
      {"NvDsInferParseCustomYoloV5", yolo},
      {"NvDsInferParseCustomYoloV7", yolo},
      {"NvDsInferParseCustomYoloV7_cuda", yolo},
      {"NvDsInferParseCustomYoloV8", yolo},
      {"NvDsInferParseCustomYoloV9", yolo},
      {"NvDsInferParseCustomYoloV10", yolo},
      {"NvDsInferParseCustomYoloV11", yolo},
      {"NvDsInferParseYoloV5", yolo},
      {"NvDsInferParseYoloV7", yolo},
      {"NvDsInferParseYoloV8", yolo},
      {"NvDsInferParseYoloX", yolox},
      {"NvDsInferParseCustomYoloX", yolox},
      {"NvDsInferParseCustomBatchedNMSTLT", nms},
      {"NvDsInferParseCustomEfficientDetTAO", nms},
      {"NvDsInferParseCustomEfficientNMS", nms},
      {"NvDsInferParseCustomTfSSD", nms},
      {"NvDsInferParseCustomNMSTLT", {"DetectionOutput", make_detection_output_parser}},
      {"NvDsInferParseCustomSSD", ssd},
      {"NvDsInferParseCustomDDETRTAO", {"DETR", make_detr_parser}},
      {"NvDsInferParseCustomResnet", detectnet},
      {"NvDsInferParseCustomDetectNet", detectnet},
  };
  return names;
}

std::string choices() {
  std::string text;
  for (const auto& [name, family] : known_names()) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::unique_ptr<DetectionParser> make_from_shapes(const ParserSetup& setup, bool six_are_boxes,
                                                  std::string* chosen) {
  const Family family = recognize(setup, six_are_boxes);
  if (!family.make)
    throw ConfigError("nobody here can read the model's " + describe_outputs(setup.outputs) +
                      ". Set parse-bbox-func-name to one of " + choices() +
                      ", or write a parser in Python (custom-lib-path=parser.py, "
                      "parse-bbox-func-name=<function>), or set network-type=100 and "
                      "output-tensor-meta=1 and read the tensors in a probe");
  *chosen += std::string("parser ") + family.name + ", recognised from the " +
             describe_outputs(setup.outputs);
  return family.make(setup);
}

}  // namespace

Thresholds::Thresholds(const InferConfig& config, unsigned num_classes)
    : other_(config.all_classes.pre_cluster_threshold), lowest_(other_) {
  for (unsigned id = 0; id < num_classes; ++id)
    values_.push_back(config.attributes(int(id)).pre_cluster_threshold);
  for (const auto& [id, attributes] : config.classes) {
    while (values_.size() <= size_t(id))
      values_.push_back(config.attributes(int(values_.size())).pre_cluster_threshold);
    lowest_ = std::min(lowest_, attributes.pre_cluster_threshold);
  }
}

std::unique_ptr<DetectionParser> make_parser(const InferConfig& config, const ParserSetup& setup,
                                             std::string* chosen) {
  const std::string& name = config.parse_bbox_func_name;
  const auto known = known_names().find(name);
  const bool is_known = known != known_names().end();
  const CustomCode code = find_custom_code(config, "parse-bbox-func-name", name, is_known, chosen);
  if (code == CustomCode::kPython)
    return python_runtime_for(config, "parse-bbox-func-name", name)
        .load_parser(config.custom_lib_path, name, setup);
  if (code == CustomCode::kLibrary) return make_custom_parser(config, setup);
  if (name.empty()) return make_from_shapes(setup, false, chosen);
  if (!is_known)
    throw ConfigError("parse-bbox-func-name=" + name + " is not built in. Built in: " + choices() +
                      ". Leave the key out to have the outputs recognised (" +
                      describe_outputs(setup.outputs) +
                      "), or set custom-lib-path to the library or Python file that has it");
  if (!known->second.make) return make_from_shapes(setup, true, chosen);
  *chosen += "parser " + std::string(known->second.name) + " for parse-bbox-func-name=" + name;
  return known->second.make(setup);
}

}  // namespace pyds
