#include "infer/instance_parser.h"

#include <algorithm>
#include <set>

#include "infer/custom_code.h"
#include "infer/layers.h"
#include "infer/mask_reader.h"
#include "infer/python_runtime.h"

namespace pyds {
namespace {

constexpr char kKey[] = "parse-bbox-instance-mask-func-name";

// Parsers of other people's libraries that read what is read here by names and shapes.
const std::set<std::string> kKnownNames = {"NvDsInferParseYoloSeg", "NvDsInferParseCustomMrcnnTLT",
                                           "NvDsInferParseCustomMrcnnTLTV2",
                                           "NvDsInferParseCustomDetectron2"};

// A built-in parser of boxes and a reader of the masks that belong to them.
class BuiltInParser : public InstanceParser {
 public:
  BuiltInParser(std::unique_ptr<DetectionParser> boxes, std::unique_ptr<MaskReader> masks)
      : boxes_(std::move(boxes)), masks_(std::move(masks)) {}

  unsigned num_classes() const override { return boxes_->num_classes(); }
  float mask_threshold() const override { return masks_->threshold(); }

  std::unique_ptr<MaskSource> parse(const Layers& layers, const Thresholds& thresholds,
                                    Detections* detections) const override {
    boxes_->parse(layers, thresholds, detections);
    return std::make_unique<Source>(layers, *masks_, *detections);
  }

 private:
  class Source : public MaskSource {
   public:
    Source(const Layers& layers, const MaskReader& masks, const Detections& found)
        : layers_(layers), masks_(masks), found_(found) {}

    InstanceMask mask(const Detection& detection) const override {
      // Parsers go through the rows in order.
      const auto found = std::lower_bound(
          found_.begin(), found_.end(), detection.row,
          [](const Detection& candidate, unsigned row) { return candidate.row < row; });
      return found == found_.end() ? InstanceMask() : masks_.read(layers_, *found, detection);
    }

   private:
    const Layers& layers_;
    const MaskReader& masks_;
    Detections found_;
  };

  std::unique_ptr<DetectionParser> boxes_;
  std::unique_ptr<MaskReader> masks_;
};

struct Choice {
  std::string family;
  std::unique_ptr<DetectionParser> boxes;
  std::unique_ptr<MaskReader> masks;
};

// YOLO: prototypes of N x masks x height x width, and a matrix of boxes with as many coefficients.
Choice choose_yolo(ParserSetup setup, size_t prototypes) {
  setup.extra_columns = unsigned(setup.outputs[prototypes].shape[1]);
  const int64_t masks = setup.extra_columns;
  for (size_t i = 0; i < setup.outputs.size(); ++i) {
    const std::vector<int64_t> axes = squeezed(setup.outputs[i]);
    if (axes.size() != 2) continue;
    const int64_t rows = axes[0], columns = axes[1];
    const auto reader = [&](int64_t channels, bool channels_first) {
      return make_prototype_mask_reader(
          setup, prototypes, {i, size_t(channels), size_t(channels - masks), channels_first});
    };
    // Models that leave nothing to suppress give a few hundred boxes; anchors are thousands.
    if (columns == 6 + masks && rows <= 1000)
      return {"boxes of 6 values with prototypes", make_boxes6_parser(setup),
              reader(columns, false)};
    if (rows > 4 + masks && (columns == kDynamic || rows < columns))
      return {"YOLOv8/YOLO11 with prototypes", make_yolo_columns_parser(setup), reader(rows, true)};
    if (setup.num_classes && columns == 5 + int64_t{setup.num_classes} + masks)
      return {"YOLOv5/YOLOv7 with prototypes", make_yolo_rows_parser(setup),
              reader(columns, false)};
    if (columns > 4 + masks)
      return {"YOLOv8/YOLO11 (anchors first) with prototypes", make_yolo_columns_parser(setup),
              reader(columns, false)};
  }
  return {};
}

// Masks as large as the network's picture show all of it; smaller ones show the box.
bool are_of_the_picture(const TensorSpec& masks, const NvDsInferNetworkInfo& network) {
  const size_t axes = masks.shape.size();
  return masks.shape[axes - 1] == network.width && masks.shape[axes - 2] == network.height;
}

Choice choose(const ParserSetup& setup) {
  const auto find = [&](std::vector<std::string> words) {
    return find_output(setup.outputs, words);
  };
  const auto has = [&](std::vector<std::string> words) { return find(words) != kNoLayer; };
  const size_t masks = find({"mask"});
  if (masks != kNoLayer && setup.outputs[masks].shape.size() >= 3) {
    const TensorSpec& output = setup.outputs[masks];
    if (has({"generate_detections"}))
      return {"Mask R-CNN of TAO", make_mrcnn_parser(setup),
              make_box_mask_reader(setup, masks, true)};
    if (has({"boxes"}) && has({"scores"}) && has({"classes", "labels"})) {
      if (are_of_the_picture(output, setup.network) || output.shape.back() == kDynamic)
        return {"boxes, scores, classes, masks of the picture", make_nms_parser(setup),
                make_picture_mask_reader(setup, masks, false)};
      return {"boxes, scores, classes, masks of the boxes", make_nms_parser(setup),
              make_box_mask_reader(setup, masks, false)};
    }
    if (has({"logits"}) && has({"boxes"}))
      return {"DETR with masks", make_detr_parser(setup),
              make_picture_mask_reader(setup, masks, true)};
  }
  for (size_t i = 0; i < setup.outputs.size(); ++i)
    if (setup.outputs[i].shape.size() == 4 && setup.outputs[i].shape[1] > 1)
      if (Choice choice = choose_yolo(setup, i); choice.boxes) return choice;
  return {};
}

}  // namespace

std::unique_ptr<InstanceParser> make_instance_parser(const InferConfig& config,
                                                     const ParserSetup& setup,
                                                     std::string* chosen) {
  const std::string& name = config.parse_bbox_instance_mask_func_name;
  const bool is_known = kKnownNames.count(name) > 0;
  const CustomCode code = find_custom_code(config, kKey, name, is_known, chosen);
  if (code == CustomCode::kPython)
    return python_runtime_for(config, kKey, name)
        .load_instance_parser(config.custom_lib_path, name, setup);
  if (code == CustomCode::kLibrary) return make_custom_instance_parser(config, setup);
  if (!name.empty() && !is_known)
    throw ConfigError(std::string(kKey) + "=" + name +
                      " is not built in: set custom-lib-path to the library or Python file that "
                      "has it, or leave the key out to have the outputs recognised (" +
                      describe_outputs(setup.outputs) + ")");
  Choice choice = choose(setup);
  if (!choice.boxes)
    throw ConfigError(config.file + ": nobody here can read objects with masks from the model's " +
                      describe_outputs(setup.outputs) +
                      ". What is read: outputs named boxes, scores, classes (or labels) and masks; "
                      "YOLO's boxes with prototypes; logits, boxes and masks; and "
                      "generate_detections with masks. Rename the outputs, or write a parser and "
                      "set " +
                      kKey + " and custom-lib-path");
  *chosen += "parser " + choice.family + ", recognised from the " + describe_outputs(setup.outputs);
  return std::make_unique<BuiltInParser>(std::move(choice.boxes), std::move(choice.masks));
}

}  // namespace pyds
