#include "nvv4l2enc/system_view.h"

#include <gst/video/video.h>

#include <memory>

#include "surface/frame_memory.h"

struct _PydsSystemView {
  GstBaseTransform parent;
};

G_DEFINE_FINAL_TYPE(PydsSystemView, pyds_system_view, GST_TYPE_BASE_TRANSFORM)

namespace {

#define FORMATS "format = (string) { NV12, I420 }"
GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS("video/x-raw(memory:NVMM), " FORMATS));
GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS("video/x-raw, " FORMATS));

// Counts as one more owner: who writes to the picture elsewhere makes a copy meanwhile.
struct Loan {
  explicit Loan(pyds::BlockRef lent) : block(std::move(lent)) { block->add_owner(); }
  ~Loan() { block->remove_owner(); }
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;

  pyds::BlockRef block;
};

GstBuffer* view_of(pyds::BlockRef block) {
  GstVideoInfo info = block->info();
  auto loan = std::make_unique<Loan>(std::move(block));
  uint8_t* data = loan->block->data();
  GstBuffer* view = gst_buffer_new_wrapped_full(
      GST_MEMORY_FLAG_READONLY, data, GST_VIDEO_INFO_SIZE(&info), 0, GST_VIDEO_INFO_SIZE(&info),
      loan.get(), [](gpointer loan) { delete static_cast<Loan*>(loan); });
  loan.release();
  gst_buffer_add_video_meta_full(view, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(&info),
                                 guint(info.width), guint(info.height),
                                 GST_VIDEO_INFO_N_PLANES(&info), info.offset, info.stride);
  return view;
}

}  // namespace

static GstCaps* pyds_system_view_transform_caps(GstBaseTransform*, GstPadDirection direction,
                                                GstCaps* caps, GstCaps* filter) {
  GstCaps* other = gst_caps_copy(caps);
  for (guint i = 0; i < gst_caps_get_size(other); ++i)
    gst_caps_set_features(other, i,
                          direction == GST_PAD_SINK
                              ? gst_caps_features_new_empty()
                              : gst_caps_features_new(pyds::kNvmmFeature, nullptr));
  if (!filter) return other;
  GstCaps* filtered = gst_caps_intersect_full(filter, other, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref(other);
  return filtered;
}

static GstFlowReturn pyds_system_view_prepare_output_buffer(GstBaseTransform* base,
                                                            GstBuffer* input, GstBuffer** output) {
  const pyds::FrameMemory* pictures = pyds::FrameMemory::from(input);
  if (!pictures || pictures->size() != 1) {
    GST_ELEMENT_ERROR(base, STREAM, FORMAT,
                      ("Cannot encode a buffer of %u pictures; a stream has one at a time.",
                       pictures ? pictures->size() : 0),
                      ("Put nvmultistreamtiler (one mosaic) or nvstreamdemux (a stream for each "
                       "source) in front."));
    return GST_FLOW_ERROR;
  }
  *output = view_of(pictures->share(0));
  gst_buffer_copy_into(*output, input,
                       GstBufferCopyFlags(GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS), 0,
                       -1);
  return GST_FLOW_OK;
}

// The output buffer is the whole result.
static GstFlowReturn pyds_system_view_transform(GstBaseTransform*, GstBuffer*, GstBuffer*) {
  return GST_FLOW_OK;
}

// Rows keep the stride of the pictures; no pool is needed.
static gboolean pyds_system_view_decide_allocation(GstBaseTransform* base, GstQuery* query) {
  if (!gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr))
    GST_INFO_OBJECT(base, "the encoder does not say that it reads strides");
  return TRUE;
}

static void pyds_system_view_init(PydsSystemView*) {}

static void pyds_system_view_class_init(PydsSystemViewClass* klass) {
  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(element_class, "System memory view", "Filter/Video",
                                        "Shows NVMM pictures in system memory by reference",
                                        "pythia-pyds");
  GstBaseTransformClass* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->transform_caps = pyds_system_view_transform_caps;
  transform_class->prepare_output_buffer = pyds_system_view_prepare_output_buffer;
  transform_class->transform = pyds_system_view_transform;
  transform_class->decide_allocation = pyds_system_view_decide_allocation;
}
