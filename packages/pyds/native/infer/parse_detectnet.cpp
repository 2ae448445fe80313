// DetectNet_v2: a grid of coverage per class and a grid of boxes per class.
#include "infer/layers.h"

namespace pyds {
namespace {

constexpr float kBoxNorm = 35.0f;    // boxes are distances from the cell's centre in this unit
constexpr float kCellCentre = 0.5f;  // of a cell, in network pixels

class DetectNetParser : public DetectionParser {
 public:
  explicit DetectNetParser(const ParserSetup& setup)
      : network_(setup.network),
        coverage_(find_output(setup.outputs, {"cov"})),
        boxes_(find_output(setup.outputs, {"bbox"})) {
    if (coverage_ == kNoLayer || boxes_ == kNoLayer)
      throw ConfigError(
          "DetectNet_v2 needs outputs named '...cov...' and '...bbox...'; this "
          "model has " +
          describe_outputs(setup.outputs));
    const std::vector<int64_t>& shape = setup.outputs[coverage_].shape;
    if (shape.size() == 4 && shape[1] > 0) num_classes_ = static_cast<unsigned>(shape[1]);
  }

  unsigned num_classes() const override { return num_classes_; }

  void parse(const Layers& layers, const Thresholds& thresholds,
             Detections* detections) const override {
    const NvDsInferDims& dims = layers[coverage_].inferDims;
    if (dims.numDims != 3)
      throw EngineError("DetectNet_v2: the coverage output is not classes x rows x columns");
    const size_t classes = dims.d[0], rows = dims.d[1], columns = dims.d[2];
    const size_t cells = rows * columns;
    const float* coverage = float_values(layers, coverage_, classes * cells);
    const float* boxes = float_values(layers, boxes_, 4 * classes * cells);
    const float stride_x = float((network_.width + columns - 1) / columns);
    const float stride_y = float((network_.height + rows - 1) / rows);
    for (unsigned c = 0; c < classes; ++c) {
      const float threshold = thresholds.of(c);
      for (size_t cell = 0; cell < cells; ++cell) {
        const float confidence = coverage[c * cells + cell];
        if (!(confidence >= threshold)) continue;
        const float x = (float(cell % columns) * stride_x + kCellCentre) / kBoxNorm;
        const float y = (float(cell / columns) * stride_y + kCellCentre) / kBoxNorm;
        const float* box = boxes + 4 * c * cells + cell;
        detections->push_back(
            from_corners(c, confidence, (x - box[0]) * kBoxNorm, (y - box[cells]) * kBoxNorm,
                         (box[2 * cells] + x) * kBoxNorm, (box[3 * cells] + y) * kBoxNorm));
      }
    }
  }

 private:
  NvDsInferNetworkInfo network_;
  size_t coverage_, boxes_;
  unsigned num_classes_ = 0;
};

}  // namespace

std::unique_ptr<DetectionParser> make_detectnet_parser(const ParserSetup& setup) {
  return std::make_unique<DetectNetParser>(setup);
}

}  // namespace pyds
