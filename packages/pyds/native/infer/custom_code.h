// Whether a parser is the user's code or built in, and what of it is not called.
#pragma once

#include <string>

#include "infer/config.h"

namespace pyds {

enum class CustomCode { kNone, kPython, kLibrary };

// Where `name`, the value of the configuration's `key`, is to be looked for. `built_in`: there is a
// parser of that name here, which serves when the library is missing or made for another machine;
// otherwise that throws ConfigError. `chosen` gets lines for the log.
CustomCode find_custom_code(const InferConfig& config, const char* key, const std::string& name,
                            bool built_in, std::string* chosen);

}  // namespace pyds
