// Classifier: from the outputs of a network to the attributes of a frame or object.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "infer/classification_parser.h"
#include "infer/network.h"

namespace pyds {

class Classifier {
 public:
  // Chooses the parser and reads the labels. Throws ConfigError; what is odd but workable goes to
  // `warnings`, the choice of the parser to `notes`.
  Classifier(const InferConfig& config, const Network& network, std::vector<std::string>* warnings,
             std::vector<std::string>* notes);

  // The attributes whose confidence is above classifier-threshold, all with a label. Thread-safe.
  Classification classify(const Layers& layers) const;

 private:
  std::string label_of(const Attribute& attribute) const;

  float threshold_;
  LabelGroups labels_;
  std::unique_ptr<ClassificationParser> parser_;
};

}  // namespace pyds
