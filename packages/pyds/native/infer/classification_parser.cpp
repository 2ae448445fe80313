#include "infer/classification_parser.h"

#include <set>

#include "infer/custom_code.h"
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
  constexpr char kKey[] = "parse-classifier-func-name";
  const std::string& name = config.parse_classifier_func_name;
  const bool is_known = kKnownNames.count(name) > 0;
  const CustomCode code = find_custom_code(config, kKey, name, is_known, chosen);
  if (code == CustomCode::kPython)
    return python_runtime_for(config, kKey, name)
        .load_classification_parser(config.custom_lib_path, name, setup);
  if (code == CustomCode::kLibrary) return make_custom_classification_parser(config, setup);
  if (!name.empty() && !is_known)
    throw ConfigError(config.file + ": " + kKey + "=" + name +
                      " is not built in. Leave the key out to have each output read as the "
                      "probabilities of one attribute (" +
                      describe_outputs(setup.outputs) +
                      "), or set custom-lib-path to the library or Python file that has it");
  *chosen +=
      "parser of probabilities, one attribute for each of the " + describe_outputs(setup.outputs);
  return std::make_unique<SoftmaxParser>();
}

}  // namespace pyds
