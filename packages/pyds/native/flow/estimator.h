// Estimator: the motion from one picture of a source to its next, for every block of pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "nvds_opticalflow_meta.h"

namespace pyds::flow {

inline constexpr int kBlock = 4;  // pixels, each way

struct GreyView {
  const uint8_t* pixels;
  int width;   // pixels
  int height;  // pixels
  int stride;  // bytes
};

struct Grid {
  unsigned columns;
  unsigned rows;

  static Grid of(int width, int height) {
    return {unsigned((width + kBlock - 1) / kBlock), unsigned((height + kBlock - 1) / kBlock)};
  }
  size_t size() const { return size_t{columns} * rows; }
};

enum class Preset { kFast, kMedium, kSlow };

class Estimator {
 public:
  virtual ~Estimator() = default;

  // Writes a vector for each block of the picture's grid, row by row: how far its content has moved
  // since the picture before, in 1/32 of a pixel. Returns false, and writes nothing, for the first
  // picture and for one of another size than that before it. Throws std::runtime_error.
  virtual bool next(const GreyView& picture, NvOFFlowVector* vectors) = 0;
};

// Loads the library that estimates, at the first call. Throws std::runtime_error, with advice, if
// it cannot be loaded.
std::unique_ptr<Estimator> make_estimator(Preset preset);

// What that library has, under the name kFactoryName.
using EstimatorFactory = Estimator* (*)(Preset preset);
inline constexpr char kFactoryName[] = "pyds_flow_make_estimator";

}  // namespace pyds::flow
