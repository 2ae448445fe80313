#include "nvvideoconvert/gstnvvideoconvert.h"

#include <gst/video/gstvideopool.h>
#include <gst/video/video.h>

#include <algorithm>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "nvvideoconvert/conversion.h"
#include "nvvideoconvert/enums.h"
#include "nvvideoconvert/negotiation.h"
#include "surface/frame_memory.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_video_convert_debug);
#define GST_CAT_DEFAULT gst_nv_video_convert_debug

namespace {

struct Settings {
  int flip_method = 0;
  int interpolation_method = pyds::kInterpolationDefault;
  std::string src_crop;
  std::string dest_crop;
  bool disable_passthrough = false;
  // Have no effect here.
  int nvbuf_memory_type = 0;
  int compute_hw = 0;
  int copy_hw = 0;
  guint gpu_id = 0;
  guint output_buffers = 4;

  pyds::ConversionSettings conversion() const {
    return {pyds::Flip(flip_method), pyds::filter_of_interpolation(interpolation_method),
            pyds::parse_rect(src_crop.c_str()), pyds::parse_rect(dest_crop.c_str())};
  }
};

// What the streaming thread works with between two set_caps().
struct Streaming {
  std::unique_ptr<pyds::Conversion> conversion;
  bool downstream_takes_strides = false;  // it reads GstVideoMeta
};

enum Property {
  PROP_0,
  PROP_FLIP_METHOD,
  PROP_INTERPOLATION_METHOD,
  PROP_SRC_CROP,
  PROP_DEST_CROP,
  PROP_DISABLE_PASSTHROUGH,
  PROP_NVBUF_MEMORY_TYPE,
  PROP_COMPUTE_HW,
  PROP_COPY_HW,
  PROP_GPU_ID,
  PROP_OUTPUT_BUFFERS,
};

}  // namespace

struct _GstNvVideoConvert {
  GstBaseTransform parent;
  Settings settings;      // under the object lock
  bool settings_changed;  // since the streaming thread last looked; under the object lock
  Streaming streaming;
};

G_DEFINE_TYPE(GstNvVideoConvert, gst_nv_video_convert, GST_TYPE_BASE_TRANSFORM)

namespace {

Settings settings_of(GstNvVideoConvert* self) {
  GST_OBJECT_LOCK(self);
  Settings settings = self->settings;
  GST_OBJECT_UNLOCK(self);
  return settings;
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  GstNvVideoConvert* self = GST_NV_VIDEO_CONVERT(object);
  const auto text = [value] {
    const char* string = g_value_get_string(value);
    return std::string(string ? string : "");
  };
  GST_OBJECT_LOCK(self);
  Settings& settings = self->settings;
  switch (id) {
    case PROP_FLIP_METHOD:
      settings.flip_method = g_value_get_enum(value);
      break;
    case PROP_INTERPOLATION_METHOD:
      settings.interpolation_method = g_value_get_enum(value);
      break;
    case PROP_SRC_CROP:
      settings.src_crop = text();
      break;
    case PROP_DEST_CROP:
      settings.dest_crop = text();
      break;
    case PROP_DISABLE_PASSTHROUGH:
      settings.disable_passthrough = g_value_get_boolean(value);
      break;
    case PROP_NVBUF_MEMORY_TYPE:
      settings.nvbuf_memory_type = g_value_get_enum(value);
      break;
    case PROP_COMPUTE_HW:
      settings.compute_hw = g_value_get_enum(value);
      break;
    case PROP_COPY_HW:
      settings.copy_hw = g_value_get_enum(value);
      break;
    case PROP_GPU_ID:
      settings.gpu_id = g_value_get_uint(value);
      break;
    case PROP_OUTPUT_BUFFERS:
      settings.output_buffers = g_value_get_uint(value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
  self->settings_changed = true;
  GST_OBJECT_UNLOCK(self);
  // The size may follow: the streaming thread negotiates again before its next buffer.
  gst_base_transform_reconfigure_src(GST_BASE_TRANSFORM(self));
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  const Settings settings = settings_of(GST_NV_VIDEO_CONVERT(object));
  switch (id) {
    case PROP_FLIP_METHOD:
      g_value_set_enum(value, settings.flip_method);
      break;
    case PROP_INTERPOLATION_METHOD:
      g_value_set_enum(value, settings.interpolation_method);
      break;
    case PROP_SRC_CROP:
      g_value_set_string(value, settings.src_crop.c_str());
      break;
    case PROP_DEST_CROP:
      g_value_set_string(value, settings.dest_crop.c_str());
      break;
    case PROP_DISABLE_PASSTHROUGH:
      g_value_set_boolean(value, settings.disable_passthrough);
      break;
    case PROP_NVBUF_MEMORY_TYPE:
      g_value_set_enum(value, settings.nvbuf_memory_type);
      break;
    case PROP_COMPUTE_HW:
      g_value_set_enum(value, settings.compute_hw);
      break;
    case PROP_COPY_HW:
      g_value_set_enum(value, settings.copy_hw);
      break;
    case PROP_GPU_ID:
      g_value_set_uint(value, settings.gpu_id);
      break;
    case PROP_OUTPUT_BUFFERS:
      g_value_set_uint(value, settings.output_buffers);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
}

GstCaps* transform_caps(GstBaseTransform*, GstPadDirection, GstCaps* caps, GstCaps* filter) {
  GstCaps* other = pyds::caps_of_other_pad(caps);
  if (!filter) return other;
  GstCaps* filtered = gst_caps_intersect_full(filter, other, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref(other);
  return filtered;
}

GstCaps* fixate_caps(GstBaseTransform* base, GstPadDirection direction, GstCaps* caps,
                     GstCaps* candidates) {
  GstVideoInfo info;
  if (direction != GST_PAD_SINK || !gst_video_info_from_caps(&info, caps))
    return gst_caps_fixate(candidates);
  const pyds::ConversionSettings settings = settings_of(GST_NV_VIDEO_CONVERT(base)).conversion();
  int width = GST_VIDEO_INFO_WIDTH(&info), height = GST_VIDEO_INFO_HEIGHT(&info);
  if (settings.source_crop && !settings.destination_crop) {
    width = std::min(width, settings.source_crop->width);
    height = std::min(height, settings.source_crop->height);
  }
  if (settings.is_sideways()) std::swap(width, height);
  return pyds::fixate_output(caps, candidates, width, height, settings.is_sideways());
}

// Posts an error and returns false if a crop is malformed or wholly outside its picture.
bool check_crop(GstNvVideoConvert* self, const char* name, const std::string& text,
                const GstVideoInfo& info) {
  if (text.empty()) return true;
  const std::optional<pyds::Rect> rect = pyds::parse_rect(text.c_str());
  if (!rect) {
    GST_ELEMENT_ERROR(self, LIBRARY, SETTINGS,
                      ("%s=\"%s\" is not a rectangle. Write left:top:width:height in pixels, for "
                       "example %s=0:0:640:480.",
                       name, text.c_str(), name),
                      (nullptr));
    return false;
  }
  if (rect->left >= GST_VIDEO_INFO_WIDTH(&info) || rect->top >= GST_VIDEO_INFO_HEIGHT(&info)) {
    GST_ELEMENT_ERROR(
        self, LIBRARY, SETTINGS,
        ("%s=\"%s\" lies outside the picture of %dx%d pixels. Choose left and top "
         "inside it.",
         name, text.c_str(), GST_VIDEO_INFO_WIDTH(&info), GST_VIDEO_INFO_HEIGHT(&info)),
        (nullptr));
    return false;
  }
  return true;
}

bool configure(GstNvVideoConvert* self, const pyds::VideoEnd& input, const pyds::VideoEnd& output) {
  const Settings settings = settings_of(self);
  if (!check_crop(self, "src-crop", settings.src_crop, input.info) ||
      !check_crop(self, "dest-crop", settings.dest_crop, output.info))
    return false;
  auto conversion = std::make_unique<pyds::Conversion>(input, output, settings.conversion());
  const bool passthrough = conversion->changes_nothing() && !settings.disable_passthrough;
  self->streaming.conversion = std::move(conversion);
  gst_base_transform_set_passthrough(GST_BASE_TRANSFORM(self), passthrough);
  GST_DEBUG_OBJECT(self, "%s buffers", passthrough ? "passing" : "converting");
  return true;
}

gboolean set_caps(GstBaseTransform* base, GstCaps* in_caps, GstCaps* out_caps) {
  GstNvVideoConvert* self = GST_NV_VIDEO_CONVERT(base);
  const auto input = pyds::VideoEnd::from_caps(in_caps);
  const auto output = pyds::VideoEnd::from_caps(out_caps);
  if (!input || !output) {
    GST_ERROR_OBJECT(self, "cannot convert %" GST_PTR_FORMAT " to %" GST_PTR_FORMAT, in_caps,
                     out_caps);
    return FALSE;
  }
  return configure(self, *input, *output);
}

// set_caps() is not called when settings change and the caps do not.
GstFlowReturn submit_input_buffer(GstBaseTransform* base, gboolean is_discont, GstBuffer* input) {
  GstNvVideoConvert* self = GST_NV_VIDEO_CONVERT(base);
  GST_OBJECT_LOCK(self);
  const bool changed = std::exchange(self->settings_changed, false);
  GST_OBJECT_UNLOCK(self);
  if (const auto& current = self->streaming.conversion; changed && current) {
    const pyds::VideoEnd in = current->input(), out = current->output();
    if (!configure(self, in, out)) {
      gst_buffer_unref(input);
      return GST_FLOW_ERROR;
    }
  }
  return GST_BASE_TRANSFORM_CLASS(gst_nv_video_convert_parent_class)
      ->submit_input_buffer(base, is_discont, input);
}

// Upstream may write rows with any stride: they are read once, by convert().
gboolean propose_allocation(GstBaseTransform* base, GstQuery* decide_query, GstQuery* query) {
  if (!decide_query)  // passing buffers: downstream's answer counts
    return GST_BASE_TRANSFORM_CLASS(gst_nv_video_convert_parent_class)
        ->propose_allocation(base, decide_query, query);
  GstCaps* caps = nullptr;
  gst_query_parse_allocation(query, &caps, nullptr);
  if (caps && !pyds::has_nvmm_feature(caps))
    gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
  return TRUE;
}

gboolean decide_allocation(GstBaseTransform* base, GstQuery* query) {
  GstNvVideoConvert* self = GST_NV_VIDEO_CONVERT(base);
  GstCaps* caps = nullptr;
  gst_query_parse_allocation(query, &caps, nullptr);
  if (!caps) return FALSE;
  if (pyds::has_nvmm_feature(caps)) {  // our blocks have pools of their own
    while (gst_query_get_n_allocation_pools(query) > 0)
      gst_query_remove_nth_allocation_pool(query, 0);
    return TRUE;
  }
  self->streaming.downstream_takes_strides =
      gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);

  GstVideoInfo info;
  if (!gst_video_info_from_caps(&info, caps)) return FALSE;
  GstBufferPool* pool = nullptr;
  guint size = 0, min = 0, max = 0;
  const bool offered = gst_query_get_n_allocation_pools(query) > 0;
  if (offered) gst_query_parse_nth_allocation_pool(query, 0, &pool, &size, &min, &max);
  size = MAX(size, guint(GST_VIDEO_INFO_SIZE(&info)));
  if (!pool) pool = gst_video_buffer_pool_new();
  GstStructure* config = gst_buffer_pool_get_config(pool);
  gst_buffer_pool_config_set_params(config, caps, size, min, max);
  if (self->streaming.downstream_takes_strides)
    gst_buffer_pool_config_add_option(config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  const bool configured = gst_buffer_pool_set_config(pool, config);
  if (offered)
    gst_query_set_nth_allocation_pool(query, 0, pool, size, min, max);
  else
    gst_query_add_allocation_pool(query, pool, size, min, max);
  gst_object_unref(pool);
  return configured;
}

// True if output can be written into the input buffer's shell, which saves copying its metadata.
bool can_reuse(GstBuffer* buffer) { return gst_buffer_is_writable(buffer) && !buffer->pool; }

GstBuffer* shell_for_output(GstBuffer* input) {
  if (can_reuse(input)) return input;
  GstBuffer* output = gst_buffer_new();
  gst_buffer_copy_into(output, input, GST_BUFFER_COPY_METADATA, 0, -1);
  return output;
}

// Batches cannot leave NVMM. False if the buffer holds none of ours or too many pictures.
bool check_batch(GstNvVideoConvert* self, GstBuffer* input) {
  const pyds::FrameMemory* batch = pyds::FrameMemory::from(input);
  if (!batch) {
    GST_ELEMENT_ERROR(self, STREAM, FORMAT,
                      ("The buffer has NVMM caps but no batch of pictures in it."),
                      ("Only the elements of this plugin can make memory:NVMM buffers."));
    return false;
  }
  if (batch->size() > 1 && !self->streaming.conversion->output().nvmm) {
    GST_ELEMENT_ERROR(self, STREAM, FORMAT,
                      ("A batch of %u pictures cannot leave NVMM memory: system memory buffers "
                       "hold one picture. Put nvmultistreamtiler (one mosaic) or nvstreamdemux "
                       "(one stream per source) before this element.",
                       batch->size()),
                      (nullptr));
    return false;
  }
  return true;
}

bool can_wrap(const Streaming& streaming) {
  return streaming.conversion->only_leaves_nvmm() &&
         (streaming.downstream_takes_strides || streaming.conversion->block_layout_is_default());
}

GstFlowReturn prepare_output_buffer(GstBaseTransform* base, GstBuffer* input, GstBuffer** output) {
  GstNvVideoConvert* self = GST_NV_VIDEO_CONVERT(base);
  if (gst_base_transform_is_passthrough(base)) {
    *output = input;
    return GST_FLOW_OK;
  }
  const Streaming& streaming = self->streaming;
  if (streaming.conversion->input().nvmm) {
    if (!check_batch(self, input)) return GST_FLOW_ERROR;
    if (!streaming.conversion->output().nvmm && pyds::FrameMemory::from(input)->size() == 0)
      return GST_BASE_TRANSFORM_FLOW_DROPPED;
  }
  if (streaming.conversion->output().nvmm || can_wrap(streaming)) {
    *output = shell_for_output(input);
    return GST_FLOW_OK;
  }
  GstBufferPool* pool = gst_base_transform_get_buffer_pool(base);
  if (!pool) return GST_FLOW_NOT_NEGOTIATED;
  const GstFlowReturn flow = gst_buffer_pool_set_active(pool, TRUE)
                                 ? gst_buffer_pool_acquire_buffer(pool, output, nullptr)
                                 : GST_FLOW_FLUSHING;
  gst_object_unref(pool);
  if (flow == GST_FLOW_OK) gst_buffer_copy_into(*output, input, GST_BUFFER_COPY_METADATA, 0, -1);
  return flow;
}

// The strides of the input say nothing about the output. While the input is read they must be
// there.
void drop_video_meta(GstBuffer* buffer) {
  while (GstVideoMeta* meta = gst_buffer_get_video_meta(buffer))
    gst_buffer_remove_meta(buffer, GST_META_CAST(meta));
}

GstFlowReturn transform(GstBaseTransform* base, GstBuffer* input, GstBuffer* output) {
  GstNvVideoConvert* self = GST_NV_VIDEO_CONVERT(base);
  pyds::Conversion& conversion = *self->streaming.conversion;
  bool done = true;
  if (conversion.output().nvmm) {
    done = conversion.into_nvmm(input, output);
    drop_video_meta(output);
  } else if (can_wrap(self->streaming)) {
    drop_video_meta(output);
    conversion.wrap(input, output);
  } else {
    done = conversion.into_system(input, output);
  }
  if (!done) {
    GST_ELEMENT_ERROR(self, STREAM, FAILED, ("A video buffer could not be mapped."), (nullptr));
    return GST_FLOW_ERROR;
  }
  conversion.remap_metadata(output);
  return GST_FLOW_OK;
}

gboolean stop(GstBaseTransform* base) {
  GST_NV_VIDEO_CONVERT(base)->streaming = Streaming();
  return TRUE;
}

void finalize(GObject* object) {
  GstNvVideoConvert* self = GST_NV_VIDEO_CONVERT(object);
  self->settings.~Settings();
  self->streaming.~Streaming();
  G_OBJECT_CLASS(gst_nv_video_convert_parent_class)->finalize(object);
}

void install_properties(GObjectClass* object_class) {
  const auto flags = GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  const auto add = [object_class](guint id, GParamSpec* spec) {
    g_object_class_install_property(object_class, id, spec);
  };
  const auto add_ignored_enum = [&](guint id, const char* name, GType type) {
    add(id, g_param_spec_enum(name, name, "No effect: pictures are in CPU memory", type, 0, flags));
  };
  add(PROP_FLIP_METHOD, g_param_spec_enum("flip-method", "flip-method", "Turn or mirror the video",
                                          pyds::flip_method_get_type(), 0, flags));
  add(PROP_INTERPOLATION_METHOD,
      g_param_spec_enum("interpolation-method", "interpolation-method", "How to scale",
                        pyds::interpolation_method_get_type(), pyds::kInterpolationDefault, flags));
  add(PROP_SRC_CROP, g_param_spec_string("src-crop", "src-crop",
                                         "Part of the input to read, left:top:width:height in "
                                         "pixels; empty: all",
                                         "", flags));
  add(PROP_DEST_CROP, g_param_spec_string("dest-crop", "dest-crop",
                                          "Part of the output to write, left:top:width:height in "
                                          "pixels, the rest is black; empty: all",
                                          "", flags));
  add(PROP_DISABLE_PASSTHROUGH,
      g_param_spec_boolean("disable-passthrough", "disable-passthrough",
                           "Copy pictures even when there is nothing to convert", FALSE, flags));
  add_ignored_enum(PROP_NVBUF_MEMORY_TYPE, "nvbuf-memory-type",
                   pyds::buffer_memory_type_get_type());
  add_ignored_enum(PROP_COMPUTE_HW, "compute-hw", pyds::compute_hw_get_type());
  add_ignored_enum(PROP_COPY_HW, "copy-hw", pyds::compute_hw_get_type());
  add(PROP_GPU_ID, g_param_spec_uint("gpu-id", "gpu-id", "No effect: conversion is on the CPU", 0,
                                     G_MAXUINT, 0, flags));
  add(PROP_OUTPUT_BUFFERS,
      g_param_spec_uint("output-buffers", "output-buffers", "No effect: the pool grows as needed",
                        1, G_MAXUINT, 4, flags));
}

}  // namespace

static void gst_nv_video_convert_class_init(GstNvVideoConvertClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_video_convert_debug, "nvvideoconvert", 0, "nvvideoconvert");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  install_properties(object_class);

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_set_static_metadata(
      element_class, "Video converter", "Filter/Converter/Video/Scaler",
      "Converts, scales, crops and flips video in system and NVMM memory", "pythia-pyds");
  GstCaps* caps = pyds::convertible_caps();
  gst_element_class_add_pad_template(
      element_class, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps));
  gst_element_class_add_pad_template(
      element_class, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps));
  gst_caps_unref(caps);

  GstBaseTransformClass* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->transform_caps = transform_caps;
  transform_class->fixate_caps = fixate_caps;
  transform_class->set_caps = set_caps;
  transform_class->submit_input_buffer = submit_input_buffer;
  transform_class->propose_allocation = propose_allocation;
  transform_class->decide_allocation = decide_allocation;
  transform_class->prepare_output_buffer = prepare_output_buffer;
  transform_class->transform = transform;
  transform_class->stop = stop;
}

static void gst_nv_video_convert_init(GstNvVideoConvert* self) {
  new (&self->settings) Settings();
  new (&self->streaming) Streaming();
}
