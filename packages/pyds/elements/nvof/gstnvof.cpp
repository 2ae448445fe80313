#include "nvof/gstnvof.h"

#include <map>
#include <memory>
#include <new>

#include "flow/estimator.h"
#include "flow/flow_meta.h"
#include "gstnvdsmeta.h"
#include "meta/list.h"
#include "property_table.h"
#include "stream_event.h"
#include "surface/frame_memory.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_of_debug);
#define GST_CAT_DEFAULT gst_nv_of_debug

namespace {

using pyds::flow::Estimator;
using pyds::flow::Preset;

struct Settings {
  guint gpu_id = 0;
  bool dump_of_meta = false;
  int preset_level = int(Preset::kFast);
  guint pool_size = 7;
  int grid_size = 0;
};

GType preset_level_get_type() {
  static const GEnumValue values[] = {
      {int(Preset::kFast), "A search that skips most pixels", "fast"},
      {int(Preset::kMedium), "The same, and the result smoothed", "medium"},
      {int(Preset::kSlow), "Twice the resolution, smoothed", "slow"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstNvOfPresetLevel", values);
  return type;
}

GType grid_size_get_type() {
  static const GEnumValue values[] = {{0, "4x4 pixels", "4x4"}, {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstNvOfGridSize", values);
  return type;
}

const pyds::PropertyTable<Settings>& properties() {
  static const auto table =
      pyds::PropertyTable<Settings>()
          .add("gpu-id", "Has no effect", &Settings::gpu_id)
          .add("dump-of-meta", "Has no effect: read the metadata instead", &Settings::dump_of_meta)
          .add_enum("preset-level", "Effort for accuracy", &Settings::preset_level,
                    preset_level_get_type())
          .add("pool-size", "Has no effect: memory is taken as needed", &Settings::pool_size, 1)
          .add_enum("grid-size", "Pixels a vector stands for", &Settings::grid_size,
                    grid_size_get_type());
  return table;
}

// Vectors are found in luma, which is a plane of its own in these.
#define OF_CAPS "video/x-raw(memory:NVMM), format = (string) { NV12, I420 }"
GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(OF_CAPS));
GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(OF_CAPS));

// Between start and stop, of the streaming thread.
struct Streaming {
  Preset preset = Preset::kFast;
  std::map<unsigned, std::unique_ptr<Estimator>> estimators;  // by source
};

}  // namespace

struct _GstNvOf {
  GstBaseTransform parent;
  Settings settings;  // guarded by the object lock
  Streaming streaming;
};

G_DEFINE_FINAL_TYPE(GstNvOf, gst_nv_of, GST_TYPE_BASE_TRANSFORM)

namespace {

void estimate(Streaming& streaming, const pyds::FrameMemory& pictures, NvDsBatchMeta* batch) {
  for (GList* node = batch->frame_meta_list; node; node = node->next) {
    auto* frame = static_cast<NvDsFrameMeta*>(node->data);
    if (frame->batch_id >= pictures.size()) continue;  // metadata without a picture
    std::unique_ptr<Estimator>& estimator = streaming.estimators[frame->source_id];
    if (!estimator) estimator = pyds::flow::make_estimator(streaming.preset);
    const pyds::Block& picture = pictures.picture(frame->batch_id);
    const int width = picture.info().width, height = picture.info().height;
    const auto grid = pyds::flow::Grid::of(width, height);
    auto vectors = std::make_shared<std::vector<NvOFFlowVector>>(grid.size());
    if (estimator->next({picture.plane(0), width, height, picture.stride(0)}, vectors->data())) {
      const pyds::meta::BatchGuard guard(batch);
      pyds::flow::attach_flow(frame, grid, std::move(vectors));
    }
  }
}

}  // namespace

static gboolean gst_nv_of_start(GstBaseTransform* base) {
  GstNvOf* self = GST_NV_OF(base);
  self->streaming = {};
  GST_OBJECT_LOCK(self);
  self->streaming.preset = Preset(self->settings.preset_level);
  GST_OBJECT_UNLOCK(self);
  try {
    pyds::flow::make_estimator(self->streaming.preset);  // loads the library, or says why not
  } catch (const std::exception& error) {
    GST_ELEMENT_ERROR(self, LIBRARY, INIT, ("%s", error.what()), (nullptr));
    return FALSE;
  }
  return TRUE;
}

static gboolean gst_nv_of_stop(GstBaseTransform* base) {
  GST_NV_OF(base)->streaming = {};
  return TRUE;
}

static gboolean gst_nv_of_sink_event(GstBaseTransform* base, GstEvent* event) {
  Streaming& streaming = GST_NV_OF(base)->streaming;
  if (const auto seen = pyds::parse_stream_event(event))
    streaming.estimators.erase(seen->source_id);
  if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP) streaming.estimators.clear();
  return GST_BASE_TRANSFORM_CLASS(gst_nv_of_parent_class)->sink_event(base, event);
}

static GstFlowReturn gst_nv_of_transform_ip(GstBaseTransform* base, GstBuffer* buffer) {
  GstNvOf* self = GST_NV_OF(base);
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(buffer);
  const pyds::FrameMemory* pictures = pyds::FrameMemory::from(buffer);
  if (!batch || !pictures) {
    GST_ELEMENT_ERROR(self, STREAM, FORMAT,
                      ("The buffer has %s, so sources cannot be told apart.",
                       batch ? "memory that is not ours" : "no batch metadata"),
                      ("Put nvstreammux in front of %s.", GST_ELEMENT_NAME(self)));
    return GST_FLOW_ERROR;
  }
  try {
    estimate(self->streaming, *pictures, batch);
  } catch (const std::exception& error) {
    GST_ELEMENT_ERROR(self, STREAM, FAILED, ("Optical flow failed: %s", error.what()), (nullptr));
    return GST_FLOW_ERROR;
  }
  return GST_FLOW_OK;
}

static void gst_nv_of_set_property(GObject* object, guint id, const GValue* value, GParamSpec*) {
  GST_OBJECT_LOCK(object);
  properties().set(GST_NV_OF(object)->settings, id, value);
  GST_OBJECT_UNLOCK(object);
}

static void gst_nv_of_get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  GST_OBJECT_LOCK(object);
  properties().get(GST_NV_OF(object)->settings, id, value);
  GST_OBJECT_UNLOCK(object);
}

static void gst_nv_of_finalize(GObject* object) {
  GST_NV_OF(object)->streaming.~Streaming();
  G_OBJECT_CLASS(gst_nv_of_parent_class)->finalize(object);
}

static void gst_nv_of_init(GstNvOf* self) {
  new (&self->settings) Settings();
  new (&self->streaming) Streaming();
  gst_base_transform_set_in_place(GST_BASE_TRANSFORM(self), TRUE);
}

static void gst_nv_of_class_init(GstNvOfClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_of_debug, "nvof", 0, "optical flow");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_nv_of_set_property;
  object_class->get_property = gst_nv_of_get_property;
  object_class->finalize = gst_nv_of_finalize;
  properties().install(object_class, GParamFlags(GST_PARAM_MUTABLE_READY));

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(element_class, "Optical flow", "Filter/Analyzer/Video",
                                        "Finds how the content of frames moves", "pythia-pyds");
  GstBaseTransformClass* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->start = gst_nv_of_start;
  transform_class->stop = gst_nv_of_stop;
  transform_class->sink_event = gst_nv_of_sink_event;
  transform_class->transform_ip = gst_nv_of_transform_ip;
}
