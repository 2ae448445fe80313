// Conversion: what nvvideoconvert does to each buffer, fixed when caps and settings are.
#pragma once

#include <gst/video/video.h>

#include <memory>
#include <optional>

#include "image/mapping.h"
#include "image/picture.h"
#include "surface/block.h"

namespace pyds {

// "left:top:width:height" in pixels; nullopt if it is anything else.
std::optional<Rect> parse_rect(const char* text);

struct ConversionSettings {
  Flip flip = Flip::kNone;
  Filter filter = Filter::kBilinear;
  std::optional<Rect> source_crop;       // nullopt: all of the input
  std::optional<Rect> destination_crop;  // nullopt: all of the output

  bool is_sideways() const { return int(flip) % 2 == 1; }
};

// One end of the conversion.
struct VideoEnd {
  GstVideoInfo info = {};
  bool nvmm = false;

  // False if the caps are no raw video of ours.
  static std::optional<VideoEnd> from_caps(const GstCaps* caps);
};

class Conversion {
 public:
  Conversion(const VideoEnd& input, const VideoEnd& output, const ConversionSettings& settings);

  const VideoEnd& input() const { return input_; }
  const VideoEnd& output() const { return output_; }
  // Neither pixels nor memory differ.
  bool changes_nothing() const { return same_pixels_ && input_.nvmm == output_.nvmm; }
  // Pictures leave NVMM as they are: the output can refer to them.
  bool only_leaves_nvmm() const { return same_pixels_ && input_.nvmm && !output_.nvmm; }
  // Rows of our blocks lie as system memory's default layout has them.
  bool block_layout_is_default() const;

  // Converts every picture of `in` into fresh pictures for `out`, which may be `in`.
  // Returns false if a buffer could not be mapped.
  bool into_nvmm(GstBuffer* in, GstBuffer* out);
  // Converts the first picture of `in` into the memory of `out`.
  bool into_system(GstBuffer* in, GstBuffer* out);
  // Makes `out`, which may be `in`, refer to the first picture of `in`.
  void wrap(GstBuffer* in, GstBuffer* out);
  // Moves the metadata of a converted buffer to its new places.
  void remap_metadata(GstBuffer* out) const;

 private:
  void convert_picture(const Picture& from, Picture& to) const;

  VideoEnd input_;
  VideoEnd output_;
  ConversionSettings settings_;
  Rect source_;
  Rect destination_;
  bool fills_output_;
  bool same_pixels_;
  std::shared_ptr<BlockPool> pool_;  // of output pictures
};

}  // namespace pyds
