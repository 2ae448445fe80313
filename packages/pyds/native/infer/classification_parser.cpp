#include "infer/classification_parser.h"

#include <filesystem>
#include <set>

#include "infer/layers.h"
#include "infer/python_runtime.h"

namespace pyds {
namespace {

// Names in DeepStream configurations of parsers that do what the built-in one does.
const std::set<std::string> kKnownNames = {"NvDsInferClassiferParseCustomSoftmax",
                                           "NvDsInferClassifierParseCustomSoftmax"};

class SoftmaxParser : public ClassificationParser {
 public:
  Classification parse(const Layers& layers, float threshold) const override {
    Classification classification;
    for (size_t i = 0; i < layers.size(); ++i) {
      Attribute best;
      best.index = unsigned(i);
      best.confidence = threshold;
      bool found = false;
      for (unsigned value = 0; value < layers[i].inferDims.numElements; ++value) {
        const auto confidence = float(value_at(layers[i], value));
        // False for NaN.
        if (!(confidence > best.confidence)) continue;
        best.value = value;
        best.confidence = confidence;
        found = true;
      }
      if (found) classification.push_back(std::move(best));
    }
    return classification;
  }
};

}  // namespace

std::unique_ptr<ClassificationParser> make_classification_parser(const InferConfig& config,
                                                                 const ParserSetup& setup,
                                                                 std::string* chosen) {
  const std::string& name = config.parse_classifier_func_name;
  if (std::filesystem::path(config.custom_lib_path).extension() == ".py") {
    *chosen = "parser " + name + " of " + config.custom_lib_path;
    return python_runtime_for(config, "parse-classifier-func-name", name)
        .load_classification_parser(config.custom_lib_path, name, setup);
  }
  if (!name.empty() && !kKnownNames.count(name))
    throw ConfigError(
        config.file + ": parse-classifier-func-name=" + name +
        (config.custom_lib_path.empty() ? "" : " of custom-lib-path=" + config.custom_lib_path) +
        " is not built in, and parser libraries in C++ are not loaded yet. Leave the key out to "
        "have each output read as the probabilities of one attribute (" +
        describe_outputs(setup.outputs) +
        "), or write the parser in Python (custom-lib-path=parser.py)");
  *chosen =
      "parser of probabilities, one attribute for each of the " + describe_outputs(setup.outputs);
  return std::make_unique<SoftmaxParser>();
}

}  // namespace pyds
