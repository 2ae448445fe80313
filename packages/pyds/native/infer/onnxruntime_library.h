// Finding and opening the ONNX Runtime library that the onnxruntime wheel carries.
#pragma once

#include <string>

#include "infer/onnxruntime_abi.h"

namespace pyds {

// Where the Python package says the library is; asked after the environment variable
// PYDS_ONNXRUNTIME_LIB, before the places relative to this library and the system's.
void set_onnxruntime_library(const std::string& path);

struct OnnxRuntime {
  ort::Api api;
  ort::Env* env;  // one per process, never released
  std::string version;
  std::string path;
};

// Opens the library on first use and keeps it. Throws EngineError that says where it looked.
const OnnxRuntime& onnxruntime();

}  // namespace pyds
