// Engines and output parsers written in Python, as the C++ side sees them.
#pragma once

#include <nanobind/nanobind.h>

#include <memory>

#include "nvdsinfer.h"

namespace pyds::py {

namespace nb = nanobind;

// A NumPy view of a layer. It keeps `owner`, so that the values outlive whatever they came from.
nb::object array_of(const NvDsInferLayerInfo& layer, std::shared_ptr<void> owner);

// Lets nvinfer find engines and parsers in Python, and the library of the onnxruntime package.
void connect_python_inference();

}  // namespace pyds::py
