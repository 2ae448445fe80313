#include "infer/proto_reader.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>

#include "base/nearest.h"
#include "base/paths.h"
#include "infer/config.h"

namespace pyds {
namespace {

std::string shown(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::string ProtoValue::where() const {
  return place_.file + ":" + std::to_string(field_.line) + ": " + place_.path + field_.name;
}

void ProtoValue::refuse(const std::string& allowed) const {
  const std::string seen = field_.kind == TextField::kMessage  ? "a message"
                           : field_.kind == TextField::kString ? "\"" + field_.text + "\""
                                                               : field_.text;
  throw ConfigError(where() + " is " + seen + "; allowed is " + allowed);
}

long ProtoValue::integer(long least, long most) const {
  const std::string allowed =
      "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  if (field_.kind != TextField::kNumber) refuse(allowed);
  char* end = nullptr;
  errno = 0;
  const long value = std::strtol(field_.text.c_str(), &end, 0);
  if (*end || errno || value < least || value > most) refuse(allowed);
  return value;
}

double ProtoValue::number(double least, double most) const {
  const std::string allowed = "a number from " + shown(least) + " to " + shown(most);
  if (field_.kind != TextField::kNumber) refuse(allowed);
  std::string text = field_.text;
  if (text.size() > 1 && (text.back() == 'f' || text.back() == 'F')) text.pop_back();
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || *end || !(value >= least && value <= most)) refuse(allowed);
  return value;
}

bool ProtoValue::boolean() const {
  const std::string& text = field_.text;
  if (field_.kind == TextField::kIdentifier) {
    if (text == "true" || text == "True" || text == "t") return true;
    if (text == "false" || text == "False" || text == "f") return false;
  }
  if (field_.kind == TextField::kNumber && (text == "0" || text == "1")) return text == "1";
  refuse("true or false");
}

std::string ProtoValue::text() const {
  if (field_.kind != TextField::kString) refuse("a text in quotes");
  return field_.text;
}

std::string ProtoValue::path() const {
  const std::string name = text();
  return name.empty() ? name : resolve_config_path(name, place_.file);
}

size_t ProtoValue::choice(const std::vector<std::string>& names) const {
  if (field_.kind == TextField::kIdentifier) {
    const auto found = std::find(names.begin(), names.end(), field_.text);
    if (found != names.end()) return size_t(found - names.begin());
  } else if (field_.kind == TextField::kNumber) {
    return size_t(integer(0, long(names.size()) - 1));
  }
  std::string allowed;
  for (const std::string& name : names) allowed += (allowed.empty() ? "" : ", ") + name;
  refuse("one of " + allowed);
}

const TextMessage& ProtoValue::message() const {
  if (field_.kind != TextField::kMessage) refuse("a message, " + field_.name + " { ... }");
  return *field_.message;
}

ProtoPlace ProtoValue::inside() const {
  return {place_.file, place_.path + field_.name + ".", place_.warnings};
}

void read_fields(const TextMessage& message, const ProtoPlace& place, const ProtoFields& fields) {
  std::set<std::string> seen;
  for (const TextField& field : message.fields) {
    const ProtoValue value(field, place);
    const auto found = fields.find(field.name);
    if (found == fields.end()) {
      place.warnings->push_back(value.where() +
                                " is unknown and ignored; the nearest known field "
                                "is '" +
                                nearest(fields, field.name) + "'");
      continue;
    }
    if (!seen.insert(field.name).second && found->second.rule == kOnce)
      throw ConfigError(value.where() + " is there a second time; keep one of them");
    found->second.read(value);
  }
}

}  // namespace pyds
