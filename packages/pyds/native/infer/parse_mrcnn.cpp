// Mask R-CNN of NVIDIA's TAO (peopleSegNet): rows of y1, x1, y2, x2, class, confidence.
#include "infer/layers.h"

namespace pyds {
namespace {

class MrcnnParser : public DetectionParser {
 public:
  explicit MrcnnParser(const ParserSetup& setup)
      : network_(setup.network), output_(find_output(setup.outputs, {"generate_detections"})) {
    if (output_ == kNoLayer)
      throw ConfigError(
          "Mask R-CNN of TAO has an output 'generate_detections' (N x boxes x 6); this model has " +
          describe_outputs(setup.outputs));
  }

  void parse(const Layers& layers, const Thresholds& thresholds,
             Detections* detections) const override {
    const size_t boxes = row_count(layers[output_], 6);
    const float* rows = float_values(layers, output_, boxes * 6);
    const bool fractions = are_boxes_fractions(rows, boxes);
    const float width = fractions ? float(network_.width) : 1.0f;
    const float height = fractions ? float(network_.height) : 1.0f;
    for (size_t i = 0; i < boxes; ++i) {
      const float* row = rows + 6 * i;
      if (!(row[4] >= 0.0f)) continue;
      const auto class_id = unsigned(row[4] + 0.5f);
      if (row[5] >= thresholds.of(class_id))
        detections->push_back(from_corners(class_id, row[5], row[1] * width, row[0] * height,
                                           row[3] * width, row[2] * height, i));
    }
  }

 private:
  static bool are_boxes_fractions(const float* rows, size_t boxes) {
    for (size_t i = 0; i < boxes; ++i)
      if (!are_fractions(rows + 6 * i, 4)) return false;
    return true;
  }

  NvDsInferNetworkInfo network_;
  size_t output_;
};

}  // namespace

std::unique_ptr<DetectionParser> make_mrcnn_parser(const ParserSetup& setup) {
  return std::make_unique<MrcnnParser>(setup);
}

}  // namespace pyds
