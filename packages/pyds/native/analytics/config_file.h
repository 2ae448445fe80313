// Reads the configuration file of nvdsanalytics.
#pragma once

#include <string>
#include <vector>

#include "analytics/config.h"

namespace pyds::analytics {

struct ConfigFile {
  Config config;
  std::vector<std::string> warnings;  // what was not understood and is not looked at
};

// Throws std::runtime_error with the file, group, key and value at fault and what is allowed.
ConfigFile load_config(const std::string& path);

}  // namespace pyds::analytics
