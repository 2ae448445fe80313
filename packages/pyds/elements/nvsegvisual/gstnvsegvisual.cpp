#include "nvsegvisual/gstnvsegvisual.h"

#include <memory>
#include <new>

#include "gstnvdsinfer.h"
#include "gstnvdsmeta.h"
#include "image/mapping.h"
#include "image/picture.h"
#include "meta/list.h"
#include "osd/class_painter.h"
#include "property_table.h"
#include "surface/frame_memory.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_seg_visual_debug);
#define GST_CAT_DEFAULT gst_nv_seg_visual_debug

namespace {

struct Settings {
  guint width = 1280;
  guint height = 720;
  int operate_on_seg_meta_id = -1;
  bool original_background = false;
  guint class_id = 0;
  float alpha = 1.0f;
  // Have no effect here.
  guint unique_id = 0;
  guint batch_size = 1;
  guint gpu_id = 0;
  bool gpu_on = true;
};

const pyds::PropertyTable<Settings>& properties() {
  static const auto table =
      pyds::PropertyTable<Settings>()
          .add("width", "Width of the pictures that come out", &Settings::width, 1, 16384)
          .add("height", "Height of the pictures that come out", &Settings::height, 1, 16384)
          .add("operate-on-seg-meta-id",
               "Show what the nvinfer of this unique-id found; -1: what any found, the last on top",
               &Settings::operate_on_seg_meta_id, -1)
          .add("original-background", "Lay the classes over the picture",
               &Settings::original_background)
          .add("class-id", "With original-background: the class that is background",
               &Settings::class_id, 0, G_MAXINT)
          .add("alpha", "With original-background: 0 shows the picture alone, 1 hides it",
               &Settings::alpha, 0.0f, 1.0f)
          .add("unique-id", "No effect: nothing is written into the metadata", &Settings::unique_id)
          .add("batch-size", "No effect: batches may have any size", &Settings::batch_size)
          .add("gpu-id", "No effect: pictures are in CPU memory", &Settings::gpu_id)
          .add("gpu-on", "No effect: pictures are in CPU memory", &Settings::gpu_on);
  return table;
}

#define PICTURE_FORMATS "{ NV12, I420, RGBA }"
GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("video/x-raw(memory:NVMM), format = (string) " PICTURE_FORMATS));
GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS,
                            GST_STATIC_CAPS("video/x-raw(memory:NVMM), format = (string) RGBA"));

}  // namespace

struct _GstNvSegVisual {
  GstBaseTransform parent;
  Settings settings;                      // guarded by the object lock
  std::shared_ptr<pyds::BlockPool> pool;  // of the pictures that come out; streaming thread
};

G_DEFINE_FINAL_TYPE(GstNvSegVisual, gst_nv_seg_visual, GST_TYPE_BASE_TRANSFORM)

namespace {

Settings settings_of(GstNvSegVisual* self) {
  GST_OBJECT_LOCK(self);
  Settings settings = self->settings;
  GST_OBJECT_UNLOCK(self);
  return settings;
}

NvDsFrameMeta* frame_of_picture(NvDsBatchMeta* batch, unsigned index) {
  for (GList* node = batch->frame_meta_list; node; node = node->next) {
    auto* frame = static_cast<NvDsFrameMeta*>(node->data);
    if (frame->batch_id == index) return frame;
  }
  return nullptr;
}

// Draws every class map of the frame that the settings ask for. False if there is none.
bool draw_classes(NvDsFrameMeta* frame, const Settings& settings, pyds::Picture& picture) {
  bool drawn = false;
  for (GList* node = frame->frame_user_meta_list; node; node = node->next) {
    auto* user_meta = static_cast<NvDsUserMeta*>(node->data);
    if (user_meta->base_meta.meta_type != NVDSINFER_SEGMENTATION_META) continue;
    const auto& map = *static_cast<NvDsInferSegmentationMeta*>(user_meta->user_meta_data);
    if (settings.operate_on_seg_meta_id >= 0 && map.unique_id != settings.operate_on_seg_meta_id)
      continue;
    if (settings.original_background)
      pyds::osd::blend_classes(map, int(settings.class_id), settings.alpha, picture);
    else
      pyds::osd::paint_classes(map, picture);
    drawn = true;
  }
  return drawn;
}

// The picture that comes out for one that came in; null if its format is not known.
pyds::BlockRef show(GstNvSegVisual* self, const Settings& settings, const pyds::Block& block,
                    NvDsFrameMeta* frame) {
  pyds::BlockRef shown = self->pool->acquire();
  pyds::Picture picture = pyds::Picture::of(*shown);
  const pyds::Rect whole = {0, 0, picture.width, picture.height};
  const pyds::Picture original = pyds::Picture::of(block);
  const pyds::Rect all = {0, 0, original.width, original.height};
  if (settings.original_background && !pyds::convert(original, all, picture, whole)) return nullptr;
  if (!(frame && draw_classes(frame, settings, picture)) && !settings.original_background)
    pyds::fill_black(picture, whole);
  if (frame) pyds::remap_frame_meta(frame, {all, whole}, picture.width, picture.height);
  return shown;
}

}  // namespace

static GstCaps* gst_nv_seg_visual_transform_caps(GstBaseTransform* base, GstPadDirection direction,
                                                 GstCaps* caps, GstCaps* filter) {
  const Settings settings = settings_of(GST_NV_SEG_VISUAL(base));
  GstCaps* other = gst_caps_copy(caps);
  for (guint i = 0; i < gst_caps_get_size(other); ++i) {
    GstStructure* structure = gst_caps_get_structure(other, i);
    gst_structure_remove_fields(structure, "pixel-aspect-ratio", "colorimetry", "chroma-site",
                                "format", nullptr);
    if (direction == GST_PAD_SINK)
      gst_structure_set(structure, "width", G_TYPE_INT, int(settings.width), "height", G_TYPE_INT,
                        int(settings.height), "format", G_TYPE_STRING, "RGBA", nullptr);
    else
      gst_structure_set(structure, "width", GST_TYPE_INT_RANGE, 1, G_MAXINT, "height",
                        GST_TYPE_INT_RANGE, 1, G_MAXINT, nullptr);
  }
  if (!filter) return other;
  GstCaps* filtered = gst_caps_intersect_full(filter, other, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref(other);
  return filtered;
}

static gboolean gst_nv_seg_visual_set_caps(GstBaseTransform* base, GstCaps*, GstCaps* out) {
  GstVideoInfo output;
  if (!gst_video_info_from_caps(&output, out)) return FALSE;
  GST_NV_SEG_VISUAL(base)->pool = pyds::BlockPool::create(output);
  return TRUE;
}

// The batch's buffer goes on with other memory in it: its metadata need not be copied.
static GstFlowReturn gst_nv_seg_visual_generate_output(GstBaseTransform* base, GstBuffer** output) {
  GstNvSegVisual* self = GST_NV_SEG_VISUAL(base);
  *output = nullptr;
  if (!base->queued_buf) return GST_FLOW_OK;
  GstBuffer* buffer = gst_buffer_make_writable(g_steal_pointer(&base->queued_buf));
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(buffer);
  const pyds::FrameMemory* pictures = pyds::FrameMemory::from(buffer);
  if (!batch || !pictures) {
    gst_buffer_unref(buffer);
    GST_ELEMENT_ERROR(self, STREAM, FORMAT,
                      ("The buffer has %s, so there are no classes to show.",
                       batch ? "memory that is not ours" : "no batch metadata"),
                      ("Put nvstreammux and nvinfer in front of %s.", GST_ELEMENT_NAME(self)));
    return GST_FLOW_ERROR;
  }
  const Settings settings = settings_of(self);
  GstMemory* memory = pyds::FrameMemory::create(pictures->size());
  {
    const pyds::meta::BatchGuard guard(batch);
    for (unsigned i = 0; i < pictures->size(); ++i) {
      pyds::BlockRef shown = show(self, settings, pictures->picture(i), frame_of_picture(batch, i));
      if (!shown) break;
      pyds::FrameMemory::from(memory)->append(std::move(shown));
    }
  }
  if (pyds::FrameMemory::from(memory)->size() < pictures->size()) {
    gst_memory_unref(memory);
    gst_buffer_unref(buffer);
    GST_ELEMENT_ERROR(self, STREAM, FORMAT, ("The batch has a picture of a format not known here."),
                      ("Put nvvideoconvert in front of %s.", GST_ELEMENT_NAME(self)));
    return GST_FLOW_ERROR;
  }
  gst_buffer_replace_all_memory(buffer, memory);
  *output = buffer;
  return GST_FLOW_OK;
}

static void gst_nv_seg_visual_set_property(GObject* object, guint id, const GValue* value,
                                           GParamSpec*) {
  GstNvSegVisual* self = GST_NV_SEG_VISUAL(object);
  GST_OBJECT_LOCK(self);
  const guint width = self->settings.width, height = self->settings.height;
  properties().set(self->settings, id, value);
  const bool resized = width != self->settings.width || height != self->settings.height;
  GST_OBJECT_UNLOCK(self);
  if (resized) gst_base_transform_reconfigure_src(GST_BASE_TRANSFORM(self));
}

static void gst_nv_seg_visual_get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  properties().get(settings_of(GST_NV_SEG_VISUAL(object)), id, value);
}

static void gst_nv_seg_visual_finalize(GObject* object) {
  GstNvSegVisual* self = GST_NV_SEG_VISUAL(object);
  self->settings.~Settings();
  self->pool.~shared_ptr();
  G_OBJECT_CLASS(gst_nv_seg_visual_parent_class)->finalize(object);
}

static void gst_nv_seg_visual_init(GstNvSegVisual* self) {
  new (&self->settings) Settings();
  new (&self->pool) std::shared_ptr<pyds::BlockPool>();
}

static void gst_nv_seg_visual_class_init(GstNvSegVisualClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_seg_visual_debug, "nvsegvisual", 0, "classes of pixels in colour");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_nv_seg_visual_set_property;
  object_class->get_property = gst_nv_seg_visual_get_property;
  object_class->finalize = gst_nv_seg_visual_finalize;
  properties().install(object_class, GParamFlags(GST_PARAM_MUTABLE_PLAYING));

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "Segmentation visualiser", "Filter/Effect/Video",
      "Shows the classes of pixels, each in its colour", "pythia-pyds");
  GstBaseTransformClass* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->transform_caps = gst_nv_seg_visual_transform_caps;
  transform_class->set_caps = gst_nv_seg_visual_set_caps;
  transform_class->generate_output = gst_nv_seg_visual_generate_output;
}
