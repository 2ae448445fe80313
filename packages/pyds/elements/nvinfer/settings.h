// The properties of nvinfer: a configuration file, and what is set on the element over it.
#pragma once

#include <glib-object.h>

#include <functional>
#include <map>
#include <string>

#include "infer/config.h"

namespace pyds::nvinfer {

void install_properties(GObjectClass* object_class);

// Not thread-safe: the element keeps it under its object lock.
class Settings {
 public:
  using Reader = InferConfig (*)(const std::string& file);

  // How the configuration file is read.
  explicit Settings(Reader read = read_infer_config) : read_(read) {}

  void set(guint property, const GValue* value);
  void get(guint property, GValue* value) const;

  // The file with the element's properties over it. Throws ConfigError if the file is unreadable or
  // not set.
  InferConfig effective() const;
  // Why the file last set cannot be used, or empty.
  const std::string& error() const { return error_; }
  unsigned interval() const { return current_.interval; }
  void set_interval(unsigned interval);  // as the property does

 private:
  void read_file(const char* file);
  void apply_overrides();

  Reader read_;
  InferConfig from_file_;
  InferConfig current_;  // with the overrides
  std::string error_;
  std::map<guint, std::function<void(InferConfig&)>> overrides_;
};

}  // namespace pyds::nvinfer
