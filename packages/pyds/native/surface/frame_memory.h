// FrameMemory: the GstMemory behind `video/x-raw(memory:NVMM)`, a batch of pictures by reference.
//
// gst_memory_map() yields an NvBufSurface. Copying the memory (as gst_buffer_make_writable and
// gst_memory_make_mapped do) shares the blocks and copies no pixel; pixels are copied per picture
// and only when somebody writes to one that another batch also owns.
#pragma once

#include <gst/gst.h>

#include "nvbufsurface.h"
#include "surface/block.h"

namespace pyds {

inline constexpr char kNvmmFeature[] = "memory:NVMM";

class FrameMemory {
 public:
  // Room for `batch_size` pictures, none yet. Give it to a buffer with gst_buffer_append_memory().
  static GstMemory* create(unsigned batch_size);
  // The batch behind a buffer or memory, or nullptr if it is not ours. Borrowed.
  static FrameMemory* from(GstBuffer* buffer);
  static FrameMemory* from(GstMemory* memory);

  unsigned size() const;
  unsigned capacity() const;

  // Appends a picture and returns its index (the frame's batch_id).
  unsigned append(BlockRef block);
  // Replaces the picture at `index`.
  void replace(unsigned index, BlockRef block);

  const Block& picture(unsigned index) const;
  // The picture for use in another batch or beyond the buffer's life.
  BlockRef share(unsigned index) const;
  // The picture for writing. Copies it first if another batch owns it too. The caller must be the
  // only writer of the buffer (a transform in place on a writable buffer, or a pad probe).
  Block& writable(unsigned index);
};

// True if the caps (or their first structure) have the feature memory:NVMM.
bool has_nvmm_feature(const GstCaps* caps);
// `video/x-raw(memory:NVMM)` caps from video info, with width, height, framerate, colorimetry...
GstCaps* nvmm_caps_from_info(const GstVideoInfo& info);

}  // namespace pyds
