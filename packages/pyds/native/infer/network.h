// Network: a loaded model as nvinfer uses it. One picture input of known size, some outputs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "image/tensor.h"
#include "infer/config.h"
#include "infer/engine.h"
#include "infer/parser.h"

namespace pyds {

// The outputs of one batch, frame by frame.
class BatchResult {
 public:
  // `specs` outlives the result. Throws EngineError if an output is not divided into `count` frames.
  BatchResult(Outputs outputs, const std::vector<TensorSpec>& specs,
              const std::vector<size_t>& selected, size_t batch);

  // The layers of frame `index`, float16 widened to float32. Valid as long as owner() is held.
  Layers frame(size_t index) const;
  const std::shared_ptr<void>& owner() const { return owner_; }

 private:
  struct Output {
    const TensorSpec* spec;
    NvDsInferDataType type;
    NvDsInferDims dims;  // of one frame
    uint8_t* data;
    size_t bytes_per_frame;
  };
  std::vector<Output> outputs_;
  std::shared_ptr<void> owner_;
};

class Network {
 public:
  // Fits the engine's tensors and the configuration together. Throws ConfigError or EngineError;
  // what is odd but workable goes to `warnings`.
  Network(const InferConfig& config, std::unique_ptr<Engine> engine,
          std::vector<std::string>* warnings);

  const TensorFormat& format() const { return format_; }
  // Frames per run, at most.
  unsigned batch_size() const { return batch_size_; }
  // Bytes of one frame in the batch tensor that run() takes.
  size_t frame_bytes() const { return format_.size() * element_size(input_type_); }
  // What write_frame() does is pre-processing in the caller's thread.
  bool write_frame(const Picture& picture, const Placement& placement, void* frame) const;

  const std::vector<TensorSpec>& outputs() const { return selected_specs_; }
  NvDsInferNetworkInfo info() const;

  std::unique_ptr<Engine> new_session() const { return engine_->new_session(); }
  // Runs the first `count` frames of a batch tensor of batch_size() frames.
  BatchResult run(Engine& session, void* batch, unsigned count) const;

 private:
  void fit_input(const InferConfig& config, std::vector<std::string>* warnings);
  void fit_batch(const InferConfig& config, std::vector<std::string>* warnings);
  void select_outputs(const InferConfig& config, std::vector<std::string>* warnings);
  std::string model() const { return "model '" + file_ + "'"; }

  std::string file_;
  std::unique_ptr<Engine> engine_;
  TensorFormat format_;
  NvDsInferDataType input_type_ = FLOAT;
  unsigned batch_size_ = 1;
  bool fixed_batch_ = false;
  std::vector<size_t> selected_;
  std::vector<TensorSpec> selected_specs_;
};

}  // namespace pyds
