// From a picture to the numbers a network takes: crop, scale, letterbox, colour, normalise.
#pragma once

#include <cstdint>
#include <vector>

#include "image/picture.h"

namespace pyds {

// The tensor of one picture. Values are (x - offset) * scale with x in 0..255.
struct TensorFormat {
  int width = 0;
  int height = 0;
  int channels = 3;            // 3, or 1 for grey
  bool channels_last = false;  // HWC instead of CHW
  bool blue_first = false;     // BGR instead of RGB
  float scale = 1.0f;
  float offset[3] = {};     // in the order of the tensor's channels
  std::vector<float> mean;  // optional: one offset per value of the tensor, instead of `offset`
  bool keep_aspect = false;
  bool centred = false;  // the picture between two borders, or else at the top left
  uint8_t border = 0;    // of all channels, before normalisation
  Filter filter = Filter::kBilinear;

  size_t size() const { return size_t(width) * height * channels; }
};

// Where a crop of the source lies in the network's picture; maps positions back.
struct Placement {
  Rect source;  // the crop, in source pixels
  Rect target;  // what it became, in network pixels

  float source_x(float x) const {
    return source.left + (x - target.left) * source.width / target.width;
  }
  float source_y(float y) const {
    return source.top + (y - target.top) * source.height / target.height;
  }
};

// Clips `crop` to the picture and says where write_tensor() puts it.
Placement place(const Picture& source, const Rect& crop, const TensorFormat& format);

// Writes all format.size() values of `tensor`: the crop at its place, the border around it. Scratch
// memory is per thread and reused. An empty crop gives all border. Returns false if the picture's
// format is not supported.
bool write_tensor(const Picture& source, const Placement& placement, const TensorFormat& format,
                  float* tensor);
// The same for networks that take bytes: scale, offset and mean do not apply.
bool write_tensor(const Picture& source, const Placement& placement, const TensorFormat& format,
                  uint8_t* tensor);

}  // namespace pyds
