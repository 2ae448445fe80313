#include "infer/custom_code.h"

#include <filesystem>

#include "infer/custom_library.h"

namespace pyds {

CustomCode find_custom_code(const InferConfig& config, const char* key, const std::string& name,
                            bool built_in, std::string* chosen) {
  const std::string& file = config.custom_lib_path;
  if (file.empty()) return CustomCode::kNone;
  const bool python = std::filesystem::path(file).extension() == ".py";
  if (!config.engine_create_func_name.empty())
    *chosen += "engine-create-func-name=" + config.engine_create_func_name +
               " is not called: the model is run as it is, not made into a TensorRT engine; ";
  // A library without a parser is one that builds engines for TensorRT.
  if (name.empty() && !python) return CustomCode::kNone;
  if (!python) {
    try {
      const CustomLibrary library(file);
      if (library.has("NvDsInferInitializeInputLayers"))
        *chosen += "NvDsInferInitializeInputLayers of " + file +
                   " is not called: the model has one input, the picture; ";
    } catch (const ConfigError& problem) {
      if (!built_in) throw ConfigError(std::string(key) + "=" + name + ": " + problem.what());
      *chosen += std::string(problem.what()) + "; what is built in is used instead: ";
      return CustomCode::kNone;
    }
  }
  *chosen += "parser " + name + " of " + file;
  return python ? CustomCode::kPython : CustomCode::kLibrary;
}

}  // namespace pyds
