// One value of a configuration file, read strictly as the type its key asks for.
#pragma once

#include <string>
#include <vector>

namespace pyds {

class ConfigValue {
 public:
  ConfigValue(std::string file, std::string group, std::string key, std::string text)
      : file_(std::move(file)),
        group_(std::move(group)),
        key_(std::move(key)),
        text_(std::move(text)) {}

  const std::string& text() const { return text_; }
  // Each throws ConfigError naming file, group, key, the value and what is allowed.
  long integer(long least, long most) const;
  double number(double least, double most) const;
  bool boolean() const;                   // 0/1, true/false, yes/no
  std::string path() const;               // resolved against the file; empty stays empty
  std::vector<std::string> list() const;  // split at ';', a trailing ';' adds nothing
  std::vector<float> numbers() const;
  std::vector<long> integers(long least, long most) const;

  [[noreturn]] void refuse(const std::string& allowed) const;

 private:
  std::string file_, group_, key_, text_;
};

}  // namespace pyds
