// What YOLO outputs of one row per anchor (x, y, w, h, objectness, classes...) have in common.
#pragma once

#include <algorithm>

#include "infer/layers.h"

namespace pyds {

struct YoloRows {
  size_t output;
  unsigned num_classes;
  size_t columns;
};

// The output of N x anchors x (5 + classes), and extra columns if the setup says so. Throws
// ConfigError naming `family` if there is none.
YoloRows find_yolo_rows(const ParserSetup& setup, const char* family);

// Calls emit(anchor, row, class, confidence) for rows that reach their class's threshold.
template <typename Emit>
void for_each_candidate(const Layers& layers, const YoloRows& rows, const Thresholds& thresholds,
                        Emit emit) {
  const size_t anchors = row_count(layers[rows.output], rows.columns);
  const float* values = float_values(layers, rows.output, anchors * rows.columns);
  for (size_t anchor = 0; anchor < anchors; ++anchor) {
    const float* row = values + anchor * rows.columns;
    // Class scores are at most 1, so objectness alone rules out nearly every anchor.
    if (!(row[4] >= thresholds.lowest())) continue;
    const float* best = std::max_element(row + 5, row + 5 + rows.num_classes);
    const unsigned class_id = static_cast<unsigned>(best - (row + 5));
    const float confidence = row[4] * *best;
    if (confidence >= thresholds.of(class_id)) emit(anchor, row, class_id, confidence);
  }
}

}  // namespace pyds
