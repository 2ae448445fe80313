// Parsers: from the output tensors of one frame to detections in network pixels.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "infer/config.h"
#include "infer/engine.h"
#include "nvdsinfer.h"

namespace pyds {

// The outputs of one frame, without the batch axis.
struct Layers : std::vector<NvDsInferLayerInfo> {
  using vector::vector;
  std::shared_ptr<void> owner;  // keeps names and buffers alive
};
using Detections = std::vector<NvDsInferObjectDetectionInfo>;

// The pre-cluster threshold of each class.
class Thresholds {
 public:
  Thresholds() = default;
  Thresholds(const InferConfig& config, unsigned num_classes);
  float of(unsigned class_id) const {
    return class_id < values_.size() ? values_[class_id] : other_;
  }
  float lowest() const { return lowest_; }  // nothing below it is of interest to any class

 private:
  std::vector<float> values_;
  float other_ = 0.0f;
  float lowest_ = 0.0f;
};

// What a parser may know about the network.
struct ParserSetup {
  std::vector<TensorSpec> outputs;
  NvDsInferNetworkInfo network = {};  // width, height, channels of the input
  unsigned num_classes = 0;           // 0: not configured
  std::vector<std::string> labels;
};

// Immutable after construction: workers call parse() side by side.
class DetectionParser {
 public:
  virtual ~DetectionParser() = default;
  // How many classes the model's outputs are made for, 0 if the shapes do not tell.
  virtual unsigned num_classes() const { return 0; }
  // Appends candidates that reach their class's threshold. Throws EngineError if the tensors are
  // not what the model promised.
  virtual void parse(const Layers& layers, const Thresholds& thresholds,
                     Detections* detections) const = 0;
};

// The parser the configuration asks for: parse-bbox-func-name if it is a known name or a Python
// function, else DetectNet_v2 where the layers are named so, else what the shapes say. `chosen`
// gets a line for the log. Throws ConfigError listing the choices.
std::unique_ptr<DetectionParser> make_parser(const InferConfig& config, const ParserSetup& setup,
                                             std::string* chosen);

// The built-in families, one file each. Each throws ConfigError if the outputs do not fit.
std::unique_ptr<DetectionParser> make_detectnet_parser(const ParserSetup& setup);
std::unique_ptr<DetectionParser> make_yolox_parser(const ParserSetup& setup);
std::unique_ptr<DetectionParser> make_yolo_rows_parser(const ParserSetup& setup);
std::unique_ptr<DetectionParser> make_yolo_columns_parser(const ParserSetup& setup);
std::unique_ptr<DetectionParser> make_boxes6_parser(const ParserSetup& setup);
std::unique_ptr<DetectionParser> make_nms_parser(const ParserSetup& setup);
std::unique_ptr<DetectionParser> make_ssd_parser(const ParserSetup& setup);
std::unique_ptr<DetectionParser> make_detection_output_parser(const ParserSetup& setup);

}  // namespace pyds
