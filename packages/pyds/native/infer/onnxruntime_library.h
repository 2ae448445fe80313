// Finding and opening the ONNX Runtime library that the onnxruntime wheel carries.
#pragma once

#include <functional>
#include <string>

#include "infer/onnxruntime_abi.h"

namespace pyds {

// Says where the library is, or nothing: the Python bindings know where onnxruntime is installed.
// Asked after the environment variable PYDS_ONNXRUNTIME_LIB, before the places relative to this
// library and the system's.
using OnnxRuntimeFinder = std::function<std::string()>;
void set_onnxruntime_finder(OnnxRuntimeFinder finder);

struct OnnxRuntime {
  ort::Api api;
  ort::Env* env;  // one per process, never released
  std::string version;
  std::string path;
};

// Opens the library on first use and keeps it. Throws EngineError that says where it looked.
const OnnxRuntime& onnxruntime();

}  // namespace pyds
