// YOLOv8 and YOLO11: one column per anchor of centre, size and class scores, no objectness.
#include <algorithm>

#include "infer/layers.h"

// The search for the best class of each anchor reads the whole output: vectorise it.
#pragma GCC optimize("O3")

namespace pyds {
namespace {

class YoloColumnsParser : public DetectionParser {
 public:
  explicit YoloColumnsParser(const ParserSetup& setup) {
    for (size_t i = 0; i < setup.outputs.size(); ++i) {
      const std::vector<int64_t> axes = squeezed(setup.outputs[i]);
      if (axes.size() != 2) continue;
      const unsigned extra = setup.extra_columns;
      transposed_ = is_transposed(axes, setup.num_classes ? setup.num_classes + extra : 0);
      const int64_t channels = axes[transposed_ ? 1 : 0];
      if (channels <= 4 + int64_t{extra}) continue;
      output_ = i;
      channels_ = static_cast<unsigned>(channels);
      num_classes_ = channels_ - 4 - extra;
      return;
    }
    throw ConfigError(
        "YOLOv8/YOLO11 has an output of N x (4 + classes) x anchors; this model has " +
        describe_outputs(setup.outputs));
  }

  unsigned num_classes() const override { return num_classes_; }

  void parse(const Layers& layers, const Thresholds& thresholds,
             Detections* detections) const override {
    const size_t anchors = row_count(layers[output_], channels_);
    const float* values = float_values(layers, output_, anchors * channels_);
    if (transposed_)
      parse_rows(values, anchors, thresholds, detections);
    else
      parse_columns(values, anchors, thresholds, detections);
  }

 private:
  // Some exports put anchors first. Anchors outnumber channels in any real model.
  static bool is_transposed(const std::vector<int64_t>& axes, unsigned columns) {
    const int64_t channels = columns ? columns + 4 : 0;
    if (channels && axes[0] == channels) return false;
    if (channels && axes[1] == channels) return true;
    if (axes[0] == kDynamic || axes[1] == kDynamic) return axes[0] == kDynamic;
    return axes[0] > axes[1];
  }

  void parse_columns(const float* values, size_t anchors, const Thresholds& thresholds,
                     Detections* detections) const {
    thread_local std::vector<float> best;
    best.assign(values + 4 * anchors, values + 5 * anchors);
    for (unsigned c = 1; c < num_classes_; ++c) {
      const float* scores = values + (4 + c) * anchors;
      float* __restrict top = best.data();
      for (size_t i = 0; i < anchors; ++i) top[i] = scores[i] > top[i] ? scores[i] : top[i];
    }
    for (size_t i = 0; i < anchors; ++i) {
      if (!(best[i] >= thresholds.lowest())) continue;
      unsigned class_id = 0;
      while (class_id + 1 < num_classes_ && values[(4 + class_id) * anchors + i] != best[i])
        ++class_id;
      if (best[i] >= thresholds.of(class_id))
        detections->push_back(from_centre(class_id, best[i], values[i], values[anchors + i],
                                          values[2 * anchors + i], values[3 * anchors + i], i));
    }
  }

  void parse_rows(const float* values, size_t anchors, const Thresholds& thresholds,
                  Detections* detections) const {
    for (size_t i = 0; i < anchors; ++i) {
      const float* row = values + i * channels_;
      const float* best = std::max_element(row + 4, row + 4 + num_classes_);
      const unsigned class_id = static_cast<unsigned>(best - (row + 4));
      if (*best >= thresholds.of(class_id))
        detections->push_back(from_centre(class_id, *best, row[0], row[1], row[2], row[3], i));
    }
  }

  size_t output_ = 0;
  unsigned channels_ = 0, num_classes_ = 0;
  bool transposed_ = false;
};

}  // namespace

std::unique_ptr<DetectionParser> make_yolo_columns_parser(const ParserSetup& setup) {
  return std::make_unique<YoloColumnsParser>(setup);
}

}  // namespace pyds
