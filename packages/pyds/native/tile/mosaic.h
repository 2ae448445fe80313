// Mosaic: turns a batch of pictures into one picture of tiles, and its metadata with it.
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "image/picture.h"
#include "nvdsmeta.h"
#include "surface/block.h"
#include "surface/frame_memory.h"

namespace pyds::tile {

// A frame of the batch and the part of the mosaic it goes to.
struct Placement {
  NvDsFrameMeta* frame;
  Rect tile;
};

class Mosaic {
 public:
  // `output` gives size, format and colorimetry of the mosaics.
  Mosaic(const GstVideoInfo& output, Filter filter, unsigned max_idle_blocks);

  const GstVideoInfo& output() const { return output_; }
  void set_filter(Filter filter) { filter_ = filter; }

  // The mosaic of some pictures of a batch; what no tile covers is black. A single picture that
  // is already as large as its tile, and that the mosaic, is returned itself. Null if a format is
  // not supported.
  BlockRef compose(const FrameMemory& pictures, const std::vector<Placement>& placements);

 private:
  GstVideoInfo output_;
  Filter filter_;
  std::shared_ptr<BlockPool> pool_;
};

// Moves what the placed frames hold to one new frame, with everything where the mosaic shows it,
// and removes all frames but that. The new frame is returned: source 0, picture 0, number
// `frame_number`, times of the first placement. Its objects tell where they came from: `reserved`
// holds {source id, frame number} of the frame they were found in. Takes the batch lock.
NvDsFrameMeta* merge_frames(NvDsBatchMeta* batch, const std::vector<Placement>& placements,
                            int frame_number, int width, int height);

}  // namespace pyds::tile
