// The default engine: ONNX models on the CPU through ONNX Runtime's C API, without Python.
#pragma once

#include <memory>
#include <string>

#include "infer/engine.h"

namespace pyds {

// Single-threaded: batches run side by side on sessions, each in its caller's thread.
std::unique_ptr<Engine> load_onnxruntime_engine(const std::string& model_file);

}  // namespace pyds
