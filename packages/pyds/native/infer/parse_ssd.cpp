// SSD heads: scores of every prior for every class, and the priors' decoded boxes.
#include <glib.h>

#include <algorithm>

#include "infer/layers.h"

namespace pyds {
namespace {

bool means_background(const std::string& label) {
  g_autofree char* lower = g_ascii_strdown(label.c_str(), -1);
  return std::string(lower).find("background") != std::string::npos;
}

class SsdParser : public DetectionParser {
 public:
  explicit SsdParser(const ParserSetup& setup)
      : network_(setup.network),
        scores_(find_output(setup.outputs, {"scores", "conf", "cls"})),
        boxes_(find_output(setup.outputs, {"boxes", "bbox", "loc"})) {
    if (scores_ == kNoLayer || boxes_ == kNoLayer || scores_ == boxes_)
      throw ConfigError(
          "SSD has outputs named '...scores' (N x priors x classes) and '...boxes' "
          "(N x priors x 4); this model has " +
          describe_outputs(setup.outputs));
    const int64_t columns = setup.outputs[scores_].shape.back();
    if (setup.outputs[scores_].shape.size() < 3 || columns < 1)
      throw ConfigError("SSD's scores are N x priors x classes; this model has " +
                        describe_outputs(setup.outputs));
    columns_ = static_cast<unsigned>(columns);
    // A labels file that lists the background keeps the model's own class numbers.
    background_is_label_ = !setup.labels.empty() && means_background(setup.labels.front());
    has_background_ = background_is_label_ || (columns_ > 1 && setup.num_classes != columns_);
  }

  unsigned num_classes() const override {
    return has_background_ && !background_is_label_ ? columns_ - 1 : columns_;
  }

  void parse(const Layers& layers, const Thresholds& thresholds,
             Detections* detections) const override {
    const size_t priors = row_count(layers[scores_], columns_);
    const float* scores = float_values(layers, scores_, priors * columns_);
    const float* boxes = float_values(layers, boxes_, priors * 4);
    const bool fractions = are_fractions(boxes, priors * 4);
    const float width = fractions ? float(network_.width) : 1.0f;
    const float height = fractions ? float(network_.height) : 1.0f;
    const unsigned background = has_background_ ? find_background(scores, priors) : columns_;
    const unsigned shift = background == 0 && !background_is_label_ ? 1 : 0;
    for (size_t i = 0; i < priors; ++i) {
      const float* row = scores + i * columns_;
      unsigned best = columns_;
      for (unsigned c = 0; c < columns_; ++c)
        if (c != background && (best == columns_ || row[c] > row[best])) best = c;
      if (best == columns_ || !(row[best] >= thresholds.of(best - shift))) continue;
      const float* box = boxes + 4 * i;
      detections->push_back(from_corners(best - shift, row[best], box[0] * width, box[1] * height,
                                         box[2] * width, box[3] * height));
    }
  }

 private:
  // Trainers put the background first or last. Nearly every prior of a picture is background, so
  // the column with more confidence is the one.
  unsigned find_background(const float* scores, size_t priors) const {
    if (background_is_label_) return 0;
    double first = 0.0, last = 0.0;
    for (size_t i = 0; i < priors; ++i) {
      first += scores[i * columns_];
      last += scores[i * columns_ + columns_ - 1];
    }
    return first >= last ? 0 : columns_ - 1;
  }

  NvDsInferNetworkInfo network_;
  size_t scores_, boxes_;
  unsigned columns_ = 0;
  bool background_is_label_ = false, has_background_ = false;
};

}  // namespace

std::unique_ptr<DetectionParser> make_ssd_parser(const ParserSetup& setup) {
  return std::make_unique<SsdParser>(setup);
}

}  // namespace pyds
