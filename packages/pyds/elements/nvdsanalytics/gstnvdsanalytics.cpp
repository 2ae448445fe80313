#include "nvdsanalytics/gstnvdsanalytics.h"

#include <map>
#include <new>

#include "analytics/config_file.h"
#include "analytics/frame_analysis.h"
#include "analytics/stream_analyzer.h"
#include "base/paths.h"
#include "gstnvdsmeta.h"
#include "meta/list.h"
#include "property_table.h"
#include "stream_event.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_ds_analytics_debug);
#define GST_CAT_DEFAULT gst_nv_ds_analytics_debug

namespace {

using pyds::analytics::StreamAnalyzer;

struct Settings {
  guint unique_id = 17;
  bool enable = true;
  std::string config_file;
};

const pyds::PropertyTable<Settings>& properties() {
  static const auto table =
      pyds::PropertyTable<Settings>()
          .add("unique-id", "Of this element, in its metadata", &Settings::unique_id)
          .add("enable", "Look at the objects; they pass unseen otherwise", &Settings::enable)
          .add("config-file", "What to look for, by source", &Settings::config_file);
  return table;
}

GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS("video/x-raw(memory:NVMM)"));
GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS("video/x-raw(memory:NVMM)"));

// Between start and stop, of the streaming thread.
struct Streaming {
  pyds::analytics::Config config;
  std::map<unsigned, StreamAnalyzer> analyzers;  // by source
};

}  // namespace

struct _GstNvDsAnalytics {
  GstBaseTransform parent;
  Settings settings;  // guarded by the object lock
  Streaming streaming;
};

G_DEFINE_FINAL_TYPE(GstNvDsAnalytics, gst_nv_ds_analytics, GST_TYPE_BASE_TRANSFORM)

namespace {

Settings settings_of(GstNvDsAnalytics* self) {
  GST_OBJECT_LOCK(self);
  Settings settings = self->settings;
  GST_OBJECT_UNLOCK(self);
  return settings;
}

StreamAnalyzer& analyzer_of(Streaming& streaming, unsigned source) {
  const auto found = streaming.analyzers.find(source);
  if (found != streaming.analyzers.end()) return found->second;
  const auto& streams = streaming.config.streams;
  const auto config = streams.find(source);
  return streaming.analyzers
      .try_emplace(source,
                   config == streams.end() ? pyds::analytics::StreamConfig{} : config->second)
      .first->second;
}

}  // namespace

static gboolean gst_nv_ds_analytics_start(GstBaseTransform* base) {
  GstNvDsAnalytics* self = GST_NV_DS_ANALYTICS(base);
  const Settings settings = settings_of(self);
  self->streaming = {};
  if (settings.config_file.empty()) {
    if (!settings.enable) return TRUE;
    GST_ELEMENT_ERROR(self, RESOURCE, SETTINGS,
                      ("No configuration is set; set config-file, or enable to false."), (nullptr));
    return FALSE;
  }
  try {
    auto file = pyds::analytics::load_config(pyds::resolve_deepstream_path(settings.config_file));
    for (const std::string& warning : file.warnings)
      GST_WARNING_OBJECT(self, "%s", warning.c_str());
    self->streaming.config = std::move(file.config);
  } catch (const std::exception& error) {
    GST_ELEMENT_ERROR(self, RESOURCE, SETTINGS, ("%s", error.what()), (nullptr));
    return FALSE;
  }
  return TRUE;
}

static gboolean gst_nv_ds_analytics_stop(GstBaseTransform* base) {
  GST_NV_DS_ANALYTICS(base)->streaming = {};
  return TRUE;
}

static gboolean gst_nv_ds_analytics_sink_event(GstBaseTransform* base, GstEvent* event) {
  using pyds::StreamEvent;
  const auto seen = pyds::parse_stream_event(event);
  if (seen && seen->kind != StreamEvent::kEnded)  // counts stay after the end
    GST_NV_DS_ANALYTICS(base)->streaming.analyzers.erase(seen->source_id);
  return GST_BASE_TRANSFORM_CLASS(gst_nv_ds_analytics_parent_class)->sink_event(base, event);
}

static GstFlowReturn gst_nv_ds_analytics_transform_ip(GstBaseTransform* base, GstBuffer* buffer) {
  GstNvDsAnalytics* self = GST_NV_DS_ANALYTICS(base);
  Streaming& streaming = self->streaming;
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(buffer);
  const Settings settings = settings_of(self);
  if (!batch || !settings.enable || !streaming.config.enable) return GST_FLOW_OK;
  const pyds::meta::BatchGuard guard(batch);
  for (GList* node = batch->frame_meta_list; node; node = node->next) {
    auto* frame = static_cast<NvDsFrameMeta*>(node->data);
    pyds::analytics::analyze_frame(frame, streaming.config,
                                   analyzer_of(streaming, frame->source_id), settings.unique_id);
  }
  return GST_FLOW_OK;
}

static void gst_nv_ds_analytics_set_property(GObject* object, guint id, const GValue* value,
                                             GParamSpec*) {
  GST_OBJECT_LOCK(object);
  properties().set(GST_NV_DS_ANALYTICS(object)->settings, id, value);
  GST_OBJECT_UNLOCK(object);
}

static void gst_nv_ds_analytics_get_property(GObject* object, guint id, GValue* value,
                                             GParamSpec*) {
  properties().get(settings_of(GST_NV_DS_ANALYTICS(object)), id, value);
}

static void gst_nv_ds_analytics_finalize(GObject* object) {
  GstNvDsAnalytics* self = GST_NV_DS_ANALYTICS(object);
  self->settings.~Settings();
  self->streaming.~Streaming();
  G_OBJECT_CLASS(gst_nv_ds_analytics_parent_class)->finalize(object);
}

static void gst_nv_ds_analytics_init(GstNvDsAnalytics* self) {
  new (&self->settings) Settings();
  new (&self->streaming) Streaming();
  gst_base_transform_set_in_place(GST_BASE_TRANSFORM(self), TRUE);
}

static void gst_nv_ds_analytics_class_init(GstNvDsAnalyticsClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_ds_analytics_debug, "nvdsanalytics", 0,
                          "regions, crowds, crossings and directions");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_nv_ds_analytics_set_property;
  object_class->get_property = gst_nv_ds_analytics_get_property;
  object_class->finalize = gst_nv_ds_analytics_finalize;
  properties().install(object_class);

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "Analytics", "Filter/Metadata",
      "Tells which objects are in regions, cross lines, crowd and where they go", "pythia-pyds");
  GstBaseTransformClass* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->start = gst_nv_ds_analytics_start;
  transform_class->stop = gst_nv_ds_analytics_stop;
  transform_class->sink_event = gst_nv_ds_analytics_sink_event;
  transform_class->transform_ip = gst_nv_ds_analytics_transform_ip;
}
