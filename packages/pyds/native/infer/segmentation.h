// Segmentation: from the output tensors of one frame to the class of each pixel.
#pragma once

#include <memory>
#include <string>

#include "infer/config.h"
#include "infer/parser.h"

namespace pyds {

// The classes of the pixels of one frame or object, at the resolution of the network's output.
struct ClassMap {
  unsigned classes = 0;
  unsigned width = 0;             // pixels
  unsigned height = 0;            // pixels
  std::unique_ptr<int[]> pixels;  // row by row; -1: no class is likely enough
  // The values the classes come from, in the order the network has them, or nullptr.
  const float* probabilities = nullptr;
  std::shared_ptr<void> owner;  // of the probabilities
};

// Immutable after construction: workers call parse() side by side.
class SegmentationParser {
 public:
  virtual ~SegmentationParser() = default;
  // Throws EngineError if the tensors are not what the model promised.
  virtual ClassMap parse(const Layers& layers) const = 0;
};

// The parser the configuration asks for: parse-segmentation-func-name in custom-lib-path, or what
// the first output of a fitting shape needs. `chosen` gets lines for the log. Throws ConfigError.
std::unique_ptr<SegmentationParser> make_segmentation_parser(const InferConfig& config,
                                                             const ParserSetup& setup,
                                                             std::string* chosen);

// Scores or class numbers of pixels: N x classes x height x width or N x height x width x classes
// of float32 (the class with the highest is taken), or N x height x width of integers.
std::unique_ptr<SegmentationParser> make_class_map_parser(const InferConfig& config,
                                                          const ParserSetup& setup);

// A function of a library, as nvdsinfer_custom_impl.h declares it. Throws ConfigError.
std::unique_ptr<SegmentationParser> make_custom_segmentation_parser(const InferConfig& config,
                                                                    const ParserSetup& setup);

// Height, width and classes of an output, without the batch axis; no pixels if it is not a picture.
struct MapShape {
  unsigned height = 0, width = 0, classes = 0;
  size_t pixels() const { return size_t(height) * width; }
};
MapShape map_shape(const NvDsInferLayerInfo& layer, InputOrder order);

}  // namespace pyds
