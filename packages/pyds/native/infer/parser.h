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
// A detection, and which row (or column, anchor, query) of the outputs it was read from.
struct Detection : NvDsInferObjectDetectionInfo {
  unsigned row = 0;
};
using Detections = std::vector<Detection>;

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
  unsigned extra_columns = 0;  // of each anchor or box, behind what a detector has: of masks
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

// The parser the configuration asks for: parse-bbox-func-name in custom-lib-path (a Python file or
// a library) or, if that cannot be loaded, among the names known here; without a name DetectNet_v2
// where the layers are named so, else what the shapes say. `chosen` gets lines for the log. Throws
// ConfigError listing the choices.
std::unique_ptr<DetectionParser> make_parser(const InferConfig& config, const ParserSetup& setup,
                                             std::string* chosen);

// A function of a library, as nvdsinfer_custom_impl.h declares it. Throws ConfigError.
std::unique_ptr<DetectionParser> make_custom_parser(const InferConfig& config,
                                                    const ParserSetup& setup);

// The built-in families, one file each. Each throws ConfigError if the outputs do not fit.
std::unique_ptr<DetectionParser> make_detectnet_parser(const ParserSetup& setup);
std::unique_ptr<DetectionParser> make_yolox_parser(const ParserSetup& setup);
std::unique_ptr<DetectionParser> make_yolo_rows_parser(const ParserSetup& setup);
std::unique_ptr<DetectionParser> make_yolo_columns_parser(const ParserSetup& setup);
std::unique_ptr<DetectionParser> make_boxes6_parser(const ParserSetup& setup);
std::unique_ptr<DetectionParser> make_nms_parser(const ParserSetup& setup);
std::unique_ptr<DetectionParser> make_ssd_parser(const ParserSetup& setup);
std::unique_ptr<DetectionParser> make_detection_output_parser(const ParserSetup& setup);
std::unique_ptr<DetectionParser> make_detr_parser(const ParserSetup& setup);
std::unique_ptr<DetectionParser> make_mrcnn_parser(const ParserSetup& setup);

}  // namespace pyds
