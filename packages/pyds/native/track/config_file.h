// Reads low-level tracker configuration files (YAML, with or without OpenCV's "%YAML:1.0" line).
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "track/config.h"

namespace pyds::track {

// The message names the file, the line, the key, the value seen and what is allowed.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct ConfigFile {
  Config config;
  // For the user: keys nobody knows, with the nearest known one.
  std::vector<std::string> warnings;
  // For the log: known keys that change nothing here.
  std::vector<std::string> without_effect;
};

// Throws ConfigError when the file cannot be read, is no YAML, or a value is not allowed.
ConfigFile load_config(const std::string& path);
// The same for a text; `name` stands for the file in messages.
ConfigFile parse_config(const std::string& text, const std::string& name);

}  // namespace pyds::track
