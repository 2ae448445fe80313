// The text format of protocol buffers, as configurations of nvinferserver and of Triton have it,
// read without a schema.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace pyds {

struct TextMessage;

// One value of a field; the elements of a list are fields of the same name.
struct TextField {
  enum Kind { kMessage, kString, kNumber, kIdentifier };

  std::string name;
  int line = 0;  // from 1
  Kind kind = kIdentifier;
  std::string text;                            // of a scalar; a string's without quotes and escapes
  std::shared_ptr<const TextMessage> message;  // of a message
};

struct TextMessage {
  std::vector<TextField> fields;  // in the order of the text

  // The last field of this name, or null.
  const TextField* find(const std::string& name) const;
};

// `file` stands for the text in errors. Throws ConfigError that says where and what was expected.
TextMessage parse_text_proto(const std::string& text, const std::string& file);

}  // namespace pyds
