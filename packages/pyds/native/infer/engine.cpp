#include "infer/engine.h"

#include <filesystem>
#include <map>
#include <mutex>

#include "infer/onnxruntime_engine.h"

namespace pyds {
namespace {

struct Registry {
  std::mutex mutex;
  std::map<std::string, EngineFactory> factories{{"onnxruntime", load_onnxruntime_engine}};
  EngineFinder finder;
};

// Never destroyed: Python may unregister at interpreter exit, after static destructors ran.
Registry& registry() {
  static auto* instance = new Registry;
  return *instance;
}

EngineFactory find_factory(const std::string& name, std::string* known) {
  EngineFinder finder;
  {
    std::lock_guard lock(registry().mutex);
    const auto found = registry().factories.find(name);
    if (found != registry().factories.end()) return found->second;
    for (const auto& [key, factory] : registry().factories) *known += " " + key;
    finder = registry().finder;
  }
  // Without the lock: the finder runs Python, which may register engines.
  return finder ? finder(name) : EngineFactory();
}

std::string engine_for(const std::string& model_file) {
  const std::string extension = std::filesystem::path(model_file).extension();
  if (extension == ".onnx" || extension == ".ort") return "onnxruntime";
  if (extension == ".xml") return "openvino";
  if (extension == ".pt" || extension == ".pt2" || extension == ".pth") return "torch";
  throw EngineError("no engine is known for the model file '" + model_file +
                    "': its name ends in '" + extension +
                    "', known are .onnx and .ort; export the model to ONNX and set onnx-file, or "
                    "name the engine with engine=");
}

}  // namespace

void register_engine(const std::string& name, EngineFactory factory) {
  std::lock_guard lock(registry().mutex);
  registry().factories[name] = std::move(factory);
}

void set_engine_finder(EngineFinder finder) {
  std::lock_guard lock(registry().mutex);
  registry().finder = std::move(finder);
}

std::unique_ptr<Engine> load_engine(const std::string& name, const std::string& model_file) {
  const std::string wanted = name.empty() ? engine_for(model_file) : name;
  std::string known;
  const EngineFactory factory = find_factory(wanted, &known);
  if (!factory)
    throw EngineError("there is no engine '" + wanted + "' for '" + model_file +
                      "'; known here:" + known +
                      ". Engines written in Python are found when the pipeline runs in Python "
                      "(import pyds), not in gst-launch-1.0");
  return factory(model_file);
}

size_t element_size(NvDsInferDataType type) {
  switch (type) {
    case FLOAT:
    case INT32:
      return 4;
    case HALF:
      return 2;
    case INT64:
      return 8;
    case INT8:
    case UINT8:
      return 1;
  }
  return 0;
}

const char* type_name(NvDsInferDataType type) {
  switch (type) {
    case FLOAT:
      return "float32";
    case HALF:
      return "float16";
    case INT8:
      return "int8";
    case INT32:
      return "int32";
    case INT64:
      return "int64";
    case UINT8:
      return "uint8";
  }
  return "unknown";
}

size_t element_count(const std::vector<int64_t>& shape) {
  size_t count = 1;
  for (int64_t extent : shape) count *= extent > 0 ? static_cast<size_t>(extent) : 0;
  return count;
}

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    if (axis) text += " x ";
    text += shape[axis] == kDynamic ? (axis ? "?" : "N") : std::to_string(shape[axis]);
  }
  return shape.empty() ? "scalar" : text;
}

}  // namespace pyds
