#include "track/reid_network.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "infer/model.h"
#include "track/config_file.h"

namespace pyds::track {
namespace {

bool is_tensorrt(const std::string& file) {
  const std::string extension = std::filesystem::path(file).extension();
  return extension == ".engine" || extension == ".trt" || extension == ".plan";
}

std::string model_of(const ReidNetworkConfig& config) {
  if (!config.onnx_file.empty()) return config.onnx_file;
  const std::string& engine_file = config.model_engine_file;
  if (!engine_file.empty() && !is_tensorrt(engine_file)) return engine_file;
  if (!config.tlt_encoded_model.empty())
    throw ConfigError("tltEncodedModel: " + config.tlt_encoded_model +
                      " is an encrypted model, which nobody but TAO's withdrawn tools can read; "
                      "name its ONNX file with onnxFile, or set reidType: 0");
  if (!config.uff_file.empty())
    throw ConfigError("uffFile: " + config.uff_file +
                      " is in a withdrawn format; convert the original TensorFlow model with "
                      "tf2onnx and name it with onnxFile, or set reidType: 0");
  if (!engine_file.empty())
    throw ConfigError("modelEngineFile: " + engine_file +
                      " is an engine of TensorRT, which runs on one kind of GPU only; name the "
                      "ONNX file it was made from with onnxFile, or set reidType: 0");
  throw ConfigError("reidType asks for a network, but none is named; set onnxFile, or reidType: 0");
}

InferConfig infer_config(const ReidNetworkConfig& config) {
  InferConfig result;
  result.onnx_file = model_of(config);
  result.batch_size = static_cast<unsigned>(config.batch_size);
  result.network_input_order = config.channels_last ? InputOrder::kNhwc : InputOrder::kNchw;
  if (!config.infer_dims.empty()) {
    const std::vector<int>& dims = config.infer_dims;
    result.infer_dims.assign(dims.begin(), dims.end());
    if (config.channels_last)  // height;width;channels here, channels first there
      std::rotate(result.infer_dims.begin(), result.infer_dims.end() - 1, result.infer_dims.end());
  }
  result.model_color_format = config.blue_first ? ColorFormat::kBgr : ColorFormat::kRgb;
  result.offsets = config.offsets;
  result.net_scale_factor = config.net_scale_factor;
  result.maintain_aspect_ratio = config.keep_aspect_ratio;
  result.symmetric_padding = true;
  return result;
}

std::shared_ptr<const Network> load(const ReidNetworkConfig& config, const std::string& name,
                                    std::vector<std::string>* warnings) try {
  const InferConfig infer = infer_config(config);
  return std::make_shared<const Network>(infer, load_engine("", infer.onnx_file), warnings);
} catch (const std::exception& problem) {
  throw ConfigError(name + ": ReID: " + problem.what());
}

// Pixels of the picture that the box covers, however little.
Rect pixels(const Box& box, const Picture& picture) {
  const auto inside = [](float value, int end) {
    return static_cast<int>(std::clamp(value, 0.0f, static_cast<float>(end)));
  };
  Rect rect;
  rect.left = inside(std::floor(box.left), picture.width);
  rect.top = inside(std::floor(box.top), picture.height);
  rect.width = inside(std::ceil(box.right()), picture.width) - rect.left;
  rect.height = inside(std::ceil(box.bottom()), picture.height) - rect.top;
  return rect;
}

void normalize(float* values, size_t size) {
  const float length = std::sqrt(std::inner_product(values, values + size, values, 0.0f));
  if (length > 0)
    std::transform(values, values + size, values, [length](float v) { return v / length; });
}

}  // namespace

ReidNetwork::ReidNetwork(const ReidNetworkConfig& config, const std::string& name,
                         std::vector<std::string>* warnings)
    : network_(load(config, name, warnings)), team_(default_workers()) {
  const TensorSpec& output = network_->outputs().front();
  const auto refuse = [&](const std::string& what) {
    throw ConfigError(name + ": ReID: output '" + output.name + "' " + shape_text(output.shape) +
                      what);
  };
  if (output.type != FLOAT || output.shape.size() < 2)
    refuse(std::string(" of ") + type_name(output.type) +
           " is no batch of embeddings; expected floats, N x size");
  size_ = element_count({output.shape.begin() + 1, output.shape.end()});
  if (size_ == 0) refuse(" leaves the size of an embedding open; export the model with it fixed");
  if (config.feature_size > 0 && size_ != static_cast<size_t>(config.feature_size))
    warnings->push_back(name + ": ReID: reidFeatureSize is " + std::to_string(config.feature_size) +
                        ", but the model gives " + std::to_string(size_) + " values");
  const size_t bytes = network_->frame_bytes() * network_->batch_size();
  for (unsigned member = 0; member < team_.size(); ++member) {
    sessions_.push_back(network_->new_session());
    tensors_.emplace_back(new uint8_t[bytes], std::default_delete<uint8_t[]>());
  }
}

void ReidNetwork::embed(const Picture& picture, const std::vector<Box>& boxes, float* embeddings) {
  if (boxes.empty()) return;
  // As many for each member, but no more than fit into a run.
  const size_t share = (boxes.size() + team_.size() - 1) / team_.size();
  const size_t step = std::min<size_t>(share, network_->batch_size());
  team_.run((boxes.size() + step - 1) / step, [&](unsigned member, size_t index) {
    const size_t first = index * step;
    embed_chunk(picture, &boxes[first], std::min(step, boxes.size() - first), member,
                embeddings + first * size_);
  });
}

void ReidNetwork::embed_chunk(const Picture& picture, const Box* boxes, size_t count,
                              unsigned member, float* embeddings) {
  const std::shared_ptr<uint8_t>& tensor = tensors_[member];
  for (size_t i = 0; i < count; ++i) {
    const Placement placement = place(picture, pixels(boxes[i], picture), network_->format());
    if (!network_->write_frame(picture, placement, tensor.get() + i * network_->frame_bytes()))
      throw EngineError("ReID cannot read pictures of format " +
                        std::string(gst_video_format_to_string(picture.format)) +
                        "; put an nvvideoconvert to NV12 or RGBA before nvtracker");
  }
  const BatchResult result = network_->run(*sessions_[member], tensor, unsigned(count));
  for (size_t i = 0; i < count; ++i) {
    const NvDsInferLayerInfo layer = result.frame(i).front();
    if (layer.inferDims.numElements != size_)
      throw EngineError("the ReID model gave " + std::to_string(layer.inferDims.numElements) +
                        " values for an object, not " + std::to_string(size_));
    std::copy_n(static_cast<const float*>(layer.buffer), size_, embeddings + i * size_);
    normalize(embeddings + i * size_, size_);
  }
}

void PictureEmbeddings::make(const std::vector<Detection>& detections,
                             const std::vector<int>& wanted) {
  row_of_.resize(detections.size(), -1);
  int rows = static_cast<int>(values_.size() / size());
  const size_t made = values_.size();
  std::vector<Box> boxes;
  for (int index : wanted) {
    if (row_of_[index] >= 0) continue;
    row_of_[index] = rows++;
    boxes.push_back(detections[index].box);
  }
  values_.resize(static_cast<size_t>(rows) * size());
  network_.embed(picture_, boxes, values_.data() + made);
}

const float* PictureEmbeddings::embedding(int detection) const {
  if (detection >= static_cast<int>(row_of_.size()) || row_of_[detection] < 0) return nullptr;
  return &values_[static_cast<size_t>(row_of_[detection]) * size()];
}

}  // namespace pyds::track
