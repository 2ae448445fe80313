#include "infer/python_runtime.h"

#include <atomic>

namespace pyds {
namespace {
std::atomic<PythonRuntime*> current_runtime{nullptr};
}

void set_python_runtime(PythonRuntime* runtime) {
  current_runtime.store(runtime, std::memory_order_release);
}

PythonRuntime* python_runtime() { return current_runtime.load(std::memory_order_acquire); }

PythonRuntime& python_runtime_for(const InferConfig& config, const char* key,
                                  const std::string& function) {
  if (function.empty())
    throw ConfigError("custom-lib-path=" + config.custom_lib_path + " is a Python file: set " +
                      key + " to its function");
  PythonRuntime* runtime = python_runtime();
  if (!runtime)
    throw ConfigError("custom-lib-path=" + config.custom_lib_path +
                      " is a Python parser, but no Python runs in this process: start the pipeline "
                      "from Python (import pyds) or with gst-pylaunch instead of gst-launch-1.0");
  return *runtime;
}

}  // namespace pyds
