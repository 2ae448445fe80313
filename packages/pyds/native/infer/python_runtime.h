// What only Python can do for us, as an interface the bindings implement. This library and the
// plugin hold no Python symbol.
#pragma once

#include <memory>
#include <string>

#include "infer/classification_parser.h"
#include "infer/instance_parser.h"
#include "infer/parser.h"
#include "infer/segmentation.h"

namespace pyds {

class PythonRuntime {
 public:
  virtual ~PythonRuntime() = default;
  // Function `function` of the file `file`. Each throws ConfigError if it cannot be loaded.
  virtual std::unique_ptr<DetectionParser> load_parser(const std::string& file,
                                                       const std::string& function,
                                                       const ParserSetup& setup) = 0;
  virtual std::unique_ptr<ClassificationParser> load_classification_parser(
      const std::string& file, const std::string& function, const ParserSetup& setup) = 0;
  virtual std::unique_ptr<SegmentationParser> load_segmentation_parser(const std::string& file,
                                                                       const std::string& function,
                                                                       const ParserSetup& setup,
                                                                       float threshold) = 0;
  virtual std::unique_ptr<InstanceParser> load_instance_parser(const std::string& file,
                                                               const std::string& function,
                                                               const ParserSetup& setup) = 0;
};

// Set once by the bindings at import; nullptr where there is no Python. Not owned.
void set_python_runtime(PythonRuntime* runtime);
PythonRuntime* python_runtime();

// The runtime for the parser `function` that `key` names, of the configuration's Python file.
// Throws ConfigError if none is named or no Python is there.
PythonRuntime& python_runtime_for(const InferConfig& config, const char* key,
                                  const std::string& function);

}  // namespace pyds
