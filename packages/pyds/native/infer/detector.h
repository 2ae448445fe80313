// Detector: from the outputs of a network to the objects of a frame.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "image/tensor.h"
#include "infer/instance_parser.h"
#include "infer/network.h"
#include "infer/parser.h"

namespace pyds {

// What a parser may know, from the configuration, its labels and the network.
ParserSetup parser_setup(const InferConfig& config, const Network& network);

class Detector {
 public:
  // Chooses parser and labels. Throws ConfigError; what is odd but workable goes to `warnings`,
  // the choice of the parser to `notes`.
  Detector(const InferConfig& config, const Network& network, std::vector<std::string>* warnings,
           std::vector<std::string>* notes);

  const std::vector<std::string>& labels() const { return labels_; }
  unsigned num_classes() const { return num_classes_; }

  // The objects of one frame, clipped to it, in pixels of a frame of `width` x `height`. `masks`,
  // if given, gets the mask of each; only where has_masks(). Thread-safe.
  Detections detect(const Layers& layers, const Placement& placement, int width, int height,
                    std::vector<InstanceMask>* masks = nullptr) const;

  bool has_masks() const { return instances_ != nullptr; }
  // Above which value of its mask a pixel belongs to the object.
  float mask_threshold() const { return mask_threshold_; }

 private:
  void choose_parser(const ParserSetup& setup, std::vector<std::string>* warnings,
                     std::vector<std::string>* notes);

  InferConfig config_;
  std::vector<std::string> labels_;
  unsigned num_classes_ = 0;
  // One of them, by network-type.
  std::unique_ptr<DetectionParser> parser_;
  std::unique_ptr<InstanceParser> instances_;
  float mask_threshold_ = 0.0f;
  Thresholds thresholds_;
};

}  // namespace pyds
