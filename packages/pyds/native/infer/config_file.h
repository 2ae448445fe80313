// A configuration file as groups of keys with text values, whatever its syntax.
#pragma once

#include <string>
#include <vector>

namespace pyds {

struct ConfigEntry {
  std::string key;
  std::string text;
};

struct ConfigGroup {
  std::string name;
  std::vector<ConfigEntry> entries;  // no key twice: the last one in the file wins
};

// The content of a configuration file, without a byte order mark. Throws ConfigError.
std::string read_config_text(const std::string& file);

// GKeyFile syntax, or YAML (a map of maps; sequences become ';' lists) if the name ends in .yml or
// .yaml. Throws ConfigError that names the file and, where known, the line.
std::vector<ConfigGroup> read_config_file(const std::string& file);

// Key files have no quotes of their own; configurations have them around values all the same.
std::string unquoted(const std::string& text);

}  // namespace pyds
