// Engine: what runs a neural network. One small interface, one file per implementation.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "nvdsinfer.h"

namespace pyds {

// Text that says which model, what is wrong with it and what to do.
class EngineError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline constexpr int64_t kDynamic = -1;

struct TensorSpec {
  std::string name;
  NvDsInferDataType type;
  std::vector<int64_t> shape;  // batch axis first; kDynamic where the model leaves it open
};

// Dense row-major values in CPU memory, alive as long as `owner` is (without one: as long as the
// caller says).
struct Tensor {
  NvDsInferDataType type;
  std::vector<int64_t> shape;
  void* data;
  std::shared_ptr<void> owner;
};

class Engine {
 public:
  virtual ~Engine() = default;

  virtual const std::vector<TensorSpec>& inputs() const = 0;
  virtual const std::vector<TensorSpec>& outputs() const = 0;
  // A text the model file carries under `key`, or empty.
  virtual std::string metadata(const std::string& key) const = 0;

  // Runs one batch; the results are in the order of outputs(). One thread at a time: give every
  // thread its own session. Throws EngineError.
  virtual std::vector<Tensor> run(const std::vector<Tensor>& inputs) = 0;
  // The same model for another thread; weights are shared where the engine can.
  virtual std::unique_ptr<Engine> new_session() = 0;
};

using EngineFactory = std::function<std::unique_ptr<Engine>(const std::string& model_file)>;

// Makes `name` known to load_engine(); a later registration of the same name wins. Thread-safe.
void register_engine(const std::string& name, EngineFactory factory);
// Asked for names nobody registered: the Python bindings look into entry points here.
using EngineFinder = std::function<EngineFactory(const std::string& name)>;
void set_engine_finder(EngineFinder finder);

// Loads a model with the engine `name` (empty: by file type). Throws EngineError.
std::unique_ptr<Engine> load_engine(const std::string& name, const std::string& model_file);

size_t element_size(NvDsInferDataType type);
const char* type_name(NvDsInferDataType type);
size_t element_count(const std::vector<int64_t>& shape);
std::string shape_text(const std::vector<int64_t>& shape);  // "N x 3 x 416 x 416"

}  // namespace pyds
