#include "infer/layers.h"

#include <glib.h>

#include <algorithm>
#include <cmath>

namespace pyds {

size_t find_output(const std::vector<TensorSpec>& outputs, const std::vector<std::string>& words) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    g_autofree char* name = g_ascii_strdown(outputs[i].name.c_str(), -1);
    const std::string lower(name);
    for (const std::string& word : words)
      if (lower.find(word) != std::string::npos) return i;
  }
  return kNoLayer;
}

std::vector<int64_t> squeezed(const TensorSpec& output) {
  std::vector<int64_t> axes;
  for (size_t i = 1; i < output.shape.size(); ++i)
    if (output.shape[i] != 1) axes.push_back(output.shape[i]);
  return axes;
}

const float* float_values(const Layers& layers, size_t index, size_t least_count) {
  const NvDsInferLayerInfo& layer = layers.at(index);
  if (layer.dataType != FLOAT)
    throw EngineError(std::string("output '") + layer.layerName + "' is " +
                      type_name(layer.dataType) + ", its parser reads float32");
  if (layer.inferDims.numElements < least_count)
    throw EngineError(std::string("output '") + layer.layerName + "' has " +
                      std::to_string(layer.inferDims.numElements) + " values, its parser needs " +
                      std::to_string(least_count));
  return static_cast<const float*>(layer.buffer);
}

double value_at(const NvDsInferLayerInfo& layer, size_t index) {
  switch (layer.dataType) {
    case FLOAT:
      return static_cast<const float*>(layer.buffer)[index];
    case INT8:
      return static_cast<const int8_t*>(layer.buffer)[index];
    case UINT8:
      return static_cast<const uint8_t*>(layer.buffer)[index];
    case INT32:
      return static_cast<const int32_t*>(layer.buffer)[index];
    case INT64:
      return static_cast<double>(static_cast<const int64_t*>(layer.buffer)[index]);
    case HALF:
      break;  // widened to float32 before parsers see it
  }
  throw EngineError(std::string("output '") + layer.layerName + "' has an unreadable type");
}

Detection from_corners(unsigned class_id, float confidence, float x1, float y1, float x2, float y2,
                       size_t row) {
  return {{class_id, x1, y1, x2 - x1, y2 - y1, confidence, 0.0f}, unsigned(row)};
}

Detection from_centre(unsigned class_id, float confidence, float x, float y, float width,
                      float height, size_t row) {
  return {{class_id, x - width / 2, y - height / 2, width, height, confidence, 0.0f},
          unsigned(row)};
}

bool are_fractions(const float* values, size_t count) {
  return std::none_of(values, values + count, [](float value) { return value > 2.0f; });
}

std::string describe_outputs(const std::vector<TensorSpec>& outputs) {
  std::string text = outputs.size() == 1 ? "output:" : "outputs:";
  for (const TensorSpec& output : outputs)
    text += (&output == &outputs.front() ? " '" : ", '") + output.name + "' " +
            shape_text(output.shape) + " (" + type_name(output.type) + ")";
  return text;
}

}  // namespace pyds
