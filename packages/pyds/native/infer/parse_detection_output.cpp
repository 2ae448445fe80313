// DetectionOutput, the last layer of SSD models from Caffe, TAO and OpenVINO: rows of image, class,
// confidence, x1, y1, x2, y2, the box as fractions of the picture.
#include "infer/layers.h"

namespace pyds {
namespace {

class DetectionOutputParser : public DetectionParser {
 public:
  explicit DetectionOutputParser(const ParserSetup& setup) : network_(setup.network) {
    for (size_t i = 0; i < setup.outputs.size(); ++i) {
      const std::vector<int64_t> axes = squeezed(setup.outputs[i]);
      if (axes.empty() || axes.size() > 2 || axes.back() != 7) continue;
      output_ = i;
      return;
    }
    throw ConfigError(
        "an output of 1 x 1 x boxes x 7 (image, class, confidence, x1, y1, x2, y2) is "
        "needed; this model has " +
        describe_outputs(setup.outputs));
  }

  void parse(const Layers& layers, const Thresholds& thresholds,
             Detections* detections) const override {
    const size_t boxes = row_count(layers[output_], 7);
    const float* row = float_values(layers, output_, boxes * 7);
    const float width = float(network_.width), height = float(network_.height);
    for (size_t i = 0; i < boxes; ++i, row += 7) {
      if (row[0] < 0.0f) break;  // end of the list
      if (!(row[2] >= thresholds.lowest()) || !(row[1] >= 0.0f)) continue;
      const auto class_id = static_cast<unsigned>(row[1] + 0.5f);
      if (row[2] >= thresholds.of(class_id))
        detections->push_back(from_corners(class_id, row[2], row[3] * width, row[4] * height,
                                           row[5] * width, row[6] * height));
    }
  }

 private:
  NvDsInferNetworkInfo network_;
  size_t output_ = 0;
};

}  // namespace

std::unique_ptr<DetectionParser> make_detection_output_parser(const ParserSetup& setup) {
  return std::make_unique<DetectionOutputParser>(setup);
}

}  // namespace pyds
