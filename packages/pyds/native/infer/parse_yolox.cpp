// YOLOX: rows relative to the cells of three grids, or already decoded by the model.
#include <cmath>

#include "infer/parse_yolo_rows.h"

namespace pyds {
namespace {

constexpr unsigned kStrides[] = {8, 16, 32};

struct Cell {
  float x, y, stride;
};

std::vector<Cell> grid_cells(const NvDsInferNetworkInfo& network) {
  std::vector<Cell> cells;
  for (unsigned stride : kStrides)
    for (unsigned y = 0; y < network.height / stride; ++y)
      for (unsigned x = 0; x < network.width / stride; ++x)
        cells.push_back({float(x), float(y), float(stride)});
  return cells;
}

class YoloxParser : public DetectionParser {
 public:
  explicit YoloxParser(const ParserSetup& setup)
      : rows_(find_yolo_rows(setup, "YOLOX")), cells_(grid_cells(setup.network)) {
    const int64_t anchors = squeezed(setup.outputs[rows_.output])[0];
    if (anchors != kDynamic && size_t(anchors) != cells_.size())
      throw ConfigError("YOLOX for an input of " + std::to_string(setup.network.width) + " x " +
                        std::to_string(setup.network.height) + " has " +
                        std::to_string(cells_.size()) + " anchors (strides 8, 16, 32), but " +
                        describe_outputs(setup.outputs));
  }

  unsigned num_classes() const override { return rows_.num_classes; }

  void parse(const Layers& layers, const Thresholds& thresholds,
             Detections* detections) const override {
    const size_t columns = 5 + rows_.num_classes;
    const float* values = float_values(layers, rows_.output, cells_.size() * columns);
    if (is_decoded(values, columns)) {
      for_each_candidate(layers, rows_, thresholds,
                         [&](size_t, const float* row, unsigned class_id, float confidence) {
                           detections->push_back(
                               from_centre(class_id, confidence, row[0], row[1], row[2], row[3]));
                         });
      return;
    }
    for_each_candidate(layers, rows_, thresholds,
                       [&](size_t anchor, const float* row, unsigned class_id, float confidence) {
                         const Cell& cell = cells_[anchor];
                         detections->push_back(from_centre(
                             class_id, confidence, (row[0] + cell.x) * cell.stride,
                             (row[1] + cell.y) * cell.stride, std::exp(row[2]) * cell.stride,
                             std::exp(row[3]) * cell.stride));
                       });
  }

 private:
  // Both exports have the same shape. Centres relative to cells are near 0 everywhere; decoded ones
  // follow the grid, so between the ends of its first row they differ by nearly the whole width.
  bool is_decoded(const float* values, size_t columns) const {
    size_t last_of_row = 0;
    while (last_of_row + 1 < cells_.size() && cells_[last_of_row + 1].y == 0.0f &&
           cells_[last_of_row + 1].stride == cells_[0].stride)
      ++last_of_row;
    const float across = values[last_of_row * columns] - values[0];
    return across > 0.5f * cells_[last_of_row].x * cells_[last_of_row].stride;
  }

  YoloRows rows_;
  std::vector<Cell> cells_;
};

}  // namespace

std::unique_ptr<DetectionParser> make_yolox_parser(const ParserSetup& setup) {
  return std::make_unique<YoloxParser>(setup);
}

}  // namespace pyds
