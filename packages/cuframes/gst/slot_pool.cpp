#include "slot_pool.h"

#include "formats.h"

// --- Memory: one slot, open for writing, until the last reference to it goes
// -----------------------

namespace {

struct SlotMemory {
  GstMemory memory;  // first: GStreamer sees only this
  cuframes_writable* writable;
  const cuframes_publisher* publisher;
  cuframes::gst::PublisherPtr* keep;
  gpointer address;
};

}  // namespace

#define CUFRAMES_TYPE_SLOT_ALLOCATOR (cuframes_slot_allocator_get_type())
G_DECLARE_FINAL_TYPE(CuframesSlotAllocator, cuframes_slot_allocator, CUFRAMES, SLOT_ALLOCATOR,
                     GstAllocator)
struct _CuframesSlotAllocator {
  GstAllocator parent;
};
G_DEFINE_TYPE(CuframesSlotAllocator, cuframes_slot_allocator, GST_TYPE_ALLOCATOR)

static void cuframes_slot_allocator_free(GstAllocator*, GstMemory* memory) {
  auto* slot = reinterpret_cast<SlotMemory*>(memory);
  cuframes_writable_destroy(slot->writable);
  const std::unique_ptr<cuframes::gst::PublisherPtr> keep(slot->keep);
  g_free(slot);
}

static gpointer cuframes_slot_map(GstMemory* memory, gsize, GstMapFlags) {
  return reinterpret_cast<SlotMemory*>(memory)->address;
}

static void cuframes_slot_unmap(GstMemory*) {}

static void cuframes_slot_allocator_class_init(CuframesSlotAllocatorClass* klass) {
  GST_ALLOCATOR_CLASS(klass)->free = cuframes_slot_allocator_free;
}

static void cuframes_slot_allocator_init(CuframesSlotAllocator* self) {
  GstAllocator* allocator = GST_ALLOCATOR(self);
  allocator->mem_type = "CuframesSlot";
  allocator->mem_map = cuframes_slot_map;
  allocator->mem_unmap = cuframes_slot_unmap;
  GST_OBJECT_FLAG_SET(self, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
}

// --- Pool
// ------------------------------------------------------------------------------------------

struct _CuframesSlotPool {
  GstBufferPool parent;
  cuframes::gst::PublisherPtr* publisher;
  GstVideoInfo* info;
  GstAllocator* allocator;
};
G_DEFINE_TYPE(CuframesSlotPool, cuframes_slot_pool, GST_TYPE_BUFFER_POOL)

static const gchar** cuframes_slot_pool_get_options(GstBufferPool*) {
  static const gchar* options[] = {GST_BUFFER_POOL_OPTION_VIDEO_META, nullptr};
  return options;
}

static gboolean cuframes_slot_pool_set_config(GstBufferPool* pool, GstStructure* config) {
  GstCaps* caps = nullptr;
  guint size = 0;
  guint min = 0;
  guint max = 0;
  GstVideoInfo info;
  const GstVideoInfo* ours = CUFRAMES_SLOT_POOL(pool)->info;
  if (!gst_buffer_pool_config_get_params(config, &caps, &size, &min, &max) || caps == nullptr ||
      !gst_video_info_from_caps(&info, caps) || info.width != ours->width ||
      info.height != ours->height || info.finfo->format != ours->finfo->format) {
    return FALSE;
  }
  return GST_BUFFER_POOL_CLASS(cuframes_slot_pool_parent_class)->set_config(pool, config);
}

/// Slots are taken one by one when they are asked for, not set aside.
static gboolean cuframes_slot_pool_start(GstBufferPool*) { return TRUE; }

static GstBuffer* cuframes_wrap_slot(CuframesSlotPool* self, cuframes_writable* writable) {
  const cuframes_frame_info& frame = *cuframes_writable_info(writable);
  cuframes::gst::PlaneLayout layout = cuframes::gst::layout_of(frame);
  auto* slot = g_new0(SlotMemory, 1);
  gst_memory_init(GST_MEMORY_CAST(slot), GST_MEMORY_FLAG_NO_SHARE, self->allocator, nullptr,
                  layout.size, 255, 0, layout.size);
  slot->writable = writable;
  slot->publisher = self->publisher->get();
  slot->keep = std::make_unique<cuframes::gst::PublisherPtr>(*self->publisher).release();
  slot->address = reinterpret_cast<gpointer>(frame.planes[0].address);
  GstBuffer* buffer = gst_buffer_new();
  gst_buffer_append_memory(buffer, GST_MEMORY_CAST(slot));
  gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, self->info->finfo->format,
                                 frame.width, frame.height, frame.n_planes, layout.offset,
                                 layout.stride);
  return buffer;
}

static GstFlowReturn cuframes_slot_pool_acquire(GstBufferPool* pool, GstBuffer** buffer,
                                                GstBufferPoolAcquireParams*) {
  CuframesSlotPool* self = CUFRAMES_SLOT_POOL(pool);
  if (GST_BUFFER_POOL_IS_FLUSHING(pool)) return GST_FLOW_FLUSHING;
  cuframes_writable* writable = nullptr;
  const cuframes_status status = cuframes_publisher_begin(self->publisher->get(), 0, &writable);
  if (status == CUFRAMES_OK) {
    // A slot of another geometry: the stream was reconfigured, this pool is on its way out.
    const cuframes_frame_info& frame = *cuframes_writable_info(writable);
    if (frame.width == static_cast<uint32_t>(self->info->width) &&
        frame.height == static_cast<uint32_t>(self->info->height) &&
        frame.format == cuframes::gst::format_of(self->info->finfo->format)) {
      *buffer = cuframes_wrap_slot(self, writable);
      return GST_FLOW_OK;
    }
    cuframes_writable_destroy(writable);
  }
  *buffer = gst_buffer_new_allocate(nullptr, self->info->size, nullptr);
  gst_buffer_add_video_meta_full(*buffer, GST_VIDEO_FRAME_FLAG_NONE, self->info->finfo->format,
                                 self->info->width, self->info->height,
                                 GST_VIDEO_INFO_N_PLANES(self->info), self->info->offset,
                                 self->info->stride);
  return GST_FLOW_OK;
}

/// Nothing is kept: the slot goes back to the ring with its memory.
static void cuframes_slot_pool_release(GstBufferPool*, GstBuffer* buffer) {
  gst_buffer_unref(buffer);
}

static void cuframes_slot_pool_finalize(GObject* object) {
  CuframesSlotPool* self = CUFRAMES_SLOT_POOL(object);
  const std::unique_ptr<cuframes::gst::PublisherPtr> publisher(self->publisher);
  gst_video_info_free(self->info);
  gst_object_unref(self->allocator);
  G_OBJECT_CLASS(cuframes_slot_pool_parent_class)->finalize(object);
}

static void cuframes_slot_pool_class_init(CuframesSlotPoolClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = cuframes_slot_pool_finalize;
  GstBufferPoolClass* pool = GST_BUFFER_POOL_CLASS(klass);
  pool->get_options = cuframes_slot_pool_get_options;
  pool->set_config = cuframes_slot_pool_set_config;
  pool->start = cuframes_slot_pool_start;
  pool->acquire_buffer = cuframes_slot_pool_acquire;
  pool->release_buffer = cuframes_slot_pool_release;
}

static void cuframes_slot_pool_init(CuframesSlotPool*) {}

namespace cuframes::gst {

GstBufferPool* make_slot_pool(PublisherPtr publisher, const GstVideoInfo& info) {
  auto* self = CUFRAMES_SLOT_POOL(g_object_new(CUFRAMES_TYPE_SLOT_POOL, nullptr));
  gst_object_ref_sink(self);
  self->publisher = std::make_unique<PublisherPtr>(std::move(publisher)).release();
  self->info = gst_video_info_copy(&info);
  self->allocator = GST_ALLOCATOR(g_object_new(CUFRAMES_TYPE_SLOT_ALLOCATOR, nullptr));
  gst_object_ref_sink(self->allocator);
  return GST_BUFFER_POOL(self);
}

cuframes_writable* slot_of(GstBuffer* buffer, const cuframes_publisher* publisher) {
  if (gst_buffer_n_memory(buffer) != 1) return nullptr;
  GstMemory* memory = gst_buffer_peek_memory(buffer, 0);
  if (!CUFRAMES_IS_SLOT_ALLOCATOR(memory->allocator) || memory->offset != 0 ||
      GST_MEMORY_IS_READONLY(memory)) {
    return nullptr;
  }
  auto* slot = reinterpret_cast<SlotMemory*>(memory);
  return slot->publisher == publisher ? slot->writable : nullptr;
}

void seal_slot(GstBuffer* buffer) {
  GST_MINI_OBJECT_FLAG_SET(gst_buffer_peek_memory(buffer, 0), GST_MEMORY_FLAG_READONLY);
}

}  // namespace cuframes::gst
