#include "nvv4l2decoder/gstnvv4l2decoder.h"

#include <new>

#include "nvv4l2decoder/decoder_choice.h"
#include "nvvideoconvert/negotiation.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_v4l2_decoder_debug);
#define GST_CAT_DEFAULT gst_nv_v4l2_decoder_debug

namespace {

enum SkipFrames { kDecodeAll, kSkipNonReference, kDecodeKeyFrames };

struct Settings {
  guint drop_frame_interval = 0;
  int skip_frames = kDecodeAll;
  bool low_latency_mode = false;
  // Have no effect here.
  guint num_extra_surfaces = 0;
  int cudadec_memtype = 0;
  guint gpu_id = 0;
  bool enable_max_performance = false;
  bool mjpeg = false;
  bool disable_dpb = false;
};

enum Property {
  PROP_0,
  PROP_DROP_FRAME_INTERVAL,
  PROP_SKIP_FRAMES,
  PROP_LOW_LATENCY_MODE,
  PROP_NUM_EXTRA_SURFACES,
  PROP_CUDADEC_MEMTYPE,
  PROP_GPU_ID,
  PROP_ENABLE_MAX_PERFORMANCE,
  PROP_MJPEG,
  PROP_DISABLE_DPB,
};

}  // namespace

struct _GstNvV4l2Decoder {
  GstBin parent;
  Settings settings;  // under the object lock

  GstPad* sink;           // ghost pads, owned by the element
  GstElement* converter;  // owned by the bin: videoconvert, for formats nvvideoconvert lacks
  GstPadChainFunction to_nvmm_chain;  // of nvvideoconvert's sink pad
  GstElement* decoder;                // owned by the bin; nullptr until the caps are known
  guint64 decoded_frames;             // of the streaming thread
};

G_DEFINE_TYPE(GstNvV4l2Decoder, gst_nv_v4l2_decoder, GST_TYPE_BIN)

namespace {

GType skip_frames_get_type() {
  static const GType type = [] {
    static const GEnumValue values[] = {
        {kDecodeAll, "Decode all frames", "decode_all"},
        {kSkipNonReference, "Skip frames the parser marks as droppable", "decode_non_ref"},
        {kDecodeKeyFrames, "Decode key frames only", "decode_key"},
        {0, nullptr, nullptr}};
    return g_enum_register_static("GstNvV4l2DecoderSkipFrames", values);
  }();
  return type;
}

GType cudadec_memtype_get_type() {
  static const GType type = [] {
    static const GEnumValue values[] = {{0, "Memory type device", "memtype_device"},
                                        {1, "Memory type pinned", "memtype_pinned"},
                                        {2, "Memory type unified", "memtype_unified"},
                                        {0, nullptr, nullptr}};
    return g_enum_register_static("GstNvV4l2DecoderMemoryType", values);
  }();
  return type;
}

Settings settings_of(GstNvV4l2Decoder* self) {
  GST_OBJECT_LOCK(self);
  const Settings settings = self->settings;
  GST_OBJECT_UNLOCK(self);
  return settings;
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  GstNvV4l2Decoder* self = GST_NV_V4L2_DECODER(object);
  GST_OBJECT_LOCK(self);
  Settings& settings = self->settings;
  switch (id) {
    case PROP_DROP_FRAME_INTERVAL:
      settings.drop_frame_interval = g_value_get_uint(value);
      break;
    case PROP_SKIP_FRAMES:
      settings.skip_frames = g_value_get_enum(value);
      break;
    case PROP_LOW_LATENCY_MODE:
      settings.low_latency_mode = g_value_get_boolean(value);
      break;
    case PROP_NUM_EXTRA_SURFACES:
      settings.num_extra_surfaces = g_value_get_uint(value);
      break;
    case PROP_CUDADEC_MEMTYPE:
      settings.cudadec_memtype = g_value_get_enum(value);
      break;
    case PROP_GPU_ID:
      settings.gpu_id = g_value_get_uint(value);
      break;
    case PROP_ENABLE_MAX_PERFORMANCE:
      settings.enable_max_performance = g_value_get_boolean(value);
      break;
    case PROP_MJPEG:
      settings.mjpeg = g_value_get_boolean(value);
      break;
    case PROP_DISABLE_DPB:
      settings.disable_dpb = g_value_get_boolean(value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
  GST_OBJECT_UNLOCK(self);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  const Settings settings = settings_of(GST_NV_V4L2_DECODER(object));
  switch (id) {
    case PROP_DROP_FRAME_INTERVAL:
      g_value_set_uint(value, settings.drop_frame_interval);
      break;
    case PROP_SKIP_FRAMES:
      g_value_set_enum(value, settings.skip_frames);
      break;
    case PROP_LOW_LATENCY_MODE:
      g_value_set_boolean(value, settings.low_latency_mode);
      break;
    case PROP_NUM_EXTRA_SURFACES:
      g_value_set_uint(value, settings.num_extra_surfaces);
      break;
    case PROP_CUDADEC_MEMTYPE:
      g_value_set_enum(value, settings.cudadec_memtype);
      break;
    case PROP_GPU_ID:
      g_value_set_uint(value, settings.gpu_id);
      break;
    case PROP_ENABLE_MAX_PERFORMANCE:
      g_value_set_boolean(value, settings.enable_max_performance);
      break;
    case PROP_MJPEG:
      g_value_set_boolean(value, settings.mjpeg);
      break;
    case PROP_DISABLE_DPB:
      g_value_set_boolean(value, settings.disable_dpb);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
}

GstPadProbeReturn skip_encoded_frame(GstPad*, GstPadProbeInfo* info, gpointer data) {
  const GstBuffer* frame = GST_PAD_PROBE_INFO_BUFFER(info);
  const auto has = [frame](guint flag) { return GST_BUFFER_FLAG_IS_SET(frame, flag); };
  const int skip = settings_of(GST_NV_V4L2_DECODER(data)).skip_frames;
  const bool skipped =
      (skip == kSkipNonReference && has(GST_BUFFER_FLAG_DROPPABLE)) ||
      (skip == kDecodeKeyFrames && has(GST_BUFFER_FLAG_DELTA_UNIT) && !has(GST_BUFFER_FLAG_HEADER));
  return skipped ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

// Of every `drop-frame-interval` frames the first goes on.
GstPadProbeReturn drop_decoded_frame(GstPad*, GstPadProbeInfo*, gpointer data) {
  GstNvV4l2Decoder* self = GST_NV_V4L2_DECODER(data);
  const guint interval = settings_of(self).drop_frame_interval;
  const guint64 frame = self->decoded_frames++;
  return interval > 1 && frame % interval ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

// The chain function of nvvideoconvert's sink pad. Before anything is linked to us the output is
// NVMM; a consumer of system memory that is linked then refuses the frame already on its way. Its
// link asked upstream to negotiate again, which nvvideoconvert does for its next frame: the same.
GstFlowReturn chain_with_second_try(GstPad* pad, GstObject* parent, GstBuffer* frame) {
  GstNvV4l2Decoder* self = GST_NV_V4L2_DECODER(GST_OBJECT_PARENT(parent));
  gst_buffer_ref(frame);
  GstFlowReturn flow = self->to_nvmm_chain(pad, parent, frame);
  if (flow == GST_FLOW_NOT_NEGOTIATED) {
    GST_INFO_OBJECT(self, "downstream refused a frame, negotiating again");
    gst_buffer_ref(frame);
    flow = self->to_nvmm_chain(pad, parent, frame);
  }
  gst_buffer_unref(frame);
  return flow;
}

void remove_decoder(GstNvV4l2Decoder* self) {
  if (!self->decoder) return;
  gst_ghost_pad_set_target(GST_GHOST_PAD(self->sink), nullptr);
  gst_element_set_state(self->decoder, GST_STATE_NULL);
  gst_bin_remove(GST_BIN(self), self->decoder);
  self->decoder = nullptr;
}

void configure_decoder(GstNvV4l2Decoder* self) {
  // Frame threads hold frames back until each thread has one; slice threads do not.
  if (settings_of(self).low_latency_mode &&
      g_object_class_find_property(G_OBJECT_GET_CLASS(self->decoder), "thread-type"))
    gst_util_set_object_arg(G_OBJECT(self->decoder), "thread-type", "slice");
  const auto add_probe = [self](const char* name, GstPadProbeCallback probe) {
    GstPad* pad = gst_element_get_static_pad(self->decoder, name);
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, probe, self, nullptr);
    gst_object_unref(pad);
  };
  add_probe("sink", skip_encoded_frame);
  add_probe("src", drop_decoded_frame);
}

void post_missing_decoder(GstNvV4l2Decoder* self, const GstCaps* caps) {
  char* text = gst_caps_to_string(caps);
  GST_ELEMENT_ERROR(self, STREAM, CODEC_NOT_FOUND,
                    ("No installed software decoder plays %s. Install one with: sudo apt install "
                     "%s",
                     gst_structure_get_name(gst_caps_get_structure(caps, 0)),
                     pyds::package_with_decoder_for(caps).c_str()),
                    ("caps: %s", text));
  g_free(text);
}

// Makes sure there is a decoder for the caps. Posts an error and returns false if there is none.
bool ensure_decoder(GstNvV4l2Decoder* self, const GstCaps* caps) {
  if (self->decoder &&
      gst_element_factory_can_sink_all_caps(gst_element_get_factory(self->decoder), caps))
    return true;
  remove_decoder(self);
  GstElementFactory* factory = pyds::best_software_decoder(caps);
  GstElement* decoder = factory ? gst_element_factory_create(factory, nullptr) : nullptr;
  gst_clear_object(&factory);
  if (!decoder) {
    post_missing_decoder(self, caps);
    return false;
  }
  GST_INFO_OBJECT(self, "decoding with %s", GST_OBJECT_NAME(decoder));
  self->decoder = decoder;
  configure_decoder(self);
  gst_bin_add(GST_BIN(self), decoder);
  gst_element_link(decoder, self->converter);
  gst_element_sync_state_with_parent(decoder);
  GstPad* target = gst_element_get_static_pad(decoder, "sink");
  gst_ghost_pad_set_target(GST_GHOST_PAD(self->sink), target);
  gst_object_unref(target);
  return true;
}

gboolean sink_event(GstPad* pad, GstObject* parent, GstEvent* event) {
  if (GST_EVENT_TYPE(event) == GST_EVENT_CAPS) {
    GstCaps* caps = nullptr;
    gst_event_parse_caps(event, &caps);
    if (!ensure_decoder(GST_NV_V4L2_DECODER(parent), caps)) {
      gst_event_unref(event);
      return FALSE;
    }
  }
  return gst_pad_event_default(pad, parent, event);
}

gboolean sink_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  if (GST_QUERY_TYPE(query) == GST_QUERY_CAPS) {
    GstCaps* filter = nullptr;
    gst_query_parse_caps(query, &filter);
    GstCaps* caps = pyds::installed_decodable_caps();
    if (filter) {
      GstCaps* filtered = gst_caps_intersect_full(filter, caps, GST_CAPS_INTERSECT_FIRST);
      gst_caps_unref(caps);
      caps = filtered;
    }
    gst_query_set_caps_result(query, caps);
    gst_caps_unref(caps);
    return TRUE;
  }
  if (GST_QUERY_TYPE(query) == GST_QUERY_ACCEPT_CAPS) {
    GstCaps* offered = nullptr;
    gst_query_parse_accept_caps(query, &offered);
    GstCaps* caps = pyds::installed_decodable_caps();
    gst_query_set_accept_caps_result(query, gst_caps_is_subset(offered, caps));
    gst_caps_unref(caps);
    return TRUE;
  }
  return gst_pad_query_default(pad, parent, query);
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) {
  GstNvV4l2Decoder* self = GST_NV_V4L2_DECODER(element);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) self->decoded_frames = 0;
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS(gst_nv_v4l2_decoder_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) remove_decoder(self);
  return result;
}

void finalize(GObject* object) {
  GST_NV_V4L2_DECODER(object)->settings.~Settings();
  G_OBJECT_CLASS(gst_nv_v4l2_decoder_parent_class)->finalize(object);
}

void install_properties(GObjectClass* object_class) {
  const auto flags = GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  const auto add = [object_class](guint id, GParamSpec* spec) {
    g_object_class_install_property(object_class, id, spec);
  };
  const auto add_uint = [&](guint id, const char* name, const char* blurb) {
    add(id, g_param_spec_uint(name, name, blurb, 0, G_MAXUINT, 0, flags));
  };
  const auto add_bool = [&](guint id, const char* name, const char* blurb) {
    add(id, g_param_spec_boolean(name, name, blurb, FALSE, flags));
  };
  add_uint(PROP_DROP_FRAME_INTERVAL, "drop-frame-interval",
           "Put out the first of every so many frames; 0 and 1: all");
  add(PROP_SKIP_FRAMES,
      g_param_spec_enum("skip-frames", "skip-frames", "Frames to leave out before decoding",
                        skip_frames_get_type(), kDecodeAll, flags));
  add_bool(PROP_LOW_LATENCY_MODE, "low-latency-mode",
           "Do not hold frames back for multi-threaded decoding");
  add_uint(PROP_NUM_EXTRA_SURFACES, "num-extra-surfaces", "No effect: the pool grows as needed");
  add(PROP_CUDADEC_MEMTYPE,
      g_param_spec_enum("cudadec-memtype", "cudadec-memtype", "No effect: frames are in CPU memory",
                        cudadec_memtype_get_type(), 0, flags));
  add_uint(PROP_GPU_ID, "gpu-id", "No effect: decoding is on the CPU");
  add_bool(PROP_ENABLE_MAX_PERFORMANCE, "enable-max-performance",
           "No effect: decoding uses every core there is");
  add_bool(PROP_MJPEG, "mjpeg", "No effect: JPEG is recognised by its caps");
  add_bool(PROP_DISABLE_DPB, "disable-dpb", "No effect: frames come in display order");
}

}  // namespace

static void gst_nv_v4l2_decoder_class_init(GstNvV4l2DecoderClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_v4l2_decoder_debug, "nvv4l2decoder", 0, "nvv4l2decoder");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  install_properties(object_class);

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = change_state;
  gst_element_class_set_static_metadata(
      element_class, "Video decoder", "Codec/Decoder/Video",
      "Decodes video with the best installed software decoder into NVMM memory", "pythia-pyds");
  GstCaps* sink_caps = pyds::decodable_caps();
  gst_element_class_add_pad_template(
      element_class, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, sink_caps));
  gst_caps_unref(sink_caps);
  GstCaps* src_caps = pyds::convertible_caps();
  gst_element_class_add_pad_template(
      element_class, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, src_caps));
  gst_caps_unref(src_caps);
}

static void gst_nv_v4l2_decoder_init(GstNvV4l2Decoder* self) {
  new (&self->settings) Settings();

  self->converter = gst_element_factory_make("videoconvert", nullptr);
  if (!self->converter) self->converter = gst_element_factory_make("identity", nullptr);
  GstElement* to_nvmm = gst_element_factory_make("nvvideoconvert", nullptr);
  gst_bin_add_many(GST_BIN(self), self->converter, to_nvmm, nullptr);
  gst_element_link(self->converter, to_nvmm);
  GstPad* to_nvmm_sink = gst_element_get_static_pad(to_nvmm, "sink");
  self->to_nvmm_chain = GST_PAD_CHAINFUNC(to_nvmm_sink);
  gst_pad_set_chain_function(to_nvmm_sink, chain_with_second_try);
  gst_object_unref(to_nvmm_sink);

  GstElementClass* klass = GST_ELEMENT_GET_CLASS(self);
  self->sink = gst_ghost_pad_new_no_target_from_template(
      "sink", gst_element_class_get_pad_template(klass, "sink"));
  gst_pad_set_event_function(self->sink, sink_event);
  gst_pad_set_query_function(self->sink, sink_query);
  gst_element_add_pad(GST_ELEMENT(self), self->sink);

  GstPad* target = gst_element_get_static_pad(to_nvmm, "src");
  gst_element_add_pad(GST_ELEMENT(self),
                      gst_ghost_pad_new_from_template(
                          "src", target, gst_element_class_get_pad_template(klass, "src")));
  gst_object_unref(target);
}
