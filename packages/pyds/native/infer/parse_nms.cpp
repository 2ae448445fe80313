// Separate outputs for boxes, scores and classes, with or without a count: EfficientNMS,
// BatchedNMS, TensorFlow's object detection models, older exporters of DeepStream-Yolo.
#include <algorithm>

#include "infer/layers.h"

namespace pyds {
namespace {

class NmsParser : public DetectionParser {
 public:
  explicit NmsParser(const ParserSetup& setup)
      : network_(setup.network),
        boxes_(find_output(setup.outputs, {"boxes", "bboxes"})),
        scores_(find_output(setup.outputs, {"scores"})),
        classes_(find_output(setup.outputs, {"classes", "labels"})),
        count_(find_output(setup.outputs, {"num_det", "num_box", "keep_count", "valid"})) {
    if (boxes_ == kNoLayer || scores_ == kNoLayer || classes_ == kNoLayer)
      throw ConfigError(
          "outputs named '...boxes', '...scores' and '...classes' (or labels) are "
          "needed; this model has " +
          describe_outputs(setup.outputs));
    // TensorFlow's models put y first; they are the ones that call their outputs so.
    y_first_ = setup.outputs[boxes_].name.find("detection_boxes") != std::string::npos;
  }

  void parse(const Layers& layers, const Thresholds& thresholds,
             Detections* detections) const override {
    const size_t count = box_count(layers);
    const float* boxes = float_values(layers, boxes_, 4 * count);
    const float* scores = float_values(layers, scores_, count);
    const bool fractions = are_fractions(boxes, 4 * count);
    const float width = fractions ? float(network_.width) : 1.0f;
    const float height = fractions ? float(network_.height) : 1.0f;
    const int x = y_first_ ? 1 : 0;
    for (size_t i = 0; i < count; ++i) {
      const double label = value_at(layers[classes_], i);
      if (!(scores[i] >= thresholds.lowest()) || !(label >= 0.0)) continue;
      const auto class_id = static_cast<unsigned>(label + 0.5);
      if (!(scores[i] >= thresholds.of(class_id))) continue;
      const float* box = boxes + 4 * i;
      detections->push_back(from_corners(class_id, scores[i], box[x] * width, box[1 - x] * height,
                                         box[2 + x] * width, box[3 - x] * height, i));
    }
  }

 private:
  size_t box_count(const Layers& layers) const {
    const size_t room = std::min<size_t>({layers[boxes_].inferDims.numElements / 4,
                                          layers[scores_].inferDims.numElements,
                                          layers[classes_].inferDims.numElements});
    if (count_ == kNoLayer || layers[count_].inferDims.numElements == 0) return room;
    const double count = value_at(layers[count_], 0);
    return count > 0 ? std::min(room, static_cast<size_t>(count)) : 0;
  }

  NvDsInferNetworkInfo network_;
  size_t boxes_, scores_, classes_, count_;
  bool y_first_;
};

}  // namespace

std::unique_ptr<DetectionParser> make_nms_parser(const ParserSetup& setup) {
  return std::make_unique<NmsParser>(setup);
}

}  // namespace pyds
