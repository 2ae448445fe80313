// Reads the fields of a text-format message into variables, each as the type it must have.
//
//   read_fields(message, place, {
//       {"threshold", {as_number(&threshold, 0, 1)}},
//       {"class_ids", {as_integer(&ids), kRepeated}},
//   });
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "infer/text_proto.h"

namespace pyds {

// Where a field is, for messages, and where warnings go.
struct ProtoPlace {
  const std::string& file;
  std::string path;                    // of messages, with a dot behind each: "infer_config."
  std::vector<std::string>* warnings;  // of unknown fields
};

class ProtoValue {
 public:
  ProtoValue(const TextField& field, const ProtoPlace& place) : field_(field), place_(place) {}

  // Each throws ConfigError naming file, line, field, the value and what is allowed.
  long integer(long least, long most) const;
  double number(double least, double most) const;
  bool boolean() const;
  std::string text() const;
  std::string path() const;  // resolved against the file; empty stays empty
  // The place of a name in `names`.
  size_t choice(const std::vector<std::string>& names) const;
  const TextMessage& message() const;
  // For the fields of message().
  ProtoPlace inside() const;

  [[noreturn]] void refuse(const std::string& allowed) const;
  // "file:line: path"
  std::string where() const;

 private:
  const TextField& field_;
  const ProtoPlace& place_;
};

enum ProtoRule { kOnce, kRepeated };

struct ProtoField {
  std::function<void(const ProtoValue&)> read;
  ProtoRule rule = kOnce;
};

using ProtoFields = std::map<std::string, ProtoField>;

// Gives every field to its reader, in order. Unknown ones are warned about. Throws ConfigError for
// one that is there twice and may not be.
void read_fields(const TextMessage& message, const ProtoPlace& place, const ProtoFields& fields);

}  // namespace pyds
