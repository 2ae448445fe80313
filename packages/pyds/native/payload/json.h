// JSON values of messages: members stay in the order they were added.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace pyds::payload {

using Json = nlohmann::ordered_json;

// On one line. What is not UTF-8 becomes U+FFFD, a number that is none becomes null.
std::string text_of(const Json& json);

// With what is not UTF-8 replaced by U+FFFD.
std::string valid_utf8(const std::string& text);

}  // namespace pyds::payload
