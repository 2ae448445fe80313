// FrameMemory: the GstMemory behind `video/x-raw(memory:NVMM)`, a batch of pictures by reference.
//
// gst_memory_map() yields an NvBufSurface. Copying the memory (as gst_buffer_make_writable and
// gst_memory_make_mapped do) shares the blocks and copies no pixel; pixels are copied per picture
// and only when somebody writes to one that another batch also owns.
//
// A copied GstBuffer gets a FrameMemory of its own (the memory is flagged NO_SHARE), so a block's
// owners are counted per buffer. Two references to one GstBuffer are one batch: a pad probe that
// writes to a buffer a tee also gave to another branch writes for both; an element that works in
// place made the buffer writable first and does not.
#pragma once

#include <gst/gst.h>

#include <mutex>
#include <vector>

#include "nvbufsurface.h"
#include "surface/block.h"

namespace pyds {

inline constexpr char kNvmmFeature[] = "memory:NVMM";

class FrameMemory : private GstMemory {
 public:
  // Room for `batch_size` pictures, none yet. Give it to a buffer with gst_buffer_append_memory().
  static GstMemory* create(unsigned batch_size);
  // The batch behind a buffer or memory, or nullptr if it is not ours. Borrowed.
  static FrameMemory* from(GstBuffer* buffer);
  static FrameMemory* from(GstMemory* memory);
  // The batch of a writable buffer for writing to its pictures: if another buffer holds the same
  // memory, this one first gets a copy of it (which copies no pixel).
  static FrameMemory* make_writable(GstBuffer* buffer);

  unsigned size() const { return unsigned(pictures_.size()); }
  unsigned capacity() const { return unsigned(params_.size()); }

  // Appends a picture and returns its index (the frame's batch_id). There must be room.
  unsigned append(BlockRef block);
  // Replaces the picture at `index`.
  void replace(unsigned index, BlockRef block);

  const Block& picture(unsigned index) const { return *pictures_[index]; }
  // The picture for use in another batch or beyond the buffer's life.
  BlockRef share(unsigned index) const { return pictures_[index]; }
  // The picture for writing. Copies it first if another batch owns it too. The caller must be the
  // only writer of the buffer (a transform in place on a writable buffer, or a pad probe).
  Block& writable(unsigned index);

 private:
  friend struct FrameMemoryFunctions;
  explicit FrameMemory(unsigned batch_size);
  ~FrameMemory();
  FrameMemory(const FrameMemory&) = delete;
  FrameMemory& operator=(const FrameMemory&) = delete;

  GstMemory* copy() const;
  NvBufSurface* map(GstMapFlags flags);

  std::vector<BlockRef> pictures_;
  // What a map shows; several readers may map at once.
  std::mutex descriptor_mutex_;
  bool descriptor_is_current_ = false;
  NvBufSurface descriptor_ = {};
  std::vector<NvBufSurfaceParams> params_;
};

// True if the caps (or their first structure) have the feature memory:NVMM.
bool has_nvmm_feature(const GstCaps* caps);
// `video/x-raw(memory:NVMM)` caps from video info, with width, height, framerate, colorimetry...
GstCaps* nvmm_caps_from_info(const GstVideoInfo& info);

}  // namespace pyds
