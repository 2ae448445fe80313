#include "surface/block.h"

#include <glib.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

namespace pyds {
namespace {

// One cache line; also enough for every SIMD width libyuv uses.
constexpr int kAlignment = 64;

int first_component_of_plane(const GstVideoFormatInfo* format, int plane) {
  for (int component = 0; component < int(GST_VIDEO_FORMAT_INFO_N_COMPONENTS(format)); ++component)
    if (int(GST_VIDEO_FORMAT_INFO_PLANE(format, component)) == plane) return component;
  return 0;
}

// `info` with strides and offsets of our own: rows start on a cache line.
GstVideoInfo aligned_layout(GstVideoInfo info) {
  const GstVideoFormatInfo* format = info.finfo;
  size_t offset = 0;
  for (int plane = 0; plane < int(GST_VIDEO_FORMAT_INFO_N_PLANES(format)); ++plane) {
    const int component = first_component_of_plane(format, plane);
    const int columns =
        GST_VIDEO_FORMAT_INFO_SCALE_WIDTH(format, component, GST_VIDEO_INFO_WIDTH(&info));
    const int rows =
        GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT(format, component, GST_VIDEO_INFO_HEIGHT(&info));
    const int row_bytes = columns * GST_VIDEO_FORMAT_INFO_PSTRIDE(format, component);
    const int stride = (row_bytes + kAlignment - 1) / kAlignment * kAlignment;
    GST_VIDEO_INFO_PLANE_STRIDE(&info, plane) = stride;
    GST_VIDEO_INFO_PLANE_OFFSET(&info, plane) = offset;
    offset += size_t(stride) * rows;
  }
  GST_VIDEO_INFO_SIZE(&info) = offset;
  return info;
}

}  // namespace

Block::Block(const GstVideoInfo& layout)
    : info_(layout),
      data_(static_cast<uint8_t*>(
          g_aligned_alloc(1, std::max<size_t>(GST_VIDEO_INFO_SIZE(&layout), 1), kAlignment))) {}

Block::~Block() {
  gpu_mapping_.reset();
  g_aligned_free(data_);
}

uint64_t Block::gpu_address() {
  const std::lock_guard<std::mutex> lock(gpu_mutex_);
  if (!gpu_mapping_)
    gpu_mapping_ = std::make_unique<GpuMapping>(data_, GST_VIDEO_INFO_SIZE(&info_));
  return gpu_mapping_->address();
}

struct BlockPool::State : std::enable_shared_from_this<State> {
  State(const GstVideoInfo& layout, unsigned max_idle) : info(layout), max_idle(max_idle) {
    idle.reserve(max_idle);
  }
  ~State() { free_idle(); }

  BlockRef acquire() {
    Block* block = nullptr;
    {
      const std::lock_guard<std::mutex> lock(mutex);
      if (!idle.empty()) {
        block = idle.back();
        idle.pop_back();
      }
    }
    if (!block) block = new Block(info);
    block->home_ = this;
    return BlockRef(block, [state = shared_from_this()](Block* done) { state->recycle(done); });
  }

  void recycle(Block* block) {
    {
      const std::lock_guard<std::mutex> lock(mutex);
      if (!closed && idle.size() < max_idle) {
        idle.push_back(block);
        return;
      }
    }
    delete block;
  }

  // The pool is gone: blocks still in use are freed when their last reference is.
  void close() {
    const std::lock_guard<std::mutex> lock(mutex);
    closed = true;
    free_idle();
  }

  void free_idle() {
    for (Block* block : idle) delete block;
    idle.clear();
  }

  const GstVideoInfo info;
  const unsigned max_idle;
  std::mutex mutex;
  std::vector<Block*> idle;
  bool closed = false;
};

BlockRef Block::make_like() const { return static_cast<BlockPool::State*>(home_)->acquire(); }

BlockPool::BlockPool(std::shared_ptr<State> state) : state_(std::move(state)) {}

BlockPool::~BlockPool() { state_->close(); }

std::shared_ptr<BlockPool> BlockPool::create(const GstVideoInfo& info, unsigned max_idle) {
  auto state = std::make_shared<State>(aligned_layout(info), max_idle);
  return std::shared_ptr<BlockPool>(new BlockPool(std::move(state)));
}

const GstVideoInfo& BlockPool::info() const { return state_->info; }

BlockRef BlockPool::acquire() { return state_->acquire(); }

void copy_block(const Block& source, Block& destination) {
  // Equal format and size means equal layout: the padding is copied too, in one go.
  std::memcpy(destination.data(), source.data(), GST_VIDEO_INFO_SIZE(&source.info()));
}

}  // namespace pyds
