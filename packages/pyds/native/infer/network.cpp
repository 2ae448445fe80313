#include "infer/network.h"

#include <algorithm>

#include "infer/half.h"
#include "infer/layers.h"
#include "infer/mean_image.h"

namespace pyds {
namespace {

Filter filter_of(unsigned scaling_filter) {
  return scaling_filter == 0 ? Filter::kNearest : Filter::kBilinear;
}

// Numbers of the model's metadata "c;h;w", or empty.
std::vector<unsigned> parse_dims(const std::string& text) {
  unsigned c = 0, h = 0, w = 0;
  if (std::sscanf(text.c_str(), "%u;%u;%u", &c, &h, &w) != 3) return {};
  return {c, h, w};
}

std::string dims_text(const std::vector<unsigned>& dims) {
  return std::to_string(dims[0]) + ";" + std::to_string(dims[1]) + ";" + std::to_string(dims[2]);
}

}  // namespace

BatchResult::BatchResult(std::vector<Tensor> outputs, std::shared_ptr<const Network> network,
                         size_t batch) {
  memory_->outputs = std::move(outputs);
  memory_->network = std::move(network);
  const std::vector<size_t>& selected = memory_->network->selected();
  for (size_t i = 0; i < selected.size(); ++i)
    add_layer(memory_->network->outputs()[i], memory_->outputs.at(selected[i]), batch);
}

void BatchResult::add_layer(const TensorSpec& spec, const Tensor& tensor, size_t batch) {
  const std::vector<int64_t>& shape = tensor.shape;
  const size_t frames = shape.empty() ? 1 : size_t(shape[0]);
  if (batch > 1 && frames != batch)
    throw EngineError("output '" + spec.name + "' is " + shape_text(shape) + " for a batch of " +
                      std::to_string(batch) +
                      ": the model does not keep frames apart, set batch-size=1");
  Layer layer = {spec.name.c_str(), tensor.type, {}, static_cast<uint8_t*>(tensor.data), 0};
  // A batch of one owns all of every output, whatever its first axis says.
  const size_t first_axis = shape.empty() || (batch == 1 && frames != 1) ? 0 : 1;
  if (shape.size() - first_axis > NVDSINFER_MAX_DIMS)
    throw EngineError("output '" + spec.name + "' has too many axes: " + shape_text(shape));
  layer.dims.numElements = 1;
  for (size_t axis = first_axis; axis < shape.size(); ++axis) {
    layer.dims.d[layer.dims.numDims++] = unsigned(shape[axis]);
    layer.dims.numElements *= unsigned(shape[axis]);
  }
  if (tensor.type == HALF) {
    std::vector<float> values(layer.dims.numElements * batch);
    half_to_float(reinterpret_cast<const uint16_t*>(layer.data), values.size(), values.data());
    layer.type = FLOAT;
    layer.data = reinterpret_cast<uint8_t*>(values.data());
    memory_->widened.push_back(std::move(values));
  }
  layer.bytes_per_frame = layer.dims.numElements * element_size(layer.type);
  layers_.push_back(layer);
}

Layers BatchResult::frame(size_t index) const {
  Layers layers(layers_.size());
  layers.owner = memory_;
  for (size_t i = 0; i < layers_.size(); ++i) {
    layers[i].dataType = layers_[i].type;
    layers[i].inferDims = layers_[i].dims;
    layers[i].bindingIndex = int(i);
    layers[i].layerName = layers_[i].name;
    layers[i].buffer = layers_[i].data + index * layers_[i].bytes_per_frame;
    layers[i].isInput = 0;
  }
  return layers;
}

Network::Network(const InferConfig& config, std::unique_ptr<Engine> engine,
                 std::vector<std::string>* warnings)
    : file_(model_file(config)), engine_(std::move(engine)) {
  fit_input(config, warnings);
  fit_batch(config, warnings);
  select_outputs(config, warnings);
}

void Network::fit_input(const InferConfig& config, std::vector<std::string>* warnings) {
  if (engine_->inputs().size() != 1)
    throw EngineError(
        model() + " has " + std::to_string(engine_->inputs().size()) +
        " inputs, nvinfer feeds exactly one picture: export the model with the others "
        "folded in");
  const TensorSpec& input = engine_->inputs().front();
  const std::string seen = "input '" + input.name + "' " + shape_text(input.shape);
  if (input.shape.size() != 4)
    throw EngineError(model() + ": " + seen +
                      " is no batch of pictures; expected N x channels x height x width");
  const auto channel_count = [](int64_t extent) { return extent == 1 || extent == 3; };
  bool last = config.network_input_order == InputOrder::kNhwc;
  if (!channel_count(input.shape[last ? 3 : 1]) && input.shape[last ? 3 : 1] != kDynamic &&
      channel_count(input.shape[last ? 1 : 3])) {
    last = !last;
    if (config.network_input_order != InputOrder::kFromModel)
      warnings->push_back(model() + ": " + seen + " is " + (last ? "NHWC" : "NCHW") +
                          "; set network-input-order=" + (last ? "1" : "0"));
  }
  const int64_t shape[3] = {input.shape[last ? 3 : 1], input.shape[last ? 1 : 2],
                            input.shape[last ? 2 : 3]};

  std::vector<unsigned> wanted = config.infer_dims;
  if (wanted.empty() && shape[1] == kDynamic && shape[2] == kDynamic) wanted = config.prepared_dims;
  if (wanted.empty()) wanted = parse_dims(engine_->metadata("infer_dims"));
  const unsigned default_channels = config.model_color_format == ColorFormat::kGray ? 1 : 3;
  std::vector<unsigned> dims(3);
  for (size_t axis = 0; axis < 3; ++axis) {
    if (shape[axis] != kDynamic)
      dims[axis] = unsigned(shape[axis]);
    else if (!wanted.empty())
      dims[axis] = wanted[axis];
    else if (axis == 0)
      dims[axis] = default_channels;
    else
      throw EngineError(model() + ": " + seen +
                        " leaves its size open: set infer-dims=channels;height;width");
  }
  if (!wanted.empty() && wanted != dims)
    throw EngineError(model() + ": " + seen + " does not take infer-dims=" + dims_text(wanted) +
                      ": leave the key out or set " + dims_text(dims));
  if (dims[0] != 1 && dims[0] != 3)
    throw EngineError(model() + ": " + seen + " has " + std::to_string(dims[0]) +
                      " channels; pictures have 3, or 1 in grey");
  if (input.type != FLOAT && input.type != HALF && input.type != UINT8)
    throw EngineError(model() + ": " + seen + " takes " + type_name(input.type) +
                      "; float32, float16 and uint8 can be fed");

  input_type_ = input.type;
  format_.channels = int(dims[0]);
  format_.height = int(dims[1]);
  format_.width = int(dims[2]);
  format_.channels_last = last;
  format_.blue_first = config.model_color_format == ColorFormat::kBgr;
  format_.keep_aspect = config.maintain_aspect_ratio;
  format_.centred = config.symmetric_padding;
  format_.border = uint8_t(config.padding_value);
  format_.filter = filter_of(config.scaling_filter);
  format_.scale = config.net_scale_factor;
  if (!config.offsets.empty() && config.offsets.size() < size_t(format_.channels))
    throw ConfigError(config.file + ": [property] offsets has " +
                      std::to_string(config.offsets.size()) + " numbers, the network has " +
                      std::to_string(format_.channels) + " channels");
  std::copy_n(config.offsets.begin(), std::min<size_t>(3, config.offsets.size()), format_.offset);
  if (!config.mean_file.empty()) format_.mean = read_mean_image(config.mean_file, format_);
  if (input_type_ == UINT8 && (format_.scale != 1.0f || !config.offsets.empty()))
    warnings->push_back(model() + ": " + seen +
                        " takes bytes, so net-scale-factor and offsets have no effect");
}

void Network::fit_batch(const InferConfig& config, std::vector<std::string>* warnings) {
  const int64_t batch = engine_->inputs().front().shape[0];
  batch_size_ = config.batch_size;
  if (batch == kDynamic) return;
  fixed_batch_ = true;
  if (batch < config.batch_size)
    warnings->push_back(model() + " is made for batches of " + std::to_string(batch) +
                        ", batch-size=" + std::to_string(config.batch_size) +
                        " is divided into these; export it with a dynamic batch axis to avoid it");
  batch_size_ = unsigned(batch);
}

void Network::select_outputs(const InferConfig& config, std::vector<std::string>* warnings) {
  const std::vector<TensorSpec>& all = engine_->outputs();
  for (const std::string& name : config.output_blob_names) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const TensorSpec& spec) { return spec.name == name; });
    if (found != all.end())
      selected_.push_back(size_t(found - all.begin()));
    else
      warnings->push_back(model() + " has no output '" + name + "' (output-blob-names); it has " +
                          describe_outputs(all));
  }
  if (selected_.empty())
    for (size_t i = 0; i < all.size(); ++i) selected_.push_back(i);
  for (size_t i : selected_) {
    selected_specs_.push_back(all[i]);
    // Parsers see what BatchResult makes of it.
    if (all[i].type == HALF) selected_specs_.back().type = FLOAT;
  }
}

NvDsInferNetworkInfo Network::info() const {
  return {unsigned(format_.width), unsigned(format_.height), unsigned(format_.channels)};
}

std::vector<int64_t> Network::unit_shape() const {
  const int64_t c = format_.channels, h = format_.height, w = format_.width;
  if (format_.channels_last) return {h, w, c};
  return {c, h, w};
}

bool Network::write_frame(const Picture& picture, const Placement& placement, void* frame) const {
  if (input_type_ == UINT8)
    return write_tensor(picture, placement, format_, static_cast<uint8_t*>(frame));
  if (input_type_ == FLOAT)
    return write_tensor(picture, placement, format_, static_cast<float*>(frame));
  thread_local std::vector<float> values;
  values.resize(format_.size());
  if (!write_tensor(picture, placement, format_, values.data())) return false;
  float_to_half(values.data(), values.size(), static_cast<uint16_t*>(frame));
  return true;
}

BatchResult Network::run(Engine& session, std::shared_ptr<uint8_t> batch, unsigned count) const {
  const int64_t frames = fixed_batch_ ? batch_size_ : count;
  Tensor input = {input_type_, unit_shape(), batch.get(), batch};
  input.shape.insert(input.shape.begin(), frames);
  return BatchResult(session.run({input}), shared_from_this(), size_t(frames));
}

}  // namespace pyds
