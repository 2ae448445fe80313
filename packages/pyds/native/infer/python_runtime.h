// What only Python can do for us, as an interface the bindings implement. This library and the
// plugin hold no Python symbol.
#pragma once

#include <memory>
#include <string>

#include "infer/parser.h"

namespace pyds {

class PythonRuntime {
 public:
  virtual ~PythonRuntime() = default;
  // Function `function` of the file `file`. Throws ConfigError if it cannot be loaded.
  virtual std::unique_ptr<DetectionParser> load_parser(const std::string& file,
                                                       const std::string& function,
                                                       const ParserSetup& setup) = 0;
};

// Set once by the bindings at import; nullptr where there is no Python. Not owned.
void set_python_runtime(PythonRuntime* runtime);
PythonRuntime* python_runtime();

}  // namespace pyds
