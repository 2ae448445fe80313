#include "infer/detector.h"

#include <algorithm>
#include <cmath>

#include "infer/cluster.h"
#include "infer/labels.h"
#include "infer/layers.h"

namespace pyds {
namespace {

// Cuts a box to an area. False if nothing is left, or if it was no box (not a number, no area).
bool clip(float left, float top, float right, float bottom, Detection* box) {
  const float x1 = std::max(box->left, left), x2 = std::min(box->left + box->width, right);
  const float y1 = std::max(box->top, top), y2 = std::min(box->top + box->height, bottom);
  // The comparisons are false for NaN.
  if (!(x2 > x1) || !(y2 > y1)) return false;
  box->left = x1;
  box->top = y1;
  box->width = x2 - x1;
  box->height = y2 - y1;
  return true;
}

template <typename Predicate>
void keep_if(Detections* detections, Predicate predicate) {
  detections->erase(std::remove_if(detections->begin(), detections->end(),
                                   [&](Detection& detection) { return !predicate(detection); }),
                    detections->end());
}

bool fits(const Detection& box, const ClassAttributes& limits, int height) {
  if (box.width < float(limits.detected_min_w) || box.height < float(limits.detected_min_h))
    return false;
  if (limits.detected_max_w > 0 && box.width > float(limits.detected_max_w)) return false;
  if (limits.detected_max_h > 0 && box.height > float(limits.detected_max_h)) return false;
  return box.top >= float(limits.roi_top_offset) &&
         box.top + box.height <= float(height - limits.roi_bottom_offset);
}

}  // namespace

ParserSetup parser_setup(const InferConfig& config, const Network& network) {
  ParserSetup setup{network.outputs(), network.info(), config.num_detected_classes, {}, 0};
  if (!config.labelfile_path.empty()) setup.labels = read_labels(config.labelfile_path);
  if (!setup.num_classes) setup.num_classes = unsigned(setup.labels.size());
  return setup;
}

Detector::Detector(const InferConfig& config, const Network& network,
                   std::vector<std::string>* warnings, std::vector<std::string>* notes)
    : config_(config), num_classes_(config.num_detected_classes) {
  const ParserSetup setup = parser_setup(config, network);
  labels_ = setup.labels;
  choose_parser(setup, warnings, notes);

  const unsigned made_for = instances_ ? instances_->num_classes() : parser_->num_classes();
  if (num_classes_ && made_for && num_classes_ != made_for)
    throw ConfigError(config.file + ": num-detected-classes=" + std::to_string(num_classes_) +
                      ", but the model is made for " + std::to_string(made_for) + " classes (" +
                      describe_outputs(network.outputs()) + "): set it to " +
                      std::to_string(made_for));
  if (!num_classes_) num_classes_ = made_for ? made_for : unsigned(labels_.size());
  if (!labels_.empty() && num_classes_ && labels_.size() != num_classes_)
    warnings->push_back("labelfile-path=" + config.labelfile_path + " has " +
                        std::to_string(labels_.size()) + " labels, the detector has " +
                        std::to_string(num_classes_) +
                        " classes; objects of classes without a label are named by their number");
  thresholds_ = Thresholds(config, num_classes_);
}

void Detector::choose_parser(const ParserSetup& setup, std::vector<std::string>* warnings,
                             std::vector<std::string>* notes) {
  std::string chosen;
  if (config_.network_type() == NetworkType::kInstanceSegmentation) {
    instances_ = make_instance_parser(config_, setup, &chosen);
    mask_threshold_ = config_.segmentation_threshold.value_or(instances_->mask_threshold());
    ClusterMode& mode = config_.cluster_mode;
    if (mode != ClusterMode::kNms && mode != ClusterMode::kNone) {
      warnings->push_back(config_.file + ": cluster-mode=" + std::to_string(int(mode)) +
                          " makes new boxes out of several, which have no mask; 2 (suppression of "
                          "what overlaps) is used. Set it to 2, or to 4 if nothing overlaps");
      mode = ClusterMode::kNms;
    }
  } else {
    parser_ = make_parser(config_, setup, &chosen);
  }
  notes->push_back(chosen);
}

Detections Detector::detect(const Layers& layers, const Placement& placement, int width, int height,
                            std::vector<InstanceMask>* masks) const {
  Detections detections;
  std::unique_ptr<MaskSource> source;
  if (instances_)
    source = instances_->parse(layers, thresholds_, &detections);
  else
    parser_->parse(layers, thresholds_, &detections);
  const Rect& area = placement.target;
  keep_if(&detections, [&](Detection& box) {
    return !config_.filter_out_class_ids.count(int(box.classId)) &&
           clip(float(area.left), float(area.top), float(area.left + area.width),
                float(area.top + area.height), &box);
  });
  cluster(config_.cluster_mode, config_, &detections);
  keep_if(&detections, [&](Detection& box) {
    const Detection in_network = box;
    const float right = placement.source_x(box.left + box.width);
    const float bottom = placement.source_y(box.top + box.height);
    box.left = placement.source_x(box.left);
    box.top = placement.source_y(box.top);
    box.width = right - box.left;
    box.height = bottom - box.top;
    if (!clip(0.0f, 0.0f, float(width), float(height), &box) ||
        !fits(box, config_.attributes(int(box.classId)), height))
      return false;
    if (masks && source) masks->push_back(source->mask(in_network));
    return true;
  });
  return detections;
}

}  // namespace pyds
