// Fitter: brings the pictures of one source to the size and format of the batch.
#pragma once

#include <memory>

#include "image/picture.h"
#include "surface/block.h"

namespace pyds::mux {

class Fitter {
 public:
  struct Settings {
    bool keep_aspect = false;  // centred, with black borders
    Filter filter = Filter::kBilinear;
    unsigned max_idle_blocks = 16;
  };

  // `output` gives size and format. YUV pictures keep the source's own colorimetry; where the
  // format changes between RGB and YUV they get that of `output`.
  Fitter(const GstVideoInfo& output, const Settings& settings);

  // The very picture if it fits, otherwise a scaled one. Null if the format is not supported.
  BlockRef fit(const BlockRef& picture);
  // Copies, scales and converts in one pass. Null if the format is not supported.
  BlockRef fit(const Picture& picture);

  // Where a picture of this size lands in the output.
  Rect place(int width, int height) const;

 private:
  BlockPool& pool_for(const Picture& picture);

  GstVideoInfo output_;
  Settings settings_;
  std::shared_ptr<BlockPool> pool_;
};

}  // namespace pyds::mux
