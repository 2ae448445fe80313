#include "nvdslogger/gstnvdslogger.h"

#include <map>
#include <new>

#include "gstnvdsmeta.h"
#include "property_table.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_ds_logger_debug);
#define GST_CAT_DEFAULT gst_nv_ds_logger_debug

namespace {

struct Settings {
  guint interval_s = 5;
};

const pyds::PropertyTable<Settings>& properties() {
  static const auto table = pyds::PropertyTable<Settings>().add("fps-measurement-interval-sec",
                                                                "Seconds between two reports",
                                                                &Settings::interval_s, 1, G_MAXINT);
  return table;
}

// Frames of one source. Times are monotonic, in microseconds.
struct Source {
  gint64 first_us = 0;
  guint64 frames = 0;
  guint64 reported_frames = 0;
};

// Of the streaming thread.
struct Streaming {
  std::map<unsigned, Source> sources;
  gint64 reported_us = 0;
};

GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS("video/x-raw(memory:NVMM)"));
GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS("video/x-raw(memory:NVMM)"));

double rate(guint64 frames, gint64 us) {
  return us > 0 ? double(frames) * G_USEC_PER_SEC / double(us) : 0;
}

}  // namespace

struct _GstNvDsLogger {
  GstBaseTransform parent;
  Settings settings;  // guarded by the object lock
  Streaming streaming;
};

G_DEFINE_FINAL_TYPE(GstNvDsLogger, gst_nv_ds_logger, GST_TYPE_BASE_TRANSFORM)

namespace {

void report(GstNvDsLogger* self, gint64 now_us) {
  Streaming& streaming = self->streaming;
  for (auto& [id, source] : streaming.sources) {
    const guint64 frames = source.frames - source.reported_frames;
    const double fps = rate(frames, now_us - std::max(streaming.reported_us, source.first_us));
    // The first frame starts the clock.
    const double average = rate(source.frames - 1, now_us - source.first_us);
    source.reported_frames = source.frames;
    GST_INFO_OBJECT(self, "source %u: %.2f fps (average %.2f)", id, fps, average);
    gst_element_post_message(
        GST_ELEMENT(self),
        gst_message_new_element(
            GST_OBJECT(self),
            gst_structure_new("fps", "source-id", G_TYPE_UINT, id, "fps", G_TYPE_DOUBLE, fps,
                              "average-fps", G_TYPE_DOUBLE, average, "frames", G_TYPE_UINT64,
                              source.frames, nullptr)));
  }
  streaming.reported_us = now_us;
}

}  // namespace

static GstFlowReturn gst_nv_ds_logger_transform_ip(GstBaseTransform* base, GstBuffer* buffer) {
  GstNvDsLogger* self = GST_NV_DS_LOGGER(base);
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(buffer);
  if (!batch) return GST_FLOW_OK;
  Streaming& streaming = self->streaming;
  const gint64 now_us = g_get_monotonic_time();
  if (streaming.sources.empty()) streaming.reported_us = now_us;
  nvds_acquire_meta_lock(batch);
  for (GList* node = batch->frame_meta_list; node; node = node->next) {
    Source& source = streaming.sources[static_cast<NvDsFrameMeta*>(node->data)->source_id];
    if (source.frames++ == 0) source.first_us = now_us;
  }
  nvds_release_meta_lock(batch);
  GST_OBJECT_LOCK(self);
  const gint64 interval_us = gint64{self->settings.interval_s} * G_USEC_PER_SEC;
  GST_OBJECT_UNLOCK(self);
  if (now_us - streaming.reported_us >= interval_us) report(self, now_us);
  return GST_FLOW_OK;
}

static gboolean gst_nv_ds_logger_sink_event(GstBaseTransform* base, GstEvent* event) {
  if (GST_EVENT_TYPE(event) == GST_EVENT_EOS)
    report(GST_NV_DS_LOGGER(base), g_get_monotonic_time());
  return GST_BASE_TRANSFORM_CLASS(gst_nv_ds_logger_parent_class)->sink_event(base, event);
}

static gboolean gst_nv_ds_logger_stop(GstBaseTransform* base) {
  GST_NV_DS_LOGGER(base)->streaming = {};
  return TRUE;
}

static void gst_nv_ds_logger_set_property(GObject* object, guint id, const GValue* value,
                                          GParamSpec*) {
  GST_OBJECT_LOCK(object);
  properties().set(GST_NV_DS_LOGGER(object)->settings, id, value);
  GST_OBJECT_UNLOCK(object);
}

static void gst_nv_ds_logger_get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  GST_OBJECT_LOCK(object);
  properties().get(GST_NV_DS_LOGGER(object)->settings, id, value);
  GST_OBJECT_UNLOCK(object);
}

static void gst_nv_ds_logger_finalize(GObject* object) {
  GST_NV_DS_LOGGER(object)->streaming.~Streaming();
  G_OBJECT_CLASS(gst_nv_ds_logger_parent_class)->finalize(object);
}

static void gst_nv_ds_logger_init(GstNvDsLogger* self) {
  new (&self->settings) Settings();
  new (&self->streaming) Streaming();
  gst_base_transform_set_passthrough(GST_BASE_TRANSFORM(self), TRUE);
}

static void gst_nv_ds_logger_class_init(GstNvDsLoggerClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_ds_logger_debug, "nvdslogger", 0, "frame rates of sources");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_nv_ds_logger_set_property;
  object_class->get_property = gst_nv_ds_logger_get_property;
  object_class->finalize = gst_nv_ds_logger_finalize;
  properties().install(object_class, GParamFlags(GST_PARAM_MUTABLE_PLAYING));

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(element_class, "Frame rate logger", "Filter/Analyzer/Video",
                                        "Measures how many frames of each source pass in a second",
                                        "pythia-pyds");
  GstBaseTransformClass* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->transform_ip = gst_nv_ds_logger_transform_ip;
  transform_class->sink_event = gst_nv_ds_logger_sink_event;
  transform_class->stop = gst_nv_ds_logger_stop;
}
