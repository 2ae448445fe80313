// Detector: from the outputs of a network to the objects of a frame.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "image/tensor.h"
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

  // The objects of one frame, clipped to it, in pixels of a frame of `width` x `height`.
  // Thread-safe.
  Detections detect(const Layers& layers, const Placement& placement, int width, int height) const;

 private:
  const InferConfig config_;
  std::vector<std::string> labels_;
  unsigned num_classes_ = 0;
  std::unique_ptr<DetectionParser> parser_;
  Thresholds thresholds_;
};

}  // namespace pyds
