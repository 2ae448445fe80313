#include "nvdspreprocess/gstnvdspreprocess.h"

#include <algorithm>
#include <climits>
#include <memory>
#include <new>
#include <set>

#include "base/paths.h"
#include "gstnvdsmeta.h"
#include "infer/config_value.h"
#include "preprocess/config.h"
#include "preprocess/preparer.h"
#include "property_table.h"
#include "surface/frame_memory.h"
#include "tensor_query.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_ds_pre_process_debug);
#define GST_CAT_DEFAULT gst_nv_ds_pre_process_debug

namespace {

using pyds::preprocess::Config;
using pyds::preprocess::Preparer;

// In the order of the table below.
enum Property : guint {
  kUniqueId = 1,
  kEnable,
  kGpuId,
  kProcessOnFrame,
  kTargetUniqueIds,
  kOperateOnGieId,
  kConfigFile
};

struct Settings {
  guint unique_id = 15;
  bool enable = true;
  guint gpu_id = 0;
  bool process_on_frame = true;
  std::string target_unique_ids;
  int operate_on_gie_id = -1;
  std::string config_file;

  std::set<guint> given;  // properties that were set, which win over the file

  // The file with these properties in it. Throws ConfigError.
  Config effective() const;
};

Config Settings::effective() const {
  if (config_file.empty())
    throw pyds::ConfigError("nvdspreprocess has no configuration: set config-file");
  Config config = pyds::preprocess::read_config(pyds::resolve_deepstream_path(config_file));
  if (given.count(kUniqueId)) config.unique_id = unique_id;
  if (given.count(kEnable)) config.enable = enable;
  if (given.count(kProcessOnFrame)) config.process_on_frame = process_on_frame;
  if (given.count(kOperateOnGieId)) config.operate_on_gie_id = operate_on_gie_id;
  if (given.count(kTargetUniqueIds)) {
    const std::vector<long> ids =
        pyds::ConfigValue("nvdspreprocess", "properties", "target-unique-ids", target_unique_ids)
            .integers(0, INT_MAX);
    config.target_ids.assign(ids.begin(), ids.end());
  }
  if (config.target_ids.empty())
    throw pyds::ConfigError(config.file +
                            ": [property] has no target-unique-ids: name the unique-id of each "
                            "nvinfer that takes the tensors, as 1;2");
  return config;
}

const pyds::PropertyTable<Settings>& properties() {
  static const auto table =
      pyds::PropertyTable<Settings>()
          .add("unique-id", "Of this element", &Settings::unique_id)
          .add("enable", "Make tensors; batches pass as they are otherwise", &Settings::enable)
          .add("gpu-id", "Has no effect", &Settings::gpu_id)
          .add("process-on-frame", "Make tensors of frames, or else of objects",
               &Settings::process_on_frame)
          .add("target-unique-ids", "unique-id of each nvinfer the tensors are for, as 1;2",
               &Settings::target_unique_ids)
          .add("operate-on-gie-id", "Take objects of this component; -1: of any",
               &Settings::operate_on_gie_id, -1)
          .add("config-file",
               "What becomes a tensor (text or .yml); properties, once set, win "
               "over it",
               &Settings::config_file);
  return table;
}

#define PRE_PROCESS_CAPS "video/x-raw(memory:NVMM), format = (string) { NV12, I420, RGBA }"
GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
                                                             GST_STATIC_CAPS(PRE_PROCESS_CAPS));
GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(PRE_PROCESS_CAPS));

}  // namespace

struct _GstNvDsPreProcess {
  GstBaseTransform parent;
  Settings settings;                   // guarded by the object lock
  std::unique_ptr<Preparer> preparer;  // between start and stop, none if not enabled
};

G_DEFINE_FINAL_TYPE(GstNvDsPreProcess, gst_nv_ds_pre_process, GST_TYPE_BASE_TRANSFORM)

namespace {

Settings settings_of(GstNvDsPreProcess* self) {
  GST_OBJECT_LOCK(self);
  Settings settings = self->settings;
  GST_OBJECT_UNLOCK(self);
  return settings;
}

// False if there are no tensors for the element that asks.
bool answer(GstNvDsPreProcess* self, GstQuery* query, unsigned unique_id) try {
  const Config config = settings_of(self).effective();
  const std::vector<guint64>& ids = config.target_ids;
  if (!config.enable || std::find(ids.begin(), ids.end(), unique_id) == ids.end()) return false;
  pyds::answer_tensor_query(query, unsigned(config.format.channels), unsigned(config.format.height),
                            unsigned(config.format.width));
  return true;
} catch (const std::exception&) {
  return false;  // start() says why
}

}  // namespace

static gboolean gst_nv_ds_pre_process_query(GstBaseTransform* base, GstPadDirection direction,
                                            GstQuery* query) {
  const auto unique_id = pyds::parse_tensor_query(query);
  if (direction == GST_PAD_SRC && unique_id &&
      answer(GST_NV_DS_PRE_PROCESS(base), query, *unique_id))
    return TRUE;  // and otherwise one further upstream may know
  return GST_BASE_TRANSFORM_CLASS(gst_nv_ds_pre_process_parent_class)
      ->query(base, direction, query);
}

static gboolean gst_nv_ds_pre_process_start(GstBaseTransform* base) {
  GstNvDsPreProcess* self = GST_NV_DS_PRE_PROCESS(base);
  try {
    Config config = settings_of(self).effective();
    for (const std::string& warning : config.warnings)
      GST_ELEMENT_WARNING(self, LIBRARY, SETTINGS, ("%s", warning.c_str()), (nullptr));
    if (config.enable)
      self->preparer =
          std::make_unique<Preparer>(std::move(config), [self](const std::string& warning) {
            GST_ELEMENT_WARNING(self, STREAM, FAILED, ("%s", warning.c_str()), (nullptr));
          });
  } catch (const std::exception& error) {
    GST_ELEMENT_ERROR(self, LIBRARY, SETTINGS, ("%s", error.what()), (nullptr));
    return FALSE;
  }
  return TRUE;
}

static gboolean gst_nv_ds_pre_process_stop(GstBaseTransform* base) {
  GST_NV_DS_PRE_PROCESS(base)->preparer.reset();
  return TRUE;
}

static GstFlowReturn gst_nv_ds_pre_process_transform_ip(GstBaseTransform* base, GstBuffer* buffer) {
  GstNvDsPreProcess* self = GST_NV_DS_PRE_PROCESS(base);
  if (!self->preparer) return GST_FLOW_OK;
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(buffer);
  const pyds::FrameMemory* pictures = pyds::FrameMemory::from(buffer);
  if (!batch || !pictures) {
    GST_ELEMENT_ERROR(self, STREAM, FORMAT,
                      ("The buffer has %s, so there is nothing to prepare.",
                       batch ? "memory that is not ours" : "no batch metadata"),
                      ("Put nvstreammux in front of %s.", GST_ELEMENT_NAME(self)));
    return GST_FLOW_ERROR;
  }
  self->preparer->prepare(batch, *pictures);
  return GST_FLOW_OK;
}

static void gst_nv_ds_pre_process_set_property(GObject* object, guint id, const GValue* value,
                                               GParamSpec*) {
  Settings& settings = GST_NV_DS_PRE_PROCESS(object)->settings;
  GST_OBJECT_LOCK(object);
  properties().set(settings, id, value);
  settings.given.insert(id);
  GST_OBJECT_UNLOCK(object);
}

static void gst_nv_ds_pre_process_get_property(GObject* object, guint id, GValue* value,
                                               GParamSpec*) {
  properties().get(settings_of(GST_NV_DS_PRE_PROCESS(object)), id, value);
}

static void gst_nv_ds_pre_process_finalize(GObject* object) {
  GstNvDsPreProcess* self = GST_NV_DS_PRE_PROCESS(object);
  self->settings.~Settings();
  self->preparer.~unique_ptr();
  G_OBJECT_CLASS(gst_nv_ds_pre_process_parent_class)->finalize(object);
}

static void gst_nv_ds_pre_process_init(GstNvDsPreProcess* self) {
  new (&self->settings) Settings();
  new (&self->preparer) std::unique_ptr<Preparer>();
  gst_base_transform_set_in_place(GST_BASE_TRANSFORM(self), TRUE);
}

static void gst_nv_ds_pre_process_class_init(GstNvDsPreProcessClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_ds_pre_process_debug, "nvdspreprocess", 0,
                          "tensors of regions of frames");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_nv_ds_pre_process_set_property;
  object_class->get_property = gst_nv_ds_pre_process_get_property;
  object_class->finalize = gst_nv_ds_pre_process_finalize;
  properties().install(object_class, GParamFlags(GST_PARAM_MUTABLE_READY));

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "Preprocessing", "Filter/Analyzer/Video",
      "Makes input tensors of frames, of regions of frames or of objects", "pythia-pyds");
  GstBaseTransformClass* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->query = gst_nv_ds_pre_process_query;
  transform_class->start = gst_nv_ds_pre_process_start;
  transform_class->stop = gst_nv_ds_pre_process_stop;
  transform_class->transform_ip = gst_nv_ds_pre_process_transform_ip;
}
