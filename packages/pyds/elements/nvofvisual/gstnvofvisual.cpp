#include "nvofvisual/gstnvofvisual.h"

#include <memory>
#include <new>
#include <vector>

#include "flow/flow_meta.h"
#include "flow/flow_picture.h"
#include "gstnvdsmeta.h"
#include "image/picture.h"
#include "meta/list.h"
#include "property_table.h"
#include "surface/frame_memory.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_of_visual_debug);
#define GST_CAT_DEFAULT gst_nv_of_visual_debug

namespace {

struct Settings {
  guint gpu_id = 0;
};

const pyds::PropertyTable<Settings>& properties() {
  static const auto table =
      pyds::PropertyTable<Settings>().add("gpu-id", "Has no effect", &Settings::gpu_id);
  return table;
}

GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
                            GST_STATIC_CAPS("video/x-raw(memory:NVMM), "
                                            "format = (string) { NV12, I420, RGBA }"));
GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS,
                            GST_STATIC_CAPS("video/x-raw(memory:NVMM), format = (string) RGBA"));

// Of the streaming thread.
struct Streaming {
  std::shared_ptr<pyds::BlockPool> pool;
  std::vector<uint8_t> blocks;  // RGBA, a pixel per block
};

}  // namespace

struct _GstNvOfVisual {
  GstBaseTransform parent;
  Settings settings;  // guarded by the object lock
  Streaming streaming;
};

G_DEFINE_FINAL_TYPE(GstNvOfVisual, gst_nv_of_visual, GST_TYPE_BASE_TRANSFORM)

namespace {

void show(const NvDsOpticalFlowMeta& flow, std::vector<uint8_t>& blocks, pyds::Picture& picture) {
  blocks.resize(size_t{flow.rows} * flow.cols * 4);
  pyds::flow::paint_flow(flow, blocks.data());
  pyds::Picture small;
  small.format = GST_VIDEO_FORMAT_RGBA;
  small.width = int(flow.cols);
  small.height = int(flow.rows);
  small.plane[0] = blocks.data();
  small.stride[0] = small.width * 4;
  small.colorimetry = picture.colorimetry;
  pyds::convert(small, {0, 0, small.width, small.height}, picture,
                {0, 0, picture.width, picture.height});
}

}  // namespace

static GstCaps* gst_nv_of_visual_transform_caps(GstBaseTransform*, GstPadDirection direction,
                                                GstCaps* caps, GstCaps* filter) {
  GstCaps* other = gst_caps_copy(caps);
  for (guint i = 0; i < gst_caps_get_size(other); ++i) {
    GstStructure* structure = gst_caps_get_structure(other, i);
    gst_structure_remove_fields(structure, "format", "colorimetry", "chroma-site", nullptr);
    if (direction == GST_PAD_SINK)
      gst_structure_set(structure, "format", G_TYPE_STRING, "RGBA", nullptr);
  }
  if (!filter) return other;
  GstCaps* filtered = gst_caps_intersect_full(filter, other, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref(other);
  return filtered;
}

static gboolean gst_nv_of_visual_set_caps(GstBaseTransform* base, GstCaps*, GstCaps* out) {
  GstVideoInfo output;
  if (!gst_video_info_from_caps(&output, out)) return FALSE;
  GST_NV_OF_VISUAL(base)->streaming.pool = pyds::BlockPool::create(output);
  return TRUE;
}

// The buffer goes on with other pictures in it: its metadata need not be copied.
static GstFlowReturn gst_nv_of_visual_transform_ip(GstBaseTransform* base, GstBuffer* buffer) {
  GstNvOfVisual* self = GST_NV_OF_VISUAL(base);
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(buffer);
  const pyds::FrameMemory* pictures = pyds::FrameMemory::from(buffer);
  if (!batch || !pictures) {
    GST_ELEMENT_ERROR(self, STREAM, FORMAT,
                      ("The buffer has %s, so there is no motion to show.",
                       batch ? "memory that is not ours" : "no batch metadata"),
                      ("Put nvstreammux and nvof in front of %s.", GST_ELEMENT_NAME(self)));
    return GST_FLOW_ERROR;
  }
  const pyds::meta::BatchGuard guard(batch);
  std::vector<const NvDsOpticalFlowMeta*> flows(pictures->size());
  for (GList* node = batch->frame_meta_list; node; node = node->next) {
    const auto* frame = static_cast<const NvDsFrameMeta*>(node->data);
    if (frame->batch_id < flows.size()) flows[frame->batch_id] = pyds::flow::flow_of(frame);
  }
  Streaming& streaming = self->streaming;
  GstMemory* memory = pyds::FrameMemory::create(pictures->capacity());
  for (const NvDsOpticalFlowMeta* flow : flows) {
    pyds::BlockRef block = streaming.pool->acquire();
    pyds::Picture picture = pyds::Picture::of(*block);
    if (flow)
      show(*flow, streaming.blocks, picture);
    else
      pyds::fill_black(picture, {0, 0, picture.width, picture.height});
    pyds::FrameMemory::from(memory)->append(std::move(block));
  }
  gst_buffer_replace_all_memory(buffer, memory);
  return GST_FLOW_OK;
}

static gboolean gst_nv_of_visual_stop(GstBaseTransform* base) {
  GST_NV_OF_VISUAL(base)->streaming = {};
  return TRUE;
}

static void gst_nv_of_visual_set_property(GObject* object, guint id, const GValue* value,
                                          GParamSpec*) {
  GST_OBJECT_LOCK(object);
  properties().set(GST_NV_OF_VISUAL(object)->settings, id, value);
  GST_OBJECT_UNLOCK(object);
}

static void gst_nv_of_visual_get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  GST_OBJECT_LOCK(object);
  properties().get(GST_NV_OF_VISUAL(object)->settings, id, value);
  GST_OBJECT_UNLOCK(object);
}

static void gst_nv_of_visual_finalize(GObject* object) {
  GST_NV_OF_VISUAL(object)->streaming.~Streaming();
  G_OBJECT_CLASS(gst_nv_of_visual_parent_class)->finalize(object);
}

static void gst_nv_of_visual_init(GstNvOfVisual* self) {
  new (&self->settings) Settings();
  new (&self->streaming) Streaming();
  gst_base_transform_set_in_place(GST_BASE_TRANSFORM(self), TRUE);
}

static void gst_nv_of_visual_class_init(GstNvOfVisualClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_of_visual_debug, "nvofvisual", 0, "optical flow as colours");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_nv_of_visual_set_property;
  object_class->get_property = gst_nv_of_visual_get_property;
  object_class->finalize = gst_nv_of_visual_finalize;
  properties().install(object_class);

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "Optical flow as colours", "Filter/Effect/Video",
      "Shows the motion nvof found in place of the frames", "pythia-pyds");
  GstBaseTransformClass* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->transform_caps = gst_nv_of_visual_transform_caps;
  transform_class->set_caps = gst_nv_of_visual_set_caps;
  transform_class->stop = gst_nv_of_visual_stop;
  transform_class->transform_ip = gst_nv_of_visual_transform_ip;
}
