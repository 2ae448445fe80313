#include "infer/mask_reader.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "infer/layers.h"

// Summing prototypes is the inner loop: vectorise it.
#pragma GCC optimize("O3")

namespace pyds {
namespace {

// Planes in the last two axes of a layer.
struct Planes {
  unsigned width = 0, height = 0;
  size_t count = 0;
  const float* values = nullptr;

  size_t pixels() const { return size_t{width} * height; }
};

Planes planes_of(const Layers& layers, size_t output) {
  const NvDsInferDims& dims = layers.at(output).inferDims;
  // No axis but these two is left where a model gives one row without a batch axis.
  if (dims.numDims < 2)
    throw EngineError(std::string("output '") + layers[output].layerName + "' holds no masks");
  Planes planes = {dims.d[dims.numDims - 1], dims.d[dims.numDims - 2], 0, nullptr};
  planes.values = float_values(layers, output, 0);
  if (planes.pixels()) planes.count = dims.numElements / planes.pixels();
  return planes;
}

class BoxMaskReader : public MaskReader {
 public:
  BoxMaskReader(const ParserSetup& setup, size_t masks, bool are_logits)
      : masks_(masks), threshold_(are_logits ? 0.0f : 0.5f) {
    // N x rows x classes x height x width
    const std::vector<int64_t>& shape = setup.outputs[masks].shape;
    if (shape.size() == 5 && shape[2] > 1) per_row_ = size_t(shape[2]);
  }

  float threshold() const override { return threshold_; }

  InstanceMask read(const Layers& layers, const Detection& found,
                    const Detection& box) const override {
    const Planes planes = planes_of(layers, masks_);
    const size_t plane = found.row * per_row_ + (per_row_ > 1 ? found.classId : 0);
    if (plane >= planes.count) return {};
    return cut_out(planes.values + plane * planes.pixels(), planes.width, planes.height, found,
                   box);
  }

 private:
  size_t masks_;
  float threshold_;
  size_t per_row_ = 1;
};

class PictureMaskReader : public MaskReader {
 public:
  PictureMaskReader(const ParserSetup& setup, size_t masks, bool are_logits)
      : network_(setup.network), masks_(masks), threshold_(are_logits ? 0.0f : 0.5f) {}

  float threshold() const override { return threshold_; }

  InstanceMask read(const Layers& layers, const Detection& found,
                    const Detection& box) const override {
    const Planes planes = planes_of(layers, masks_);
    if (found.row >= planes.count) return {};
    NvDsInferObjectDetectionInfo picture;
    picture.left = picture.top = 0.0f;
    picture.width = float(network_.width);
    picture.height = float(network_.height);
    return cut_out(planes.values + found.row * planes.pixels(), planes.width, planes.height,
                   picture, box);
  }

 private:
  NvDsInferNetworkInfo network_;
  size_t masks_;
  float threshold_;
};

class PrototypeMaskReader : public MaskReader {
 public:
  PrototypeMaskReader(const ParserSetup& setup, size_t prototypes, const Coefficients& coefficients)
      : network_(setup.network), prototypes_(prototypes), coefficients_(coefficients) {}

  float threshold() const override { return 0.5f; }

  InstanceMask read(const Layers& layers, const Detection& found,
                    const Detection& box) const override {
    const Planes planes = planes_of(layers, prototypes_);
    const NvDsInferLayerInfo& boxes = layers.at(coefficients_.boxes);
    const size_t rows = row_count(boxes, coefficients_.channels);
    if (coefficients_.first + planes.count > coefficients_.channels || found.row >= rows)
      throw EngineError(std::string("output '") + boxes.layerName +
                        "' has fewer coefficients than '" + layers[prototypes_].layerName +
                        "' has prototypes");
    const size_t step = coefficients_.channels_first ? rows : 1;
    const size_t start = coefficients_.channels_first
                             ? coefficients_.first * rows + found.row
                             : found.row * coefficients_.channels + coefficients_.first;
    const float* weights = static_cast<const float*>(boxes.buffer) + start;

    // Only what the box covers, and a pixel around it for interpolation.
    const float x = float(planes.width) / float(network_.width);
    const float y = float(planes.height) / float(network_.height);
    const unsigned left = low_end(box.left * x), top = low_end(box.top * y);
    const unsigned right = high_end((box.left + box.width) * x, left, planes.width);
    const unsigned bottom = high_end((box.top + box.height) * y, top, planes.height);
    const unsigned width = right - left, height = bottom - top;
    thread_local std::vector<float> sum;
    sum.assign(size_t{width} * height, 0.0f);
    for (size_t k = 0; k < planes.count; ++k) {
      const float weight = weights[k * step];
      for (unsigned row = 0; row < height; ++row) {
        const float* __restrict prototype =
            planes.values + k * planes.pixels() + size_t{top + row} * planes.width + left;
        float* __restrict out = sum.data() + size_t{row} * width;
        for (unsigned column = 0; column < width; ++column)
          out[column] += weight * prototype[column];
      }
    }
    InstanceMask mask =
        cut_out(sum.data(), width, height, box.left * x - float(left), box.top * y - float(top),
                (box.left + box.width) * x - float(left), (box.top + box.height) * y - float(top));
    for (size_t i = 0; i < mask.size(); ++i)
      mask.values.get()[i] = 1.0f / (1.0f + std::exp(-mask.values.get()[i]));
    return mask;
  }

 private:
  static unsigned low_end(float at) { return unsigned(std::max(0.0f, std::floor(at) - 1.0f)); }
  static unsigned high_end(float at, unsigned low, unsigned extent) {
    return std::clamp(unsigned(std::max(0.0f, std::ceil(at) + 1.0f)), std::min(low + 1, extent),
                      extent);
  }

  NvDsInferNetworkInfo network_;
  size_t prototypes_;
  Coefficients coefficients_;
};

}  // namespace

std::unique_ptr<MaskReader> make_box_mask_reader(const ParserSetup& setup, size_t masks,
                                                 bool are_logits) {
  return std::make_unique<BoxMaskReader>(setup, masks, are_logits);
}

std::unique_ptr<MaskReader> make_picture_mask_reader(const ParserSetup& setup, size_t masks,
                                                     bool are_logits) {
  return std::make_unique<PictureMaskReader>(setup, masks, are_logits);
}

std::unique_ptr<MaskReader> make_prototype_mask_reader(const ParserSetup& setup, size_t prototypes,
                                                       const Coefficients& coefficients) {
  return std::make_unique<PrototypeMaskReader>(setup, prototypes, coefficients);
}

}  // namespace pyds
