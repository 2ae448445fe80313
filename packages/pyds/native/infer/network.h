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

class Network;

// The outputs of one batch, frame by frame.
class BatchResult {
 public:
  // Throws EngineError if an output is not divided into `batch` frames.
  BatchResult(std::vector<Tensor> outputs, std::shared_ptr<const Network> network, size_t batch);

  // The layers of frame `index`, float16 widened to float32.
  Layers frame(size_t index) const;

 private:
  struct Layer {
    const char* name;  // in the network
    NvDsInferDataType type;
    NvDsInferDims dims;  // of one frame
    uint8_t* data;
    size_t bytes_per_frame;
  };
  // What the layers point into.
  struct Memory {
    std::vector<Tensor> outputs;
    std::vector<std::vector<float>> widened;  // copies of float16 outputs
    std::shared_ptr<const Network> network;
  };
  void add_layer(const TensorSpec& spec, const Tensor& tensor, size_t batch);

  std::shared_ptr<Memory> memory_ = std::make_shared<Memory>();
  std::vector<Layer> layers_;
};

class Network : public std::enable_shared_from_this<Network> {
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
  // Extents of one frame in it, without the batch axis.
  std::vector<int64_t> unit_shape() const;
  NvDsInferDataType input_type() const { return input_type_; }
  // run() reads a whole batch whatever the count.
  bool has_fixed_batch() const { return fixed_batch_; }
  // What write_frame() does is pre-processing in the caller's thread.
  bool write_frame(const Picture& picture, const Placement& placement, void* frame) const;

  // Those selected by output-blob-names, as parsers see them.
  const std::vector<TensorSpec>& outputs() const { return selected_specs_; }
  // Their places among the engine's outputs.
  const std::vector<size_t>& selected() const { return selected_; }
  NvDsInferNetworkInfo info() const;

  std::unique_ptr<Engine> new_session() const { return engine_->new_session(); }
  // Runs the first `count` frames of a batch tensor of batch_size() frames. The network must be in
  // a shared_ptr.
  BatchResult run(Engine& session, std::shared_ptr<uint8_t> batch, unsigned count) const;

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
