#include "nvstreammux/settings.h"

#include <iterator>

namespace pyds::mux {
namespace {

// One row per property: how it is declared, written and read.
struct Property {
  GParamSpec* (*spec)(GParamFlags flags);
  void (*set)(Settings& settings, const GValue* value);
  void (*get)(const Settings& settings, GValue* value);
};

#define STRING_OF(value) (value) ? (value) : ""
#define PROPERTY(kind, field, spec)                                                                \
  {                                                                                                \
    [](GParamFlags flags) -> GParamSpec* { return spec; },                                         \
        [](Settings& settings, const GValue* value) {                                              \
          settings.field = g_value_get_##kind(value);                                              \
        },                                                                                         \
        [](const Settings& settings, GValue* value) { g_value_set_##kind(value, settings.field); } \
  }
#define BOOL(field, name, blurb, value) \
  PROPERTY(boolean, field, g_param_spec_boolean(name, name, blurb, value, flags))
#define UINT(field, name, blurb, max, value) \
  PROPERTY(uint, field, g_param_spec_uint(name, name, blurb, 0, max, value, flags))
#define ENUM(field, name, blurb, type, value) \
  PROPERTY(enum, field, g_param_spec_enum(name, name, blurb, type, value, flags))

template <size_t kCount>
GType enum_type(const char* name, const GEnumValue (&values)[kCount]) {
  return g_enum_register_static(name, values);
}

GType memory_type_get_type() {
  static const GEnumValue values[] = {{0, "Default", "nvbuf-mem-default"},
                                      {1, "Pinned", "nvbuf-mem-cuda-pinned"},
                                      {2, "Device", "nvbuf-mem-cuda-device"},
                                      {3, "Unified", "nvbuf-mem-cuda-unified"},
                                      {4, "Surface array", "nvbuf-mem-surface-array"},
                                      {0, nullptr, nullptr}};
  static const GType type = enum_type("GstNvStreammuxMemoryType", values);
  return type;
}

GType compute_hw_get_type() {
  static const GEnumValue values[] = {
      {0, "Default", "Default"}, {1, "GPU", "GPU"}, {2, "VIC", "VIC"}, {0, nullptr, nullptr}};
  static const GType type = enum_type("GstNvStreammuxComputeHw", values);
  return type;
}

GType interpolation_get_type() {
  static const GEnumValue values[] = {{0, "Nearest", "Nearest"},
                                      {1, "Bilinear", "Bilinear"},
                                      {2, "Box, for large reductions", "Algo-1"},
                                      {3, "As Algo-1", "Algo-2"},
                                      {4, "As Algo-1", "Algo-3"},
                                      {5, "As Algo-1", "Algo-4"},
                                      {6, "Bilinear", "Default"},
                                      {0, nullptr, nullptr}};
  static const GType type = enum_type("GstNvStreammuxInterpolation", values);
  return type;
}

const Property kProperties[] = {
    UINT(batch_size, "batch-size",
         "Most frames in a batch (at most one of each source); 0: one of each source", 1024, 0),
    PROPERTY(
        int, batched_push_timeout,
        g_param_spec_int("batched-push-timeout", "batched-push-timeout",
                         "Microseconds after a batch's first frame until it is pushed although "
                         "sources are missing; -1: wait for them",
                         -1, G_MAXINT, -1, flags)),
    UINT(width, "width", "Width of the batched pictures in pixels; 0: that of the first source",
         G_MAXINT, 0),
    UINT(height, "height", "Height of the batched pictures in pixels; 0: that of the first source",
         G_MAXINT, 0),
    BOOL(enable_padding, "enable-padding",
         "Keep the aspect ratio when scaling, centred between black borders", FALSE),
    BOOL(live_source, "live-source", "Answer latency queries as live even if no source says it is",
         FALSE),
    UINT(buffer_pool_size, "buffer-pool-size", "Unused pictures kept for reuse, in batches",
         G_MAXUINT, 4),
    ENUM(interpolation_method, "interpolation-method", "How pictures are scaled",
         interpolation_get_type(), 1),
    BOOL(attach_sys_ts, "attach-sys-ts",
         "ntp_timestamp of frames: TRUE: the system's time at arrival; FALSE: the sender's, from "
         "reference timestamp metadata (0 without)",
         TRUE),
    PROPERTY(uint64, max_latency,
             g_param_spec_uint64("max-latency", "max-latency",
                                 "Nanoseconds added to the latency reported for live sources", 0,
                                 G_MAXUINT64, 0, flags)),
    BOOL(frame_num_reset_on_eos, "frame-num-reset-on-eos",
         "Count a source's frames from 0 again after its end", FALSE),
    BOOL(frame_num_reset_on_stream_reset, "frame-num-reset-on-stream-reset",
         "Count a source's frames from 0 again when it starts a new stream", FALSE),
    BOOL(drop_pipeline_eos, "drop-pipeline-eos",
         "Keep running after the end of all sources, for sources yet to be added", FALSE),
    BOOL(sort_batch, "sort-batch", "Order the frames of a batch by source instead of by arrival",
         FALSE),
    UINT(num_surfaces_per_frame, "num-surfaces-per-frame", "No effect", G_MAXUINT, 1),
    UINT(gpu_id, "gpu-id", "No effect: pictures are in CPU memory", G_MAXUINT, 0),
    ENUM(nvbuf_memory_type, "nvbuf-memory-type", "No effect: pictures are in CPU memory",
         memory_type_get_type(), 0),
    ENUM(compute_hw, "compute-hw", "No effect: scaling is on the CPU", compute_hw_get_type(), 0),
    BOOL(sync_inputs, "sync-inputs", "No effect: frames are batched by arrival", FALSE),
    BOOL(align_inputs, "align-inputs", "No effect: frames are batched by arrival", FALSE),
    PROPERTY(int64, frame_duration,
             g_param_spec_int64("frame-duration", "frame-duration", "No effect", -1, G_MAXINT64, -1,
                                flags)),
    BOOL(async_process, "async-process", "No effect: sources are always processed in parallel",
         TRUE),
    BOOL(cache_buffer, "cache-buffer", "No effect", FALSE),
    BOOL(extract_sei_type5_data, "extract-sei-type5-data", "No effect", FALSE),
    {[](GParamFlags flags) -> GParamSpec* {
       return g_param_spec_string("config-file-path", "config-file-path",
                                  "No effect: batching is set by properties", "", flags);
     },
     [](Settings& settings, const GValue* value) {
       settings.config_file_path = STRING_OF(g_value_get_string(value));
     },
     [](const Settings& settings, GValue* value) {
       g_value_set_string(value, settings.config_file_path.c_str());
     }},
};

}  // namespace

Batcher::Settings Settings::batching() const {
  Batcher::Settings batching;
  batching.batch_size = batch_size;
  if (batched_push_timeout >= 0) batching.timeout = std::chrono::microseconds(batched_push_timeout);
  batching.sort_by_source = sort_batch;
  return batching;
}

Filter Settings::filter() const {
  switch (interpolation_method) {
    case 0:
      return Filter::kNearest;
    case 1:
    case 6:
      return Filter::kBilinear;
    default:
      return Filter::kBox;
  }
}

void Settings::install(GObjectClass* klass) {
  const auto flags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  guint id = 1;
  for (const Property& property : kProperties)
    g_object_class_install_property(klass, id++, property.spec(flags));
}

bool Settings::set(guint id, const GValue* value) {
  if (id < 1 || id > std::size(kProperties)) return false;
  kProperties[id - 1].set(*this, value);
  return true;
}

bool Settings::get(guint id, GValue* value) const {
  if (id < 1 || id > std::size(kProperties)) return false;
  kProperties[id - 1].get(*this, value);
  return true;
}

}  // namespace pyds::mux
