// The mean-file of a configuration: a picture to subtract before inference.
#pragma once

#include <string>
#include <vector>

#include "image/tensor.h"

namespace pyds {

// Reads a binary PPM (P6) of the network's size as values in the layout of `format`. Throws
// ConfigError.
std::vector<float> read_mean_image(const std::string& file, const TensorFormat& format);

}  // namespace pyds
