// Instance parsers: from the output tensors of one frame to detections with a mask each.
#pragma once

#include <glib.h>

#include <memory>
#include <string>

#include "infer/config.h"
#include "infer/parser.h"

namespace pyds {

// Which part of an object's box is the object. Stretched over the box.
struct InstanceMask {
  unsigned width = 0;
  unsigned height = 0;
  std::unique_ptr<float, decltype(&g_free)> values{nullptr, g_free};  // row by row

  InstanceMask() = default;
  InstanceMask(unsigned columns, unsigned rows)
      : width(columns),
        height(rows),
        values(static_cast<float*>(g_malloc_n(size_t{columns} * rows, sizeof(float))), g_free) {}
  size_t size() const { return size_t{width} * height; }
};

// The masks of the detections of one frame, made only for those that are kept.
class MaskSource {
 public:
  virtual ~MaskSource() = default;
  // The mask of a detection that this frame's parser gave, within its box as it is now (it may
  // have been clipped), in network pixels.
  virtual InstanceMask mask(const Detection& detection) const = 0;
};

// Immutable after construction: workers call parse() side by side.
class InstanceParser {
 public:
  virtual ~InstanceParser() = default;
  // How many classes the model's outputs are made for, 0 if the shapes do not tell.
  virtual unsigned num_classes() const { return 0; }
  // Above which value of its mask a pixel belongs to the object, unless the configuration says.
  virtual float mask_threshold() const { return 0.0f; }
  // Appends candidates that reach their class's threshold. The result reads from `layers`, which
  // must outlive it. Throws EngineError if the tensors are not what the model promised.
  virtual std::unique_ptr<MaskSource> parse(const Layers& layers, const Thresholds& thresholds,
                                            Detections* detections) const = 0;
};

// The parser the configuration asks for: parse-bbox-instance-mask-func-name in custom-lib-path or
// among the names known here, else what the outputs' names and shapes say. `chosen` gets lines for
// the log. Throws ConfigError.
std::unique_ptr<InstanceParser> make_instance_parser(const InferConfig& config,
                                                     const ParserSetup& setup, std::string* chosen);

// A function of a library, as nvdsinfer_custom_impl.h declares it. Throws ConfigError.
std::unique_ptr<InstanceParser> make_custom_instance_parser(const InferConfig& config,
                                                            const ParserSetup& setup);

// The part of a plane of values between two corners, in pixels of the plane (0, 0 is the corner of
// the first), resampled to as many pixels as it touches. Empty if that is nothing.
InstanceMask cut_out(const float* plane, unsigned width, unsigned height, float left, float top,
                     float right, float bottom);
// The part that `box` is of `whole`, of a mask that is stretched over `whole`.
InstanceMask cut_out(const float* mask, unsigned width, unsigned height,
                     const NvDsInferObjectDetectionInfo& whole,
                     const NvDsInferObjectDetectionInfo& box);

}  // namespace pyds
