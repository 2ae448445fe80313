// YOLOv5 and YOLOv7: decoded rows of centre, size, objectness and class scores.
#include "infer/parse_yolo_rows.h"

namespace pyds {
namespace {

class YoloRowsParser : public DetectionParser {
 public:
  explicit YoloRowsParser(const ParserSetup& setup)
      : rows_(find_yolo_rows(setup, "YOLOv5/YOLOv7")) {}

  unsigned num_classes() const override { return rows_.num_classes; }

  void parse(const Layers& layers, const Thresholds& thresholds,
             Detections* detections) const override {
    for_each_candidate(layers, rows_, thresholds,
                       [&](size_t anchor, const float* row, unsigned class_id, float confidence) {
                         detections->push_back(from_centre(class_id, confidence, row[0], row[1],
                                                           row[2], row[3], anchor));
                       });
  }

 private:
  YoloRows rows_;
};

}  // namespace

YoloRows find_yolo_rows(const ParserSetup& setup, const char* family) {
  for (size_t i = 0; i < setup.outputs.size(); ++i) {
    const std::vector<int64_t> axes = squeezed(setup.outputs[i]);
    const int64_t least = 5 + int64_t{setup.extra_columns};
    if (axes.size() == 2 && axes[1] > least)
      return {i, static_cast<unsigned>(axes[1] - least), static_cast<size_t>(axes[1])};
  }
  throw ConfigError(std::string(family) +
                    " has an output of N x anchors x (5 + classes); this model has " +
                    describe_outputs(setup.outputs));
}

std::unique_ptr<DetectionParser> make_yolo_rows_parser(const ParserSetup& setup) {
  return std::make_unique<YoloRowsParser>(setup);
}

}  // namespace pyds
