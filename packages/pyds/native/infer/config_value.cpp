#include "infer/config_value.h"

#include <glib.h>

#include <cerrno>
#include <cmath>
#include <limits>

#include "base/paths.h"
#include "infer/config.h"

namespace pyds {
namespace {

bool parse_integer(const std::string& text, long* value) {
  char* end = nullptr;
  errno = 0;
  *value = std::strtol(text.c_str(), &end, 10);
  return !text.empty() && *end == '\0' && errno == 0;
}

// Independent of the locale: a decimal comma must not change what a file means.
bool parse_number(const std::string& text, double* value) {
  char* end = nullptr;
  *value = g_ascii_strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0' && std::isfinite(*value);
}

std::string bound_text(double value) {
  char text[32];
  g_snprintf(text, sizeof text, "%g", value);
  return text;
}

}  // namespace

void ConfigValue::refuse(const std::string& allowed) const {
  throw ConfigError(
      file_ + ": [" + group_ + "] " + key_ + "=" + text_ + ": expected " + allowed +
      (text_.find('#') != std::string::npos ? " (a comment must be on a line of its own)" : ""));
}

long ConfigValue::integer(long least, long most) const {
  long value = 0;
  if (!parse_integer(text_, &value) || value < least || value > most)
    refuse(most >= std::numeric_limits<int>::max()
               ? "a whole number, " + std::to_string(least) + " or more"
               : "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return value;
}

double ConfigValue::number(double least, double most) const {
  double value = 0;
  if (!parse_number(text_, &value) || value < least || value > most)
    refuse(most >= std::numeric_limits<float>::max()
               ? "a number"
               : "a number from " + bound_text(least) + " to " + bound_text(most));
  return value;
}

bool ConfigValue::boolean() const {
  for (const char* yes : {"1", "true", "yes"})
    if (g_ascii_strcasecmp(text_.c_str(), yes) == 0) return true;
  for (const char* no : {"0", "false", "no"})
    if (g_ascii_strcasecmp(text_.c_str(), no) == 0) return false;
  refuse("0 or 1");
}

std::string ConfigValue::path() const {
  return text_.empty() ? std::string() : resolve_config_path(text_, file_);
}

std::vector<std::string> ConfigValue::list() const {
  std::vector<std::string> items;
  size_t start = 0;
  while (start < text_.size()) {
    size_t end = text_.find(';', start);
    if (end == std::string::npos) end = text_.size();
    std::string item = text_.substr(start, end - start);
    g_strstrip(item.data());
    item.resize(std::char_traits<char>::length(item.c_str()));
    if (!item.empty()) items.push_back(std::move(item));
    start = end + 1;
  }
  return items;
}

std::vector<float> ConfigValue::numbers() const {
  std::vector<float> values;
  for (const std::string& item : list()) {
    double value = 0;
    if (!parse_number(item, &value)) refuse("numbers separated by ';'");
    values.push_back(static_cast<float>(value));
  }
  return values;
}

std::vector<long> ConfigValue::integers(long least, long most) const {
  std::vector<long> values;
  for (const std::string& item : list()) {
    long value = 0;
    if (!parse_integer(item, &value) || value < least || value > most)
      refuse("whole numbers separated by ';', each " + std::to_string(least) + " or more");
    values.push_back(value);
  }
  return values;
}

}  // namespace pyds
