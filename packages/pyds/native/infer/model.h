// Model: everything one nvinfer element loads from its configuration.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "infer/classifier.h"
#include "infer/config.h"
#include "infer/detector.h"
#include "infer/network.h"
#include "infer/segmentation.h"

namespace pyds {

struct Model {
  InferConfig config;
  std::shared_ptr<const Network> network;
  // What reads the network's outputs, by network-type; none for 100.
  std::unique_ptr<Detector> detector;
  std::unique_ptr<Classifier> classifier;
  std::unique_ptr<SegmentationParser> segmentation;
  std::vector<std::unique_ptr<Engine>> sessions;  // one per worker
  std::vector<std::string> warnings;              // for the user
  std::vector<std::string> notes;                 // for the log
};

// Loads the model file, checks that configuration and model fit. Throws ConfigError or EngineError.
std::unique_ptr<Model> load_model(const InferConfig& config);

// Workers when the configuration names no number: one per core, 8 at most (each holds a batch, so
// more of them would mostly add memory and delay).
unsigned default_workers();

}  // namespace pyds
