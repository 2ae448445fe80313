// From the output tensors of one frame or object to its classification.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "infer/classification.h"
#include "infer/parser.h"

namespace pyds {

// The labels of each question, by class.
using LabelGroups = std::vector<std::vector<std::string>>;

// Immutable after construction: workers call parse() side by side.
class ClassificationParser {
 public:
  virtual ~ClassificationParser() = default;
  // Attributes above `threshold`; labels left empty are filled in from the label file. Throws
  // EngineError if the tensors are not what the model promised.
  virtual Classification parse(const Layers& layers, float threshold) const = 0;
};

// The parser the configuration asks for: parse-classifier-func-name in custom-lib-path, or the
// built-in one, which takes each output layer for the probabilities of one question. `chosen` gets
// lines for the log. Throws ConfigError.
std::unique_ptr<ClassificationParser> make_classification_parser(const InferConfig& config,
                                                                 const ParserSetup& setup,
                                                                 std::string* chosen);

// A function of a library, as nvdsinfer_custom_impl.h declares it. Throws ConfigError.
std::unique_ptr<ClassificationParser> make_custom_classification_parser(const InferConfig& config,
                                                                        const ParserSetup& setup);

}  // namespace pyds
