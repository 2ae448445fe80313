// Where files named in configurations are found.
#pragma once

#include <string>

namespace pyds {

// Paths under /opt/nvidia/deepstream/deepstream[-X.Y] that do not exist fall back to the DeepStream
// tree named by the environment variable DS_PATH, or else to the samples tree shipped beside this
// library. Any other path, and one found nowhere, is returned unchanged.
std::string resolve_deepstream_path(const std::string& path);

// `path` relative to the directory of `config_file` unless it is absolute, then resolved as above.
// A file that does not exist in a directory called samples is looked for in that tree, too:
// configurations that come with applications name "../../../../samples/models/...".
std::string resolve_config_path(const std::string& path, const std::string& config_file);

}  // namespace pyds
