// Mask readers: the masks of detections from the outputs that hold them. For built-in parsers.
#pragma once

#include <memory>

#include "infer/instance_parser.h"

namespace pyds {

// Immutable after construction.
class MaskReader {
 public:
  virtual ~MaskReader() = default;
  virtual float threshold() const = 0;
  // The mask of `found`, as its parser gave it, within `box`, what is left of it.
  virtual InstanceMask read(const Layers& layers, const Detection& found,
                            const Detection& box) const = 0;
};

// A mask for each row, or for each class of each row, stretched over its box. Probabilities from
// 0.5 on, or logits from 0.
std::unique_ptr<MaskReader> make_box_mask_reader(const ParserSetup& setup, size_t masks,
                                                 bool are_logits);
// A mask for each row, as large as the whole picture.
std::unique_ptr<MaskReader> make_picture_mask_reader(const ParserSetup& setup, size_t masks,
                                                     bool are_logits);

// YOLO: the sum of prototypes of the whole picture, weighted by the coefficients of each detection,
// which are the last channels of output `boxes`.
struct Coefficients {
  size_t boxes;
  size_t channels;
  size_t first;         // channel
  bool channels_first;  // channels x detections, not detections x channels
};
std::unique_ptr<MaskReader> make_prototype_mask_reader(const ParserSetup& setup, size_t prototypes,
                                                       const Coefficients& coefficients);

}  // namespace pyds
