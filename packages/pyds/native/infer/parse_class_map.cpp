// The class with the highest score at each pixel, or maps that hold the class already.
#include <algorithm>

#include "infer/layers.h"
#include "infer/segmentation.h"

// Comparing the scores of a class with the best so far is the inner loop: vectorise it.
#pragma GCC optimize("O3")

namespace pyds {
namespace {

// Where the plane is higher, it becomes the best, by masks: compilers do not vectorise branches.
void take_better(const float* __restrict plane, int class_id, size_t count, float* __restrict top,
                 int* __restrict id) {
  for (size_t i = 0; i < count; ++i) {
    const float score = plane[i], best = top[i];
    const int mask = -int(score > best);
    id[i] = (id[i] & ~mask) | (class_id & mask);
    top[i] = score > best ? score : best;
  }
}

// One plane of scores per class. In runs that stay in the first cache, because the best score and
// its class are read and written once per plane.
void best_of_planes(const float* scores, size_t pixels, unsigned classes, float* best_scores,
                    int* best) {
  constexpr size_t kRun = 2048;
  for (size_t start = 0; start < pixels; start += kRun) {
    const size_t count = std::min(kRun, pixels - start);
    std::copy_n(scores + start, count, best_scores + start);
    std::fill_n(best + start, count, 0);
    for (unsigned c = 1; c < classes; ++c)
      take_better(scores + c * pixels + start, int(c), count, best_scores + start, best + start);
  }
}

// The scores of a pixel side by side.
void best_of_rows(const float* scores, size_t pixels, unsigned classes, float* best_scores,
                  int* best) {
  for (size_t i = 0; i < pixels; ++i, scores += classes) {
    float top = scores[0];
    int id = 0;
    for (unsigned c = 1; c < classes; ++c) {
      const bool better = scores[c] > top;
      top = better ? scores[c] : top;
      id = better ? int(c) : id;
    }
    best_scores[i] = top;
    best[i] = id;
  }
}

bool is_integer(NvDsInferDataType type) { return type != FLOAT && type != HALF; }

class ClassMapParser : public SegmentationParser {
 public:
  ClassMapParser(const InferConfig& config, const ParserSetup& setup)
      : order_(config.segmentation_output_order),
        threshold_(config.segmentation_threshold.value_or(0.0f)),
        num_classes_(setup.num_classes) {
    for (output_ = 0; output_ < setup.outputs.size(); ++output_) {
      const TensorSpec& spec = setup.outputs[output_];
      const size_t axes = spec.shape.size();
      if (axes == 4 || (axes == 3 && (is_integer(spec.type) || setup.num_classes == 1))) return;
    }
    throw ConfigError(
        config.file +
        ": network-type=2 (segmentation) needs an output of N x classes x height x "
        "width, or N x height x width x classes and segmentation-output-order=1, or "
        "class numbers (or, of one class, scores) of N x height x width; this model has " +
        describe_outputs(setup.outputs));
  }

  ClassMap parse(const Layers& layers) const override {
    const NvDsInferLayerInfo& layer = layers.at(output_);
    MapShape shape = map_shape(layer, order_);
    if (is_integer(layer.dataType)) return numbers(layer, shape);
    const float* scores = float_values(layers, output_, shape.pixels() * shape.classes);
    ClassMap map = make_map(layer, shape);
    map.probabilities = scores;
    map.owner = layers.owner;
    thread_local std::vector<float> best;
    best.resize(shape.pixels());
    const auto find = order_ == InputOrder::kNchw ? best_of_planes : best_of_rows;
    find(scores, shape.pixels(), shape.classes, best.data(), map.pixels.get());
    if (threshold_ > 0.0f)
      for (size_t i = 0; i < shape.pixels(); ++i)
        map.pixels[i] = best[i] < threshold_ ? -1 : map.pixels[i];
    return map;
  }

 private:
  static ClassMap make_map(const NvDsInferLayerInfo& layer, const MapShape& shape) {
    if (shape.pixels() == 0 || shape.classes == 0)
      throw EngineError(std::string("output '") + layer.layerName + "' of " +
                        std::to_string(layer.inferDims.numDims) +
                        " axes for one frame is no map of classes");
    return {shape.classes, shape.width,
            shape.height,  std::unique_ptr<int[]>(new int[shape.pixels()]),
            nullptr,       nullptr};
  }

  // A map of class numbers has an axis of 1 first, last or not at all.
  ClassMap numbers(const NvDsInferLayerInfo& layer, MapShape shape) const {
    if (shape.classes != 1) {
      const InputOrder other = order_ == InputOrder::kNchw ? InputOrder::kNhwc : InputOrder::kNchw;
      shape = map_shape(layer, other);
    }
    if (shape.classes != 1)
      throw EngineError(std::string("output '") + layer.layerName +
                        "' has integers for several classes at each pixel; scores must be float32");
    ClassMap map = make_map(layer, shape);
    map.classes = num_classes_;
    for (size_t i = 0; i < shape.pixels(); ++i) map.pixels[i] = int(value_at(layer, i));
    return map;
  }

  size_t output_ = 0;
  InputOrder order_;
  float threshold_;
  unsigned num_classes_;
};

}  // namespace

std::unique_ptr<SegmentationParser> make_class_map_parser(const InferConfig& config,
                                                          const ParserSetup& setup) {
  return std::make_unique<ClassMapParser>(config, setup);
}

}  // namespace pyds
