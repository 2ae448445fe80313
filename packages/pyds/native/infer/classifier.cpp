#include "infer/classifier.h"

#include "infer/labels.h"
#include "infer/layers.h"

namespace pyds {
namespace {

// Classes of a layer, or 0 if the model leaves them open.
size_t class_count(const TensorSpec& output) {
  size_t count = 1;
  for (int64_t extent : squeezed(output)) {
    if (extent == kDynamic) return 0;
    count *= size_t(extent);
  }
  return count;
}

void warn_of_other_counts(const InferConfig& config, const std::vector<TensorSpec>& outputs,
                          const LabelGroups& labels, std::vector<std::string>* warnings) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    const size_t classes = class_count(outputs[i]);
    const size_t names = i < labels.size() ? labels[i].size() : 0;
    if (classes && names != classes)
      warnings->push_back(
          "labelfile-path=" + config.labelfile_path + " has " + std::to_string(names) +
          " labels for the output '" + outputs[i].name + "', which has " + std::to_string(classes) +
          " classes; write one line per output, its labels separated by ';'. Classes without a "
          "label are named by their number");
  }
}

}  // namespace

Classifier::Classifier(const InferConfig& config, const Network& network,
                       std::vector<std::string>* warnings, std::vector<std::string>* notes)
    : threshold_(config.classifier_threshold) {
  const std::vector<TensorSpec>& outputs = network.outputs();
  if (!config.labelfile_path.empty())
    labels_ = read_label_groups(config.labelfile_path, outputs.size());
  std::string chosen;
  parser_ = make_classification_parser(config, {outputs, network.info(), 0, {}}, &chosen);
  notes->push_back(chosen);
  // Whatever the outputs are, only the user's own parser knows what they mean.
  if (!labels_.empty() && config.parse_classifier_func_name.empty())
    warn_of_other_counts(config, outputs, labels_, warnings);
}

Classification Classifier::classify(const Layers& layers) const {
  Classification classification = parser_->parse(layers, threshold_);
  for (Attribute& attribute : classification)
    if (attribute.label.empty()) attribute.label = label_of(attribute);
  return classification;
}

std::string Classifier::label_of(const Attribute& attribute) const {
  static const std::vector<std::string> none;
  return pyds::label_of(attribute.index < labels_.size() ? labels_[attribute.index] : none,
                        attribute.value);
}

}  // namespace pyds
