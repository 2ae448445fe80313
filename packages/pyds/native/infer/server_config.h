// The configuration of one nvinferserver element, as what nvinfer's would be for the same.
#pragma once

#include <string>

#include "infer/config.h"

namespace pyds {

// Reads a configuration in the text format of protocol buffers (infer_config { ... }
// input_control { ... } output_control { ... }). Paths in it are resolved against the file, and the
// model is looked for in its model repository. Throws ConfigError.
InferConfig read_server_config(const std::string& file);

}  // namespace pyds
