// Pictures as JPEG.
#pragma once

#include <cstdint>
#include <vector>

#include "image/picture.h"

namespace pyds {

// Compresses pictures, one at a time. Keeps its scratch memory.
class JpegEncoder {
 public:
  JpegEncoder();
  ~JpegEncoder();
  JpegEncoder(const JpegEncoder&) = delete;
  JpegEncoder& operator=(const JpegEncoder&) = delete;

  // The part of `source` in `rect`, scaled to `width` x `height`, with `quality` 1..100. An empty
  // result means that it cannot; error() says why. Valid until the next call.
  const std::vector<uint8_t>& encode(const Picture& source, const Rect& rect, int width, int height,
                                     int quality);
  const char* error() const { return error_; }

 private:
  void* compressor_;
  std::vector<uint8_t> pixels_;
  std::vector<uint8_t> jpeg_;
  const char* error_ = "";
};

}  // namespace pyds
