#include "infer/segmentation.h"

#include <array>

#include "infer/custom_code.h"
#include "infer/layers.h"
#include "infer/python_runtime.h"

namespace pyds {
namespace {

constexpr char kKey[] = "parse-segmentation-func-name";

// Parsers of NVIDIA's libraries that read what is read here by its shape.
bool is_known(const std::string& name) {
  static constexpr std::array<const char*, 3> kNames = {"NvDsInferParseCustomPeopleSemSegNet",
                                                        "NvDsInferParseCustomSegformerTAO",
                                                        "NvDsInferParseCustomSegformerTAO2"};
  for (const char* known : kNames)
    if (name == known) return true;
  return false;
}

}  // namespace

MapShape map_shape(const NvDsInferLayerInfo& layer, InputOrder order) {
  const NvDsInferDims& dims = layer.inferDims;
  const unsigned* d = dims.d;
  if (dims.numDims == 2) return {d[0], d[1], 1};
  if (dims.numDims != 3) return {};
  return order == InputOrder::kNchw ? MapShape{d[1], d[2], d[0]} : MapShape{d[0], d[1], d[2]};
}

std::unique_ptr<SegmentationParser> make_segmentation_parser(const InferConfig& config,
                                                             const ParserSetup& setup,
                                                             std::string* chosen) {
  const std::string& name = config.parse_segmentation_func_name;
  switch (find_custom_code(config, kKey, name, is_known(name), chosen)) {
    case CustomCode::kPython:
      return python_runtime_for(config, kKey, name)
          .load_segmentation_parser(config.custom_lib_path, name, setup,
                                    config.segmentation_threshold.value_or(0.0f));
    case CustomCode::kLibrary:
      return make_custom_segmentation_parser(config, setup);
    case CustomCode::kNone:
      break;
  }
  if (!name.empty() && !is_known(name))
    throw ConfigError(std::string(kKey) + "=" + name +
                      " is not built in: set custom-lib-path to the library or Python file that "
                      "has it, or leave the key out: maps of scores and of class numbers are read "
                      "without it");
  *chosen += "class of each pixel from the " + describe_outputs(setup.outputs);
  return make_class_map_parser(config, setup);
}

}  // namespace pyds
