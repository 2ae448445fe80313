#include "nvmultistreamtiler/gstnvmultistreamtiler.h"

#include <algorithm>
#include <memory>
#include <new>
#include <optional>
#include <set>

#include "gstnvdsmeta.h"
#include "nvvideoconvert/enums.h"
#include "property_table.h"
#include "stream_event.h"
#include "surface/frame_memory.h"
#include "tile/grid.h"
#include "tile/mosaic.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_multi_stream_tiler_debug);
#define GST_CAT_DEFAULT gst_nv_multi_stream_tiler_debug

namespace {

using pyds::tile::Grid;
using pyds::tile::Mosaic;
using pyds::tile::Placement;

struct Settings {
  guint rows = 1;
  guint columns = 1;
  guint width = 1920;
  guint height = 1080;
  int show_source = -1;
  bool square_grid = false;
  int interpolation_method = 1;
  guint buffer_pool_size = 5;
  // Have no effect here.
  guint gpu_id = 0;
  int nvbuf_memory_type = 0;
  int compute_hw = 0;

  // Even, as subsampled chroma needs.
  int mosaic_width() const { return int(width & ~1u); }
  int mosaic_height() const { return int(height & ~1u); }
};

const pyds::PropertyTable<Settings>& properties() {
  static const auto table =
      pyds::PropertyTable<Settings>()
          .add("rows", "Rows of tiles", &Settings::rows, 1, 1024)
          .add("columns", "Columns of tiles", &Settings::columns, 1, 1024)
          .add("width", "Width of the mosaic in pixels; odd numbers are rounded down",
               &Settings::width, 16, 16384)
          .add("height", "Height of the mosaic in pixels; odd numbers are rounded down",
               &Settings::height, 16, 16384)
          .add("show-source", "Show only this source, as large as the mosaic; -1: all",
               &Settings::show_source, -1)
          .add("square-seq-grid",
               "As many rows as columns, as the number of sources needs, and no gaps for sources "
               "that are not there; rows and columns are not looked at",
               &Settings::square_grid)
          .add_enum("interpolation-method", "How pictures are scaled",
                    &Settings::interpolation_method, pyds::interpolation_method_get_type())
          .add("buffer-pool-size", "Unused mosaics kept for reuse", &Settings::buffer_pool_size)
          .add("gpu-id", "No effect: pictures are in CPU memory", &Settings::gpu_id)
          .add_enum("nvbuf-memory-type", "No effect: pictures are in CPU memory",
                    &Settings::nvbuf_memory_type, pyds::buffer_memory_type_get_type())
          .add_enum("compute-hw", "No effect: scaling is on the CPU", &Settings::compute_hw,
                    pyds::compute_hw_get_type());
  return table;
}

// Of the streaming thread.
struct Streaming {
  std::optional<Mosaic> mosaic;
  int frame_number = 0;
  GstClockTime last_pts = GST_CLOCK_TIME_NONE;
  std::set<unsigned> sources;  // seen and not ended: what square-seq-grid makes room for
};

#define TILER_CAPS "video/x-raw(memory:NVMM), format = (string) { NV12, I420, RGBA }"
GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(TILER_CAPS));
GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(TILER_CAPS));

}  // namespace

struct _GstNvMultiStreamTiler {
  GstBaseTransform parent;
  Settings settings;  // guarded by the object lock
  Streaming streaming;
};

G_DEFINE_FINAL_TYPE(GstNvMultiStreamTiler, gst_nv_multi_stream_tiler, GST_TYPE_BASE_TRANSFORM)

namespace {

Settings settings_of(GstNvMultiStreamTiler* self) {
  GST_OBJECT_LOCK(self);
  Settings settings = self->settings;
  GST_OBJECT_UNLOCK(self);
  return settings;
}

// What is shown, and where.
std::vector<Placement> place(const Streaming& streaming, const Settings& settings,
                             const NvDsBatchMeta* batch, const pyds::FrameMemory& pictures) {
  const GstVideoInfo& output = streaming.mosaic->output();
  const auto& sources = streaming.sources;
  const Grid grid = settings.square_grid
                        ? Grid::square(unsigned(sources.size()), output.width, output.height)
                        : Grid{settings.rows, settings.columns, output.width, output.height};
  std::vector<Placement> placements;
  for (GList* node = batch->frame_meta_list; node; node = node->next) {
    auto* frame = static_cast<NvDsFrameMeta*>(node->data);
    if (frame->batch_id >= pictures.size()) continue;
    if (settings.show_source >= 0) {
      if (frame->pad_index == unsigned(settings.show_source))
        placements.push_back({frame, {0, 0, output.width, output.height}});
      continue;
    }
    const unsigned tile =
        settings.square_grid
            ? unsigned(std::distance(sources.begin(), sources.find(frame->pad_index)))
            : frame->pad_index;
    if (tile < grid.size()) placements.push_back({frame, grid.tile(tile)});
  }
  return placements;
}

// Batches may share a time, when sources are out of step. In a stream that is to be encoded two
// pictures may not.
void stamp(Streaming& streaming, GstBuffer* buffer) {
  if (!GST_BUFFER_PTS_IS_VALID(buffer)) return;
  if (GST_CLOCK_TIME_IS_VALID(streaming.last_pts) && GST_BUFFER_PTS(buffer) <= streaming.last_pts)
    GST_BUFFER_PTS(buffer) = streaming.last_pts + GST_MSECOND;
  streaming.last_pts = GST_BUFFER_PTS(buffer);
}

}  // namespace

static GstCaps* gst_nv_multi_stream_tiler_transform_caps(GstBaseTransform* base,
                                                         GstPadDirection direction, GstCaps* caps,
                                                         GstCaps* filter) {
  const Settings settings = settings_of(GST_NV_MULTI_STREAM_TILER(base));
  GstCaps* other = gst_caps_copy(caps);
  for (guint i = 0; i < gst_caps_get_size(other); ++i) {
    GstStructure* structure = gst_caps_get_structure(other, i);
    gst_structure_remove_field(structure, "pixel-aspect-ratio");
    if (direction == GST_PAD_SINK)
      gst_structure_set(structure, "width", G_TYPE_INT, settings.mosaic_width(), "height",
                        G_TYPE_INT, settings.mosaic_height(), nullptr);
    else
      gst_structure_set(structure, "width", GST_TYPE_INT_RANGE, 1, G_MAXINT, "height",
                        GST_TYPE_INT_RANGE, 1, G_MAXINT, nullptr);
  }
  if (!filter) return other;
  GstCaps* filtered = gst_caps_intersect_full(filter, other, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref(other);
  return filtered;
}

static gboolean gst_nv_multi_stream_tiler_set_caps(GstBaseTransform* base, GstCaps*, GstCaps* out) {
  GstNvMultiStreamTiler* self = GST_NV_MULTI_STREAM_TILER(base);
  GstVideoInfo output;
  if (!gst_video_info_from_caps(&output, out)) return FALSE;
  const Settings settings = settings_of(self);
  self->streaming.mosaic.emplace(output,
                                 pyds::filter_of_interpolation(settings.interpolation_method),
                                 settings.buffer_pool_size);
  return TRUE;
}

// The batch's buffer goes on with other memory in it: its metadata need not be copied.
static GstFlowReturn gst_nv_multi_stream_tiler_generate_output(GstBaseTransform* base,
                                                               GstBuffer** output) {
  GstNvMultiStreamTiler* self = GST_NV_MULTI_STREAM_TILER(base);
  *output = nullptr;
  if (!base->queued_buf) return GST_FLOW_OK;
  GstBuffer* buffer = gst_buffer_make_writable(g_steal_pointer(&base->queued_buf));
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(buffer);
  const pyds::FrameMemory* pictures = pyds::FrameMemory::from(buffer);
  if (!batch || !pictures) {
    gst_buffer_unref(buffer);
    GST_ELEMENT_ERROR(self, STREAM, FORMAT,
                      ("The buffer has %s, so there is nothing to tile.",
                       batch ? "memory that is not ours" : "no batch metadata"),
                      ("Put nvstreammux in front of %s.", GST_ELEMENT_NAME(self)));
    return GST_FLOW_ERROR;
  }
  const Settings settings = settings_of(self);
  Streaming& streaming = self->streaming;
  for (GList* node = batch->frame_meta_list; node; node = node->next)
    streaming.sources.insert(static_cast<NvDsFrameMeta*>(node->data)->pad_index);
  const std::vector<Placement> placements = place(streaming, settings, batch, *pictures);
  if (placements.empty() && settings.show_source >= 0) {
    gst_buffer_unref(buffer);  // a batch without the source that is shown
    return GST_BASE_TRANSFORM_FLOW_DROPPED;
  }
  streaming.mosaic->set_filter(pyds::filter_of_interpolation(settings.interpolation_method));
  pyds::BlockRef picture = streaming.mosaic->compose(*pictures, placements);
  if (!picture) {
    gst_buffer_unref(buffer);
    GST_ELEMENT_ERROR(self, STREAM, FORMAT, ("The batch has a picture of a format not known here."),
                      ("Put nvvideoconvert in front of %s.", GST_ELEMENT_NAME(self)));
    return GST_FLOW_ERROR;
  }
  const GstVideoInfo& info = streaming.mosaic->output();
  pyds::tile::merge_frames(batch, placements, streaming.frame_number++, info.width, info.height);
  GstMemory* memory = pyds::FrameMemory::create(1);
  pyds::FrameMemory::from(memory)->append(std::move(picture));
  gst_buffer_replace_all_memory(buffer, memory);
  stamp(streaming, buffer);
  *output = buffer;
  return GST_FLOW_OK;
}

static gboolean gst_nv_multi_stream_tiler_sink_event(GstBaseTransform* base, GstEvent* event) {
  using pyds::StreamEvent;
  Streaming& streaming = GST_NV_MULTI_STREAM_TILER(base)->streaming;
  const auto seen = pyds::parse_stream_event(event);
  if (seen && seen->kind != StreamEvent::kReset) streaming.sources.erase(seen->source_id);
  if (GST_EVENT_TYPE(event) == GST_EVENT_SEGMENT || GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP)
    streaming.last_pts = GST_CLOCK_TIME_NONE;
  return GST_BASE_TRANSFORM_CLASS(gst_nv_multi_stream_tiler_parent_class)->sink_event(base, event);
}

static gboolean gst_nv_multi_stream_tiler_stop(GstBaseTransform* base) {
  GST_NV_MULTI_STREAM_TILER(base)->streaming = {};
  return TRUE;
}

static void gst_nv_multi_stream_tiler_set_property(GObject* object, guint id, const GValue* value,
                                                   GParamSpec*) {
  GstNvMultiStreamTiler* self = GST_NV_MULTI_STREAM_TILER(object);
  GST_OBJECT_LOCK(self);
  const int width = self->settings.mosaic_width(), height = self->settings.mosaic_height();
  properties().set(self->settings, id, value);
  const bool resized =
      width != self->settings.mosaic_width() || height != self->settings.mosaic_height();
  GST_OBJECT_UNLOCK(self);
  if (resized) gst_base_transform_reconfigure_src(GST_BASE_TRANSFORM(self));
}

static void gst_nv_multi_stream_tiler_get_property(GObject* object, guint id, GValue* value,
                                                   GParamSpec*) {
  properties().get(settings_of(GST_NV_MULTI_STREAM_TILER(object)), id, value);
}

static void gst_nv_multi_stream_tiler_finalize(GObject* object) {
  GstNvMultiStreamTiler* self = GST_NV_MULTI_STREAM_TILER(object);
  self->settings.~Settings();
  self->streaming.~Streaming();
  G_OBJECT_CLASS(gst_nv_multi_stream_tiler_parent_class)->finalize(object);
}

static void gst_nv_multi_stream_tiler_init(GstNvMultiStreamTiler* self) {
  new (&self->settings) Settings();
  new (&self->streaming) Streaming();
}

static void gst_nv_multi_stream_tiler_class_init(GstNvMultiStreamTilerClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_multi_stream_tiler_debug, "nvmultistreamtiler", 0,
                          "mosaics of batches");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_nv_multi_stream_tiler_set_property;
  object_class->get_property = gst_nv_multi_stream_tiler_get_property;
  object_class->finalize = gst_nv_multi_stream_tiler_finalize;
  properties().install(object_class, GParamFlags(GST_PARAM_MUTABLE_PLAYING));

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(element_class, "Stream tiler", "Filter/Effect/Video",
                                        "Shows the sources of a batch side by side in one picture",
                                        "pythia-pyds");
  GstBaseTransformClass* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->transform_caps = gst_nv_multi_stream_tiler_transform_caps;
  transform_class->set_caps = gst_nv_multi_stream_tiler_set_caps;
  transform_class->generate_output = gst_nv_multi_stream_tiler_generate_output;
  transform_class->sink_event = gst_nv_multi_stream_tiler_sink_event;
  transform_class->stop = gst_nv_multi_stream_tiler_stop;
}
