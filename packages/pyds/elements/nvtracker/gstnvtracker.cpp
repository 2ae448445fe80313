#include "nvtracker/gstnvtracker.h"

#include <algorithm>
#include <memory>
#include <new>
#include <optional>

#include "base/paths.h"
#include "gstnvdsmeta.h"
#include "nvtracker/settings.h"
#include "nvtracker/sources.h"
#include "stream_event.h"
#include "track/config_file.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_tracker_debug);
#define GST_CAT_DEFAULT gst_nv_tracker_debug

using pyds::StreamEvent;
using pyds::nvtracker::Settings;
using pyds::nvtracker::Setup;
using pyds::nvtracker::Sources;

namespace {

GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS("video/x-raw(memory:NVMM)"));
GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS("video/x-raw(memory:NVMM)"));

}  // namespace

struct _GstNvTracker {
  GstBaseTransform parent;
  Settings settings;                 // guarded by the object lock
  std::unique_ptr<Sources> sources;  // streaming thread, between start and stop
};

G_DEFINE_FINAL_TYPE(GstNvTracker, gst_nv_tracker, GST_TYPE_BASE_TRANSFORM)

namespace {

Settings settings_of(GstNvTracker* self) {
  GST_OBJECT_LOCK(self);
  Settings settings = self->settings;
  GST_OBJECT_UNLOCK(self);
  return settings;
}

Setup read_setup(GstNvTracker* self, const std::string& name) {
  const std::string file = pyds::resolve_deepstream_path(name);
  pyds::track::ConfigFile read = pyds::track::load_config(file);
  Setup setup;
  setup.config = std::make_shared<pyds::track::Config>(read.config);
  const pyds::track::ReidConfig& reid = setup.config->reid;
  if (reid.type != pyds::track::ReidType::kNone)
    setup.reid = std::make_shared<pyds::track::ReidNetwork>(reid.network, file, &read.warnings);
  for (const std::string& warning : read.warnings) GST_WARNING_OBJECT(self, "%s", warning.c_str());
  for (const std::string& key : read.without_effect)
    GST_INFO_OBJECT(self, "%s: %s has no effect", name.c_str(), key.c_str());
  return setup;
}

}  // namespace

static gboolean gst_nv_tracker_start(GstBaseTransform* transform) {
  GstNvTracker* self = GST_NV_TRACKER(transform);
  const Settings settings = settings_of(self);
  if (!settings.library.empty())
    GST_INFO_OBJECT(self, "ll-lib-file=%s is not loaded: the tracker is built in",
                    settings.library.c_str());
  std::vector<Setup> setups;
  try {
    for (const std::string& file : pyds::nvtracker::split(settings.config_files, ';'))
      setups.push_back(read_setup(self, file));
  } catch (const std::exception& error) {
    GST_ELEMENT_ERROR(self, RESOURCE, SETTINGS, ("%s", error.what()), (nullptr));
    return FALSE;
  }
  if (setups.empty()) setups.emplace_back();
  if (setups.size() > 1 && settings.sub_batches_text.empty())
    GST_WARNING_OBJECT(self,
                       "ll-config-file names %zu files, but without sub-batches the first serves "
                       "all sources; set sub-batches, for example to \"0;1\"",
                       setups.size());
  self->sources = std::make_unique<Sources>(settings, std::move(setups));
  return TRUE;
}

static gboolean gst_nv_tracker_stop(GstBaseTransform* transform) {
  GST_NV_TRACKER(transform)->sources.reset();
  return TRUE;
}

static gboolean gst_nv_tracker_sink_event(GstBaseTransform* transform, GstEvent* event) {
  GstNvTracker* self = GST_NV_TRACKER(transform);
  if (const std::optional<StreamEvent> seen = pyds::parse_stream_event(event)) {
    switch (seen->kind) {
      case StreamEvent::kRemoved:
        self->sources->remove(seen->source_id);
        break;
      case StreamEvent::kEnded:
        self->sources->end(seen->source_id);
        break;
      case StreamEvent::kReset:
        self->sources->reset(seen->source_id);
        break;
    }
  }
  return GST_BASE_TRANSFORM_CLASS(gst_nv_tracker_parent_class)->sink_event(transform, event);
}

static GstFlowReturn gst_nv_tracker_transform_ip(GstBaseTransform* transform, GstBuffer* buffer) {
  GstNvTracker* self = GST_NV_TRACKER(transform);
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(buffer);
  if (!batch) {
    GST_LOG_OBJECT(self, "buffer without batch metadata");
    return GST_FLOW_OK;
  }
  pyds::track::TrackingOptions options;
  GST_OBJECT_LOCK(self);
  options.display_id = self->settings.display_id;
  options.class_ids = self->settings.class_ids;
  GST_OBJECT_UNLOCK(self);
  try {
    self->sources->track(batch, pyds::FrameMemory::from(buffer), options);
  } catch (const std::exception& problem) {
    GST_ELEMENT_ERROR(self, STREAM, FAILED, ("nvtracker: %s", problem.what()), (nullptr));
    return GST_FLOW_ERROR;
  }
  return GST_FLOW_OK;
}

static void gst_nv_tracker_set_property(GObject* object, guint id, const GValue* value,
                                        GParamSpec*) {
  GstNvTracker* self = GST_NV_TRACKER(object);
  GST_OBJECT_LOCK(self);
  const std::string complaint = self->settings.set(id, value);
  GST_OBJECT_UNLOCK(self);
  if (!complaint.empty()) g_warning("%s: %s", GST_OBJECT_NAME(self), complaint.c_str());
}

static void gst_nv_tracker_get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  GstNvTracker* self = GST_NV_TRACKER(object);
  GST_OBJECT_LOCK(self);
  self->settings.get(id, value);
  GST_OBJECT_UNLOCK(self);
}

static void gst_nv_tracker_finalize(GObject* object) {
  GstNvTracker* self = GST_NV_TRACKER(object);
  self->settings.~Settings();
  self->sources.~unique_ptr();
  G_OBJECT_CLASS(gst_nv_tracker_parent_class)->finalize(object);
}

static void gst_nv_tracker_init(GstNvTracker* self) {
  new (&self->settings) Settings();
  new (&self->sources) std::unique_ptr<Sources>();
  gst_base_transform_set_in_place(GST_BASE_TRANSFORM(self), TRUE);
}

static void gst_nv_tracker_class_init(GstNvTrackerClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_tracker_debug, "nvtracker", 0, "object tracker");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_nv_tracker_set_property;
  object_class->get_property = gst_nv_tracker_get_property;
  object_class->finalize = gst_nv_tracker_finalize;
  pyds::nvtracker::install_properties(object_class);

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "Object tracker", "Filter/Metadata",
      "Gives the objects of each source an id that stays the same from frame to frame",
      "pythia-pyds");
  GstBaseTransformClass* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->start = gst_nv_tracker_start;
  transform_class->stop = gst_nv_tracker_stop;
  transform_class->sink_event = gst_nv_tracker_sink_event;
  transform_class->transform_ip = gst_nv_tracker_transform_ip;
}
