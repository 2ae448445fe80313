// Helpers for parsers: finding layers and reading their values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "infer/parser.h"

namespace pyds {

inline constexpr size_t kNoLayer = SIZE_MAX;

// Index of the first output whose lower-case name contains one of `words`.
size_t find_output(const std::vector<TensorSpec>& outputs, const std::vector<std::string>& words);

// The axes of an output that are not 1, without the batch axis: N x 1 x 100 x 7 is {100, 7}.
std::vector<int64_t> squeezed(const TensorSpec& output);

// The float32 values of a layer. Throws EngineError for another type or too few values.
const float* float_values(const Layers& layers, size_t index, size_t least_count);
// One value of a layer of any type.
double value_at(const NvDsInferLayerInfo& layer, size_t index);

// Rows of `columns` values in a layer.
inline size_t row_count(const NvDsInferLayerInfo& layer, size_t columns) {
  return layer.inferDims.numElements / columns;
}

// A detection from two corners, or from centre and size; network pixels.
Detection from_corners(unsigned class_id, float confidence, float x1, float y1, float x2, float y2,
                       size_t row = 0);
Detection from_centre(unsigned class_id, float confidence, float x, float y, float width,
                      float height, size_t row = 0);

// True if the boxes are fractions of the picture: no value is above 2 (a box of at most 2 pixels
// would be no detection).
bool are_fractions(const float* values, size_t count);

// "outputs: 'a' N x 3 (float32), 'b' ..." for messages.
std::string describe_outputs(const std::vector<TensorSpec>& outputs);

}  // namespace pyds
