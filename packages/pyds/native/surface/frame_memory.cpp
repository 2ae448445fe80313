#include "surface/frame_memory.h"

#include <gst/video/video.h>

#include <utility>

#include "surface/descriptor.h"

namespace pyds {
namespace {

constexpr char kMemoryType[] = "PydsFrameMemory";

// A range other than the whole has no meaning for a descriptor.
bool is_whole(const GstMemory* memory, gssize offset, gssize size) {
  return offset == 0 && (size == -1 || gsize(size) == memory->size);
}

}  // namespace

// What GstAllocator calls; the C++ class keeps its GstMemory base private.
struct FrameMemoryFunctions {
  static void free(GstAllocator*, GstMemory* memory) { delete static_cast<FrameMemory*>(memory); }

  static gpointer map(GstMemory* memory, gsize, GstMapFlags flags) {
    return static_cast<FrameMemory*>(memory)->map(flags);
  }

  static void unmap(GstMemory*) {}

  static GstMemory* copy(GstMemory* memory, gssize offset, gssize size) {
    return is_whole(memory, offset, size) ? static_cast<FrameMemory*>(memory)->copy() : nullptr;
  }

  static gboolean is_span(GstMemory*, GstMemory*, gsize*) { return FALSE; }
};

}  // namespace pyds

namespace {

using pyds::FrameMemoryFunctions;

struct PydsFrameAllocator {
  GstAllocator parent;
};
struct PydsFrameAllocatorClass {
  GstAllocatorClass parent_class;
};

GType pyds_frame_allocator_get_type();
G_DEFINE_TYPE(PydsFrameAllocator, pyds_frame_allocator, GST_TYPE_ALLOCATOR)

void pyds_frame_allocator_class_init(PydsFrameAllocatorClass* klass) {
  GST_ALLOCATOR_CLASS(klass)->free = FrameMemoryFunctions::free;
}

void pyds_frame_allocator_init(PydsFrameAllocator* self) {
  GstAllocator* allocator = GST_ALLOCATOR_CAST(self);
  allocator->mem_type = pyds::kMemoryType;
  allocator->mem_map = FrameMemoryFunctions::map;
  allocator->mem_unmap = FrameMemoryFunctions::unmap;
  allocator->mem_copy = FrameMemoryFunctions::copy;
  allocator->mem_share = FrameMemoryFunctions::copy;
  allocator->mem_is_span = FrameMemoryFunctions::is_span;
  GST_OBJECT_FLAG_SET(allocator, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
}

// Lives as long as the process, like GStreamer's own system allocator.
GstAllocator* frame_allocator() {
  static GstAllocator* const allocator = [] {
    auto* object = GST_ALLOCATOR_CAST(g_object_new(pyds_frame_allocator_get_type(), nullptr));
    gst_object_ref_sink(object);
    GST_OBJECT_FLAG_SET(object, GST_OBJECT_FLAG_MAY_BE_LEAKED);
    return object;
  }();
  return allocator;
}

}  // namespace

namespace pyds {

FrameMemory::FrameMemory(unsigned batch_size) : GstMemory{}, params_(batch_size) {
  gst_memory_init(this, GST_MEMORY_FLAG_NO_SHARE, frame_allocator(), nullptr, sizeof(NvBufSurface),
                  0, 0, sizeof(NvBufSurface));
  pictures_.reserve(batch_size);
}

FrameMemory::~FrameMemory() {
  for (const BlockRef& block : pictures_) block->remove_owner();
}

GstMemory* FrameMemory::create(unsigned batch_size) { return new FrameMemory(batch_size); }

FrameMemory* FrameMemory::from(GstMemory* memory) {
  return memory && gst_memory_is_type(memory, kMemoryType) ? static_cast<FrameMemory*>(memory)
                                                           : nullptr;
}

FrameMemory* FrameMemory::from(GstBuffer* buffer) {
  return gst_buffer_n_memory(buffer) == 1 ? from(gst_buffer_peek_memory(buffer, 0)) : nullptr;
}

FrameMemory* FrameMemory::make_writable(GstBuffer* buffer) {
  FrameMemory* batch = from(buffer);
  if (!batch || gst_memory_is_writable(batch)) return batch;
  GstMemory* copy = batch->copy();
  gst_buffer_replace_memory(buffer, 0, copy);
  return from(copy);
}

unsigned FrameMemory::append(BlockRef block) {
  g_assert(size() < capacity());
  block->add_owner();
  pictures_.push_back(std::move(block));
  descriptor_is_current_ = false;
  return size() - 1;
}

void FrameMemory::replace(unsigned index, BlockRef block) {
  block->add_owner();
  pictures_[index].swap(block);
  block->remove_owner();
  descriptor_is_current_ = false;
}

Block& FrameMemory::writable(unsigned index) {
  const BlockRef& current = pictures_[index];
  if (current->owners() > 1) {
    BlockRef copy = current->make_like();
    copy_block(*current, *copy);
    replace(index, std::move(copy));
  }
  return *pictures_[index];
}

GstMemory* FrameMemory::copy() const {
  auto* twin = new FrameMemory(capacity());
  for (const BlockRef& block : pictures_) twin->append(block);
  return twin;
}

NvBufSurface* FrameMemory::map(GstMapFlags flags) {
  const std::lock_guard<std::mutex> lock(descriptor_mutex_);
  if (flags & GST_MAP_WRITE)
    for (unsigned index = 0; index < size(); ++index) writable(index);
  if (!descriptor_is_current_) {
    descriptor_.batchSize = capacity();
    descriptor_.numFilled = size();
    descriptor_.memType = NVBUF_MEM_SYSTEM;
    descriptor_.surfaceList = params_.data();
    for (unsigned index = 0; index < size(); ++index) params_[index] = describe(picture(index));
    descriptor_is_current_ = true;
  }
  return &descriptor_;
}

bool has_nvmm_feature(const GstCaps* caps) {
  if (!caps || gst_caps_is_any(caps) || gst_caps_is_empty(caps)) return false;
  return gst_caps_features_contains(gst_caps_get_features(caps, 0), kNvmmFeature);
}

GstCaps* nvmm_caps_from_info(const GstVideoInfo& info) {
  GstCaps* caps = gst_video_info_to_caps(&info);
  gst_caps_set_features(caps, 0, gst_caps_features_new(kNvmmFeature, nullptr));
  return caps;
}

}  // namespace pyds
