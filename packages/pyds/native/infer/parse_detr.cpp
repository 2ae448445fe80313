// DETR and its relatives: a logit of every class and a box for each query, no suppression needed.
#include <algorithm>
#include <cmath>

#include "infer/layers.h"

namespace pyds {
namespace {

class DetrParser : public DetectionParser {
 public:
  explicit DetrParser(const ParserSetup& setup)
      : network_(setup.network),
        logits_(find_output(setup.outputs, {"logits"})),
        boxes_(find_output(setup.outputs, {"boxes", "bbox"})) {
    if (logits_ == kNoLayer || boxes_ == kNoLayer || setup.outputs[logits_].shape.size() < 3 ||
        setup.outputs[logits_].shape.back() < 1)
      throw ConfigError(
          "DETR has outputs named '...logits' (N x queries x classes) and '...boxes' "
          "(N x queries x 4); this model has " +
          describe_outputs(setup.outputs));
    columns_ = unsigned(setup.outputs[logits_].shape.back());
    // The first DETR scores "no object" as one class more, against which the others compete. Its
    // successors score each class on its own.
    has_no_object_ = setup.num_classes != 0 && columns_ == setup.num_classes + 1;
  }

  unsigned num_classes() const override { return columns_ - (has_no_object_ ? 1 : 0); }

  void parse(const Layers& layers, const Thresholds& thresholds,
             Detections* detections) const override {
    const size_t queries = row_count(layers[logits_], columns_);
    const float* logits = float_values(layers, logits_, queries * columns_);
    const float* boxes = float_values(layers, boxes_, queries * 4);
    const auto width = float(network_.width), height = float(network_.height);
    for (size_t i = 0; i < queries; ++i, logits += columns_, boxes += 4) {
      const auto class_id = unsigned(std::max_element(logits, logits + num_classes()) - logits);
      const float confidence =
          has_no_object_ ? softmax(logits, class_id) : 1.0f / (1.0f + std::exp(-logits[class_id]));
      if (confidence >= thresholds.of(class_id))
        detections->push_back(from_centre(class_id, confidence, boxes[0] * width, boxes[1] * height,
                                          boxes[2] * width, boxes[3] * height, i));
    }
  }

 private:
  float softmax(const float* logits, unsigned class_id) const {
    const float highest = *std::max_element(logits, logits + columns_);
    float sum = 0.0f;
    for (unsigned c = 0; c < columns_; ++c) sum += std::exp(logits[c] - highest);
    return std::exp(logits[class_id] - highest) / sum;
  }

  NvDsInferNetworkInfo network_;
  size_t logits_, boxes_;
  unsigned columns_ = 0;
  bool has_no_object_ = false;
};

}  // namespace

std::unique_ptr<DetectionParser> make_detr_parser(const ParserSetup& setup) {
  return std::make_unique<DetrParser>(setup);
}

}  // namespace pyds
