// Decoded rows of x1, y1, x2, y2, confidence, class: YOLOv10, YOLO26, models exported with built-in
// NMS, and the exporters of DeepStream-Yolo.
#include "infer/layers.h"

namespace pyds {
namespace {

class Boxes6Parser : public DetectionParser {
 public:
  explicit Boxes6Parser(const ParserSetup& setup) {
    for (size_t i = 0; i < setup.outputs.size(); ++i) {
      const std::vector<int64_t> axes = squeezed(setup.outputs[i]);
      if (axes.empty() || axes.size() > 2 || axes.back() != 6 + setup.extra_columns) continue;
      output_ = i;
      columns_ = 6 + setup.extra_columns;
      return;
    }
    throw ConfigError(
        "an output of N x boxes x 6 (x1, y1, x2, y2, confidence, class) is needed; "
        "this model has " +
        describe_outputs(setup.outputs));
  }

  void parse(const Layers& layers, const Thresholds& thresholds,
             Detections* detections) const override {
    const size_t boxes = row_count(layers[output_], columns_);
    const float* row = float_values(layers, output_, boxes * columns_);
    for (size_t i = 0; i < boxes; ++i, row += columns_) {
      if (!(row[4] >= thresholds.lowest()) || !(row[5] >= 0.0f)) continue;
      const auto class_id = static_cast<unsigned>(row[5] + 0.5f);
      if (row[4] >= thresholds.of(class_id))
        detections->push_back(from_corners(class_id, row[4], row[0], row[1], row[2], row[3], i));
    }
  }

 private:
  size_t output_ = 0;
  size_t columns_ = 6;
};

}  // namespace

std::unique_ptr<DetectionParser> make_boxes6_parser(const ParserSetup& setup) {
  return std::make_unique<Boxes6Parser>(setup);
}

}  // namespace pyds
