/**
 * SECTION:element-cuframessink
 *
 * Publishes its video for other processes. Offers upstream a pool whose buffers are slots of the
 * ring, so that a source, decoder or converter that honours it draws in place; anything else is
 * copied once. Frames come in system memory: GStreamer's CUDA library lets no element offer its own
 * device memory before 1.24, and is not stable after it.
 *
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! video/x-raw,format=NV12 ! cuframessink key=test
 * ]|
 */

#include <cuframes.h>
#include <gst/base/gstbasesink.h>
#include <gst/video/video.h>

#include <memory>
#include <mutex>
#include <string>

#include "elements.h"
#include "formats.h"
#include "property_table.h"
#include "sidecar.h"
#include "slot_pool.h"

GST_DEBUG_CATEGORY_STATIC(cuframes_sink_debug);
#define GST_CAT_DEFAULT cuframes_sink_debug

namespace {

using cuframes::gst::PropertyTable;
using cuframes::gst::PublisherPtr;

struct Settings {
  std::string key;
  std::string path;
  guint slots = 0;
  guint max_readers = 8;
  guint mode = 0660;
  bool allow_block = true;
};

struct State {
  std::mutex mutex;  // guards all of this
  Settings settings;
  PublisherPtr publisher;
  GstVideoInfo info{};
  bool configured = false;
  GstPadQueryFunction base_pad_query = nullptr;  // constant
};

}  // namespace

#define CUFRAMES_TYPE_SINK (cuframes_sink_get_type())
G_DECLARE_FINAL_TYPE(CuframesSink, cuframes_sink, CUFRAMES, SINK, GstBaseSink)
struct _CuframesSink {
  GstBaseSink parent;
  State* state;
};
G_DEFINE_TYPE(CuframesSink, cuframes_sink, GST_TYPE_BASE_SINK)

static GstStaticPadTemplate cuframes_sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(CUFRAMES_CAPS));

static GstStructure* cuframes_sink_stats(State& state) {
  GstStructure* stats = gst_structure_new_empty("application/x-cuframes-stats");
  cuframes_stream_info info{};
  info.struct_size = sizeof info;
  if (state.publisher != nullptr &&
      cuframes_publisher_info(state.publisher.get(), &info) == CUFRAMES_OK) {
    gst_structure_set(stats, "published", G_TYPE_UINT64, info.published, "dropped", G_TYPE_UINT64,
                      info.dropped, "copied-in", G_TYPE_UINT64, info.copied_in, "readers",
                      G_TYPE_UINT, info.n_readers, "occupancy", G_TYPE_UINT, info.occupancy,
                      "stalls", G_TYPE_UINT64, info.stalls, nullptr);
  }
  return stats;
}

static const PropertyTable<Settings>& cuframes_sink_properties() {
  static const PropertyTable<Settings> table({
      {"key", "Name of the stream, as readers ask for it", &Settings::key},
      {"path", "Socket, when not in the runtime directory", &Settings::path},
      {"slots", "Frames in the ring, 0: 2 + 2 * max-readers", &Settings::slots, 0,
       CUFRAMES_MAX_SLOTS},
      {"max-readers", "Readers admitted at once", &Settings::max_readers, 1, CUFRAMES_MAX_READERS},
      {"mode", "Permission bits of the socket", &Settings::mode, 0, 0777},
      {"allow-block", "Admit readers that this pipeline waits for (false for live sources)",
       &Settings::allow_block},
  });
  return table;
}

static void cuframes_sink_set_property(GObject* object, guint id, const GValue* value,
                                       GParamSpec*) {
  State& state = *CUFRAMES_SINK(object)->state;
  const std::lock_guard<std::mutex> lock(state.mutex);
  cuframes_sink_properties().set(state.settings, id, value);
}

static void cuframes_sink_get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  State& state = *CUFRAMES_SINK(object)->state;
  const std::lock_guard<std::mutex> lock(state.mutex);
  if (id == cuframes_sink_properties().stats_id()) {
    g_value_take_boxed(value, cuframes_sink_stats(state));
  } else {
    cuframes_sink_properties().get(state.settings, id, value);
  }
}

/// With the lock held: a publisher for the current caps. False with an error on the bus.
static gboolean cuframes_sink_open(CuframesSink* self) {
  State& state = *self->state;
  cuframes_publisher_options options;
  cuframes_publisher_options_init(&options);
  options.key = state.settings.key.c_str();
  options.path = state.settings.path.empty() ? nullptr : state.settings.path.c_str();
  options.width = state.info.width;
  options.height = state.info.height;
  options.format = cuframes::gst::format_of(state.info.finfo->format);
  options.slots = state.settings.slots;
  options.max_readers = state.settings.max_readers;
  options.socket_mode = state.settings.mode;
  options.forbid_block = state.settings.allow_block ? 0 : 1;
  options.fps_hint = state.info.fps_d > 0 ? double(state.info.fps_n) / state.info.fps_d : 0;
  options.colour = cuframes::gst::colour_of(state.info.colorimetry);
  cuframes_publisher* publisher = nullptr;
  if (cuframes_publisher_create(&options, &publisher) != CUFRAMES_OK) {
    GST_ELEMENT_ERROR(self, RESOURCE, OPEN_WRITE,
                      ("Cannot publish \"%s\".", state.settings.key.c_str()),
                      ("%s", cuframes_last_error()->message));
    return FALSE;
  }
  state.publisher = PublisherPtr(publisher, cuframes_publisher_destroy);
  GST_INFO_OBJECT(self, "publishing %s", state.settings.key.c_str());
  return TRUE;
}

/// Says what to do about frames in another kind of memory; upstream only learns that it cannot be.
static void cuframes_sink_explain_refusal(CuframesSink* self, const GstCaps* caps) {
  const GstCapsFeatures* features =
      gst_caps_is_fixed(caps) ? gst_caps_get_features(caps, 0) : nullptr;
  if (features == nullptr ||
      gst_caps_features_is_equal(features, GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY)) {
    return;
  }
  gchar* name = gst_caps_features_to_string(features);
  GST_ELEMENT_WARNING(
      self, STREAM, FORMAT, ("cuframessink takes frames in system memory, not in %s.", name),
      ("put an element before it that downloads them (cudadownload, nvvideoconvert, gldownload), "
       "or publish CUDA memory through cuframes.h or cuframes.publish(device=...)"));
  g_free(name);
}

/// Of the pad: the base class answers questions about caps without asking us.
static gboolean cuframes_sink_pad_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  CuframesSink* self = CUFRAMES_SINK(parent);
  if (GST_QUERY_TYPE(query) == GST_QUERY_ACCEPT_CAPS) {
    GstCaps* caps = nullptr;
    gst_query_parse_accept_caps(query, &caps);
    cuframes_sink_explain_refusal(self, caps);
  }
  return self->state->base_pad_query(pad, parent, query);
}

static gboolean cuframes_sink_set_caps(GstBaseSink* sink, GstCaps* caps) {
  CuframesSink* self = CUFRAMES_SINK(sink);
  State& state = *self->state;
  GstVideoInfo info;
  if (!gst_video_info_from_caps(&info, caps)) return FALSE;
  const std::lock_guard<std::mutex> lock(state.mutex);
  const bool same = state.configured && state.info.width == info.width &&
                    state.info.height == info.height &&
                    state.info.finfo->format == info.finfo->format;
  state.info = info;
  state.configured = true;
  if (state.publisher == nullptr) return cuframes_sink_open(self);
  if (same) return TRUE;
  if (cuframes_publisher_reconfigure(state.publisher.get(), info.width, info.height,
                                     cuframes::gst::format_of(info.finfo->format)) != CUFRAMES_OK) {
    GST_ELEMENT_ERROR(self, STREAM, FORMAT, ("Cannot change the format of the stream."),
                      ("%s", cuframes_last_error()->message));
    return FALSE;
  }
  return TRUE;
}

static gboolean cuframes_sink_propose_allocation(GstBaseSink* sink, GstQuery* query) {
  CuframesSink* self = CUFRAMES_SINK(sink);
  State& state = *self->state;
  GstCaps* caps = nullptr;
  gboolean need_pool = FALSE;
  GstVideoInfo info;
  gst_query_parse_allocation(query, &caps, &need_pool);
  if (caps == nullptr || !gst_video_info_from_caps(&info, caps)) return FALSE;
  gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
  const std::lock_guard<std::mutex> lock(state.mutex);
  if (!need_pool || state.publisher == nullptr || info.width != state.info.width ||
      info.height != state.info.height || info.finfo->format != state.info.finfo->format) {
    return TRUE;
  }
  GstBufferPool* pool = cuframes::gst::make_slot_pool(state.publisher, info);
  const guint size = info.size;
  GstStructure* config = gst_buffer_pool_get_config(pool);
  gst_buffer_pool_config_set_params(config, caps, size, 0, 0);
  if (gst_buffer_pool_set_config(pool, config)) {
    gst_query_add_allocation_pool(query, pool, size, 0, 0);
  }
  gst_object_unref(pool);
  return TRUE;
}

/// A slot with a copy of `buffer`, or nullptr when none is free (the frame is dropped and counted).
static cuframes_writable* cuframes_sink_copy(CuframesSink* self, GstBuffer* buffer,
                                             cuframes_publisher* publisher,
                                             const GstVideoInfo& info) {
  cuframes_writable* writable = nullptr;
  if (cuframes_publisher_begin(publisher, 0, &writable) != CUFRAMES_OK) {
    GST_DEBUG_OBJECT(self, "dropped: %s", cuframes_last_error()->message);
    return nullptr;
  }
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ)) {
    GST_WARNING_OBJECT(self, "cannot map a buffer, dropped");
    cuframes_writable_destroy(writable);
    return nullptr;
  }
  const uint32_t planes = cuframes_writable_info(writable)->n_planes;
  bool copied = true;
  for (uint32_t p = 0; p < planes && copied; ++p) {
    copied =
        cuframes_writable_copy_plane(writable, p, GST_VIDEO_FRAME_PLANE_DATA(&frame, p),
                                     GST_VIDEO_FRAME_PLANE_STRIDE(&frame, p), 0, 0) == CUFRAMES_OK;
  }
  gst_video_frame_unmap(&frame);
  if (!copied) {
    GST_WARNING_OBJECT(self, "dropped: %s", cuframes_last_error()->message);
    cuframes_writable_destroy(writable);
    return nullptr;
  }
  return writable;
}

static void cuframes_sink_commit(CuframesSink* self, GstBuffer* buffer,
                                 cuframes_writable* writable) {
  if (GBytes* sidecar = cuframes::gst::get_sidecar(buffer)) {
    gsize size = 0;
    const void* data = g_bytes_get_data(sidecar, &size);
    if (cuframes_writable_set_user_meta(writable, data, size) != CUFRAMES_OK) {
      GST_WARNING_OBJECT(self, "no sidecar: %s", cuframes_last_error()->message);
    }
    g_bytes_unref(sidecar);
  }
  cuframes_commit commit;
  cuframes_commit_init(&commit);
  if (GST_BUFFER_PTS_IS_VALID(buffer)) commit.pts_ns = GST_BUFFER_PTS(buffer);
  if (GST_BUFFER_DURATION_IS_VALID(buffer)) commit.duration_ns = GST_BUFFER_DURATION(buffer);
  if (cuframes_writable_commit(writable, &commit) != CUFRAMES_OK) {
    GST_WARNING_OBJECT(self, "not published: %s", cuframes_last_error()->message);
  }
}

static GstFlowReturn cuframes_sink_render(GstBaseSink* sink, GstBuffer* buffer) {
  CuframesSink* self = CUFRAMES_SINK(sink);
  State& state = *self->state;
  PublisherPtr publisher;
  GstVideoInfo info;
  {
    const std::lock_guard<std::mutex> lock(state.mutex);
    if (!state.configured) return GST_FLOW_NOT_NEGOTIATED;
    // After an end of stream that a seek or a loop took back.
    if (state.publisher == nullptr && !cuframes_sink_open(self)) return GST_FLOW_ERROR;
    publisher = state.publisher;
    info = state.info;
  }
  if (cuframes_writable* slot = cuframes::gst::slot_of(buffer, publisher.get())) {
    cuframes_sink_commit(self, buffer, slot);
    cuframes::gst::seal_slot(buffer);  // upstream may keep reading it (a decoder's reference frame)
    return GST_FLOW_OK;
  }
  if (cuframes_writable* copy = cuframes_sink_copy(self, buffer, publisher.get(), info)) {
    cuframes_sink_commit(self, buffer, copy);
    cuframes_writable_destroy(copy);
  }
  return GST_FLOW_OK;
}

static void cuframes_sink_close(State& state) {
  const std::lock_guard<std::mutex> lock(state.mutex);
  if (state.publisher != nullptr) cuframes_publisher_close(state.publisher.get());
  state.publisher.reset();
}

static gboolean cuframes_sink_event(GstBaseSink* sink, GstEvent* event) {
  // Readers of a file shall learn that it has ended, and not wait for this pipeline to be torn
  // down.
  if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) cuframes_sink_close(*CUFRAMES_SINK(sink)->state);
  return GST_BASE_SINK_CLASS(cuframes_sink_parent_class)->event(sink, event);
}

static gboolean cuframes_sink_start(GstBaseSink* sink) {
  CuframesSink* self = CUFRAMES_SINK(sink);
  const std::lock_guard<std::mutex> lock(self->state->mutex);
  if (!self->state->settings.key.empty()) return TRUE;
  GST_ELEMENT_ERROR(self, RESOURCE, SETTINGS, ("cuframessink needs a key."),
                    ("set the property key to the name of the stream"));
  return FALSE;
}

static gboolean cuframes_sink_stop(GstBaseSink* sink) {
  State& state = *CUFRAMES_SINK(sink)->state;
  cuframes_sink_close(state);
  state.configured = false;
  return TRUE;
}

static void cuframes_sink_finalize(GObject* object) {
  const std::unique_ptr<State> state(CUFRAMES_SINK(object)->state);
  G_OBJECT_CLASS(cuframes_sink_parent_class)->finalize(object);
}

static void cuframes_sink_class_init(CuframesSinkClass* klass) {
  GST_DEBUG_CATEGORY_INIT(cuframes_sink_debug, "cuframessink", 0, "cuframes publisher");
  GObjectClass* object = G_OBJECT_CLASS(klass);
  object->set_property = cuframes_sink_set_property;
  object->get_property = cuframes_sink_get_property;
  object->finalize = cuframes_sink_finalize;
  cuframes_sink_properties().install(object);
  GstElementClass* element = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element, &cuframes_sink_template);
  gst_element_class_set_static_metadata(element, "cuframes publisher", "Sink/Video",
                                        "Shares video frames with other processes without copies",
                                        "cuframes");
  GstBaseSinkClass* base = GST_BASE_SINK_CLASS(klass);
  base->start = cuframes_sink_start;
  base->stop = cuframes_sink_stop;
  base->event = cuframes_sink_event;
  base->set_caps = cuframes_sink_set_caps;
  base->propose_allocation = cuframes_sink_propose_allocation;
  base->render = cuframes_sink_render;
}

static void cuframes_sink_init(CuframesSink* self) {
  self->state = std::make_unique<State>().release();
  GstPad* pad = GST_BASE_SINK_PAD(self);
  self->state->base_pad_query = GST_PAD_QUERYFUNC(pad);
  gst_pad_set_query_function(pad, cuframes_sink_pad_query);
}
