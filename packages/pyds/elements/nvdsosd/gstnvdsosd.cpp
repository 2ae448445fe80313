#include "nvdsosd/gstnvdsosd.h"

#include <ctime>
#include <new>
#include <string>

#include "gstnvdsmeta.h"
#include "nvbufsurface.h"
#include "nvdsmeta.h"
#include "osd/blur.h"
#include "osd/frame_painter.h"
#include "surface/frame_memory.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_ds_osd_debug);
#define GST_CAT_DEFAULT gst_nv_ds_osd_debug

namespace {

struct Settings {
  pyds::osd::Shown shown;
  bool show_clock = false;
  std::string clock_font = "Serif";
  guint clock_font_size = 12;
  guint clock_x = 0;
  guint clock_y = 0;
  guint clock_color = 0xFFFFFFFF;  // RGBA
  pyds::osd::Blur blur;
  // Have no effect here.
  NvOSD_Mode process_mode = MODE_GPU;
  guint gpu_id = 0;
};

enum Property {
  PROP_0,
  PROP_PROCESS_MODE,
  PROP_DISPLAY_CLOCK,
  PROP_DISPLAY_TEXT,
  PROP_DISPLAY_BBOX,
  PROP_DISPLAY_MASK,
  PROP_CLOCK_FONT,
  PROP_CLOCK_FONT_SIZE,
  PROP_CLOCK_COLOR,
  PROP_X_CLOCK_OFFSET,
  PROP_Y_CLOCK_OFFSET,
  PROP_GPU_ID,
  PROP_BLUR_BBOX,
  PROP_BLUR_ON_GIE_CLASS_IDS,
};

#define OSD_CAPS "video/x-raw(memory:NVMM), format = (string) { NV12, I420, RGBA }"
GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(OSD_CAPS));
GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(OSD_CAPS));

GType process_mode_get_type() {
  static const GType type = [] {
    static const GEnumValue values[] = {{MODE_CPU, "CPU_MODE", "CPU_MODE"},
                                        {MODE_GPU, "GPU_MODE", "GPU_MODE"},
                                        {0, nullptr, nullptr}};
    return g_enum_register_static("GstNvDsOsdMode", values);
  }();
  return type;
}

NvOSD_TextParams clock_text(const Settings& settings, char* now) {
  const auto component = [&](int shift) { return (settings.clock_color >> shift & 0xFF) / 255.0; };
  NvOSD_TextParams text = {};
  text.display_text = now;
  text.x_offset = settings.clock_x;
  text.y_offset = settings.clock_y;
  text.font_params.font_name = const_cast<char*>(settings.clock_font.c_str());
  text.font_params.font_size = settings.clock_font_size;
  text.font_params.font_color = {component(24), component(16), component(8), component(0)};
  return text;
}

}  // namespace

struct _GstNvDsOsd {
  GstBaseTransform parent;
  Settings settings;            // guarded by the object lock
  pyds::osd::TextPainter text;  // streaming thread only
};

G_DEFINE_FINAL_TYPE(GstNvDsOsd, gst_nv_ds_osd, GST_TYPE_BASE_TRANSFORM)

namespace {

void paint(GstNvDsOsd* self, const Settings& settings, pyds::FrameMemory* pictures,
           NvDsBatchMeta* batch) {
  char now[64] = "";
  if (settings.show_clock && settings.shown.text) {
    const time_t seconds = time(nullptr);
    struct tm local;
    strftime(now, sizeof(now), "%a %b %e %H:%M:%S %Y", localtime_r(&seconds, &local));
  }
  nvds_acquire_meta_lock(batch);
  for (GList* node = batch->frame_meta_list; node; node = node->next) {
    const auto& frame = *static_cast<const NvDsFrameMeta*>(node->data);
    if (frame.batch_id >= pictures->size()) {
      GST_WARNING_OBJECT(self, "frame meta of source %u has batch_id %u, the batch has %u pictures",
                         frame.source_id, frame.batch_id, pictures->size());
      continue;
    }
    const bool blurs = settings.blur.applies_to(frame);
    if (!*now && !blurs && !pyds::osd::has_something_to_draw(frame, settings.shown)) continue;
    pyds::Picture picture = pyds::Picture::of(pictures->writable(frame.batch_id));
    // First: what is hidden must not hide what is drawn.
    if (blurs) settings.blur.paint(picture, frame);
    pyds::osd::Canvas canvas(picture);
    pyds::osd::paint_frame(canvas, self->text, frame, settings.shown);
    if (*now) self->text.draw(canvas, clock_text(settings, now));
  }
  nvds_release_meta_lock(batch);
}

}  // namespace

static GstFlowReturn gst_nv_ds_osd_transform_ip(GstBaseTransform* transform, GstBuffer* buffer) {
  GstNvDsOsd* self = GST_NV_DS_OSD(transform);
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(buffer);
  if (!batch) return GST_FLOW_OK;
  pyds::FrameMemory* pictures = pyds::FrameMemory::make_writable(buffer);
  if (!pictures) {
    GST_ELEMENT_ERROR(self, STREAM, FORMAT,
                      ("The buffer says it is memory:NVMM, but its memory is not ours."),
                      ("Put nvvideoconvert in front of %s.", GST_ELEMENT_NAME(self)));
    return GST_FLOW_ERROR;
  }
  GST_OBJECT_LOCK(self);
  const Settings settings = self->settings;
  GST_OBJECT_UNLOCK(self);
  paint(self, settings, pictures, batch);
  return GST_FLOW_OK;
}

static void gst_nv_ds_osd_set_property(GObject* object, guint id, const GValue* value,
                                       GParamSpec* pspec) {
  GstNvDsOsd* self = GST_NV_DS_OSD(object);
  Settings& settings = self->settings;
  GST_OBJECT_LOCK(self);
  switch (id) {
    case PROP_PROCESS_MODE:
      settings.process_mode = static_cast<NvOSD_Mode>(g_value_get_enum(value));
      break;
    case PROP_DISPLAY_CLOCK:
      settings.show_clock = g_value_get_boolean(value);
      break;
    case PROP_DISPLAY_TEXT:
      settings.shown.text = g_value_get_boolean(value);
      break;
    case PROP_DISPLAY_BBOX:
      settings.shown.boxes = g_value_get_boolean(value);
      break;
    case PROP_DISPLAY_MASK:
      settings.shown.masks = g_value_get_boolean(value);
      break;
    case PROP_CLOCK_FONT: {
      const gchar* font = g_value_get_string(value);
      settings.clock_font = font ? font : "";
      break;
    }
    case PROP_CLOCK_FONT_SIZE:
      settings.clock_font_size = g_value_get_uint(value);
      break;
    case PROP_CLOCK_COLOR:
      settings.clock_color = g_value_get_uint(value);
      break;
    case PROP_X_CLOCK_OFFSET:
      settings.clock_x = g_value_get_uint(value);
      break;
    case PROP_Y_CLOCK_OFFSET:
      settings.clock_y = g_value_get_uint(value);
      break;
    case PROP_GPU_ID:
      settings.gpu_id = g_value_get_uint(value);
      break;
    case PROP_BLUR_BBOX:
      settings.blur.enabled = g_value_get_boolean(value);
      break;
    case PROP_BLUR_ON_GIE_CLASS_IDS: {
      const gchar* ids = g_value_get_string(value);
      if (!settings.blur.set_class_ids(ids ? ids : ""))
        g_warning(
            "%s: blur-on-gie-class-ids=\"%s\" is not understood and ignored; write "
            "gie-id:class-id pairs separated by ';', for example \"1:0;1:2\"",
            GST_OBJECT_NAME(self), ids);
      break;
    }
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
  GST_OBJECT_UNLOCK(self);
}

static void gst_nv_ds_osd_get_property(GObject* object, guint id, GValue* value,
                                       GParamSpec* pspec) {
  GstNvDsOsd* self = GST_NV_DS_OSD(object);
  const Settings& settings = self->settings;
  GST_OBJECT_LOCK(self);
  switch (id) {
    case PROP_PROCESS_MODE:
      g_value_set_enum(value, settings.process_mode);
      break;
    case PROP_DISPLAY_CLOCK:
      g_value_set_boolean(value, settings.show_clock);
      break;
    case PROP_DISPLAY_TEXT:
      g_value_set_boolean(value, settings.shown.text);
      break;
    case PROP_DISPLAY_BBOX:
      g_value_set_boolean(value, settings.shown.boxes);
      break;
    case PROP_DISPLAY_MASK:
      g_value_set_boolean(value, settings.shown.masks);
      break;
    case PROP_CLOCK_FONT:
      g_value_set_string(value, settings.clock_font.c_str());
      break;
    case PROP_CLOCK_FONT_SIZE:
      g_value_set_uint(value, settings.clock_font_size);
      break;
    case PROP_CLOCK_COLOR:
      g_value_set_uint(value, settings.clock_color);
      break;
    case PROP_X_CLOCK_OFFSET:
      g_value_set_uint(value, settings.clock_x);
      break;
    case PROP_Y_CLOCK_OFFSET:
      g_value_set_uint(value, settings.clock_y);
      break;
    case PROP_GPU_ID:
      g_value_set_uint(value, settings.gpu_id);
      break;
    case PROP_BLUR_BBOX:
      g_value_set_boolean(value, settings.blur.enabled);
      break;
    case PROP_BLUR_ON_GIE_CLASS_IDS:
      g_value_set_string(value, settings.blur.class_ids().c_str());
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
  GST_OBJECT_UNLOCK(self);
}

static void gst_nv_ds_osd_finalize(GObject* object) {
  GstNvDsOsd* self = GST_NV_DS_OSD(object);
  self->settings.~Settings();
  self->text.~TextPainter();
  G_OBJECT_CLASS(gst_nv_ds_osd_parent_class)->finalize(object);
}

static void gst_nv_ds_osd_init(GstNvDsOsd* self) {
  new (&self->settings) Settings();
  new (&self->text) pyds::osd::TextPainter();
}

static void gst_nv_ds_osd_class_init(GstNvDsOsdClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_ds_osd_debug, "nvdsosd", 0, "on-screen display");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_nv_ds_osd_set_property;
  object_class->get_property = gst_nv_ds_osd_get_property;
  object_class->finalize = gst_nv_ds_osd_finalize;

  const auto flags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                              GST_PARAM_MUTABLE_PLAYING);
  const auto add = [&](guint id, GParamSpec* spec) {
    g_object_class_install_property(object_class, id, spec);
  };
  const auto add_bool = [&](guint id, const char* name, const char* blurb, gboolean value) {
    add(id, g_param_spec_boolean(name, name, blurb, value, flags));
  };
  const auto add_uint = [&](guint id, const char* name, const char* blurb, guint max, guint value) {
    add(id, g_param_spec_uint(name, name, blurb, 0, max, value, flags));
  };
  add(PROP_PROCESS_MODE,
      g_param_spec_enum("process-mode", "process-mode",
                        "No effect: both modes draw on the CPU, in any format of the pads",
                        process_mode_get_type(), MODE_GPU, flags));
  add_bool(PROP_DISPLAY_CLOCK, "display-clock", "Show the local date and time", FALSE);
  add_bool(PROP_DISPLAY_TEXT, "display-text", "Show labels and the clock", TRUE);
  add_bool(PROP_DISPLAY_BBOX, "display-bbox", "Show boxes", TRUE);
  add_bool(PROP_DISPLAY_MASK, "display-mask", "Show instance masks", TRUE);
  add(PROP_CLOCK_FONT,
      g_param_spec_string("clock-font", "clock-font", "Font family of the clock", "Serif", flags));
  add_uint(PROP_CLOCK_FONT_SIZE, "clock-font-size", "Size of the clock in points", 60, 12);
  add_uint(PROP_CLOCK_COLOR, "clock-color", "Colour of the clock as 0xRRGGBBAA", G_MAXUINT,
           G_MAXUINT);
  add_uint(PROP_X_CLOCK_OFFSET, "x-clock-offset", "Left edge of the clock in pixels", G_MAXUINT, 0);
  add_uint(PROP_Y_CLOCK_OFFSET, "y-clock-offset", "Top edge of the clock in pixels", G_MAXUINT, 0);
  add_uint(PROP_GPU_ID, "gpu-id", "No effect: drawing is on the CPU", G_MAXUINT, 0);
  add_bool(PROP_BLUR_BBOX, "blur-bbox", "Make what is inside the boxes unrecognisable", FALSE);
  add(PROP_BLUR_ON_GIE_CLASS_IDS,
      g_param_spec_string(
          "blur-on-gie-class-ids", "blur-on-gie-class-ids",
          "Objects that blur-bbox applies to, as gie-id:class-id pairs separated by "
          "';' (for example \"1:0;1:2\"); empty: all",
          "", flags));

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "On-screen display", "Filter/Effect/Video",
      "Draws boxes, labels, lines, arrows, circles and masks from the batch metadata",
      "pythia-pyds");
  GST_BASE_TRANSFORM_CLASS(klass)->transform_ip = gst_nv_ds_osd_transform_ip;
}
