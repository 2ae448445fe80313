// Finds models in a model repository of Triton: ROOT/NAME/VERSION/model.onnx, with what
// ROOT/NAME/config.pbtxt says.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pyds {

struct RepositoryModel {
  std::string file;
  std::optional<long> max_batch_size;  // as config.pbtxt says: 0 is a model without a batch axis
  std::string label_file;              // of the first output that names one, or empty
};

// `version` -1 is the highest. Of several roots the first that has the model counts. Throws
// ConfigError, with advice when the model is there in a format that cannot run here.
RepositoryModel find_repository_model(const std::vector<std::string>& roots,
                                      const std::string& name, long version);

}  // namespace pyds
