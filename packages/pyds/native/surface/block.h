// Block: the pixels of one picture in pooled, aligned CPU memory, shared by reference.
//
// Two counts live on a block. *References* keep its memory alive (anyone: a NumPy view, a worker).
// *Owners* are the batches (FrameMemory slots) whose picture it is: a writer through one batch
// must not be seen by another, so with more than one owner the writer copies first.
#pragma once

#include <gst/video/video.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "surface/gpu_mapping.h"

namespace pyds {

class Block;
using BlockRef = std::shared_ptr<Block>;

class Block {
 public:
  // Format, size, colorimetry, and the strides and offsets of this block's planes.
  const GstVideoInfo& info() const { return info_; }
  uint8_t* data() const { return data_; }
  uint8_t* plane(int index) const { return data_ + GST_VIDEO_INFO_PLANE_OFFSET(&info_, index); }
  int stride(int index) const { return GST_VIDEO_INFO_PLANE_STRIDE(&info_, index); }

  int owners() const { return owners_.load(std::memory_order_acquire); }
  void add_owner() { owners_.fetch_add(1, std::memory_order_relaxed); }
  void remove_owner() { owners_.fetch_sub(1, std::memory_order_release); }

  // Where a GPU finds data(). Mapped at the first call, until the memory is freed; thread-safe.
  // Throws std::runtime_error saying why there is no such address.
  uint64_t gpu_address();

  // Another block of this layout and pool, with undefined content and no owner.
  BlockRef make_like() const;

 private:
  friend class BlockPool;
  explicit Block(const GstVideoInfo& layout);
  ~Block();
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  GstVideoInfo info_;
  uint8_t* data_;
  std::atomic<int> owners_{0};
  std::mutex gpu_mutex_;
  std::unique_ptr<GpuMapping> gpu_mapping_;
  void* home_ = nullptr;  // BlockPool::State, alive while the block is referenced
};

// Recycles blocks of one layout. Thread-safe; blocks may outlive the pool.
class BlockPool {
 public:
  // `info` gives format, size and colorimetry; rows are aligned to 64 bytes here, so the strides of
  // `info` are ignored. At most `max_idle` unused blocks are kept.
  static std::shared_ptr<BlockPool> create(const GstVideoInfo& info, unsigned max_idle = 16);
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // The layout of every block acquired here.
  const GstVideoInfo& info() const;
  // A block with undefined content and no owner.
  BlockRef acquire();

 private:
  friend class Block;
  struct State;
  explicit BlockPool(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

// Copies pixels between two blocks of equal format and size.
void copy_block(const Block& source, Block& destination);

}  // namespace pyds
