#include "nvvideosink/gstnvvideosink.h"

#include <new>

#include "nvvideosink/window.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_video_sink_debug);
#define GST_CAT_DEFAULT gst_nv_video_sink_debug

namespace {

// Properties of the sink inside.
struct Settings {
  bool sync = true;
  bool async = true;
  bool qos = true;
  bool enable_last_sample = true;
  gint64 max_lateness = 5 * GST_MSECOND;
  gint64 ts_offset = 0;
  // Have no effect here.
  guint gpu_id = 0;
  guint window_x = 0;
  guint window_y = 0;
  guint window_width = 0;
  guint window_height = 0;
};

enum Property {
  PROP_0,
  PROP_SYNC,
  PROP_ASYNC,
  PROP_QOS,
  PROP_ENABLE_LAST_SAMPLE,
  PROP_MAX_LATENESS,
  PROP_TS_OFFSET,
  PROP_GPU_ID,
  PROP_WINDOW_X,
  PROP_WINDOW_Y,
  PROP_WINDOW_WIDTH,
  PROP_WINDOW_HEIGHT,
};

}  // namespace

struct GstNvVideoSinkPrivate {
  Settings settings;           // under the object lock
  GstElement* to_system;       // owned by the bin
  GstElement* sink = nullptr;  // owned by the bin; from READY on
};

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE(GstNvVideoSink, gst_nv_video_sink, GST_TYPE_BIN)

struct GstNvEglGlesSink {
  GstNvVideoSink parent;
};
struct GstNvEglGlesSinkClass {
  GstNvVideoSinkClass parent_class;
};
G_DEFINE_TYPE(GstNvEglGlesSink, gst_nv_egl_gles_sink, GST_TYPE_NV_VIDEO_SINK)

struct GstNv3dSink {
  GstNvVideoSink parent;
};
struct GstNv3dSinkClass {
  GstNvVideoSinkClass parent_class;
};
G_DEFINE_TYPE(GstNv3dSink, gst_nv_3d_sink, GST_TYPE_NV_VIDEO_SINK)

namespace {

GstNvVideoSinkPrivate* private_of(gpointer self) {
  return static_cast<GstNvVideoSinkPrivate*>(
      gst_nv_video_sink_get_instance_private(static_cast<GstNvVideoSink*>(self)));
}

Settings settings_of(gpointer self) {
  GST_OBJECT_LOCK(self);
  const Settings settings = private_of(self)->settings;
  GST_OBJECT_UNLOCK(self);
  return settings;
}

void apply_settings(gpointer self) {
  GST_OBJECT_LOCK(self);
  GstElement* sink = private_of(self)->sink;
  if (sink) gst_object_ref(sink);
  const Settings settings = private_of(self)->settings;
  GST_OBJECT_UNLOCK(self);
  if (!sink) return;
  g_object_set(sink, "sync", settings.sync, "async", settings.async, "qos", settings.qos,
               "enable-last-sample", settings.enable_last_sample, "max-lateness",
               settings.max_lateness, "ts-offset", settings.ts_offset, nullptr);
  gst_object_unref(sink);
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  GST_OBJECT_LOCK(object);
  Settings& settings = private_of(object)->settings;
  switch (id) {
    case PROP_SYNC:
      settings.sync = g_value_get_boolean(value);
      break;
    case PROP_ASYNC:
      settings.async = g_value_get_boolean(value);
      break;
    case PROP_QOS:
      settings.qos = g_value_get_boolean(value);
      break;
    case PROP_ENABLE_LAST_SAMPLE:
      settings.enable_last_sample = g_value_get_boolean(value);
      break;
    case PROP_MAX_LATENESS:
      settings.max_lateness = g_value_get_int64(value);
      break;
    case PROP_TS_OFFSET:
      settings.ts_offset = g_value_get_int64(value);
      break;
    case PROP_GPU_ID:
      settings.gpu_id = g_value_get_uint(value);
      break;
    case PROP_WINDOW_X:
      settings.window_x = g_value_get_uint(value);
      break;
    case PROP_WINDOW_Y:
      settings.window_y = g_value_get_uint(value);
      break;
    case PROP_WINDOW_WIDTH:
      settings.window_width = g_value_get_uint(value);
      break;
    case PROP_WINDOW_HEIGHT:
      settings.window_height = g_value_get_uint(value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
  GST_OBJECT_UNLOCK(object);
  apply_settings(object);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  const Settings settings = settings_of(object);
  switch (id) {
    case PROP_SYNC:
      g_value_set_boolean(value, settings.sync);
      break;
    case PROP_ASYNC:
      g_value_set_boolean(value, settings.async);
      break;
    case PROP_QOS:
      g_value_set_boolean(value, settings.qos);
      break;
    case PROP_ENABLE_LAST_SAMPLE:
      g_value_set_boolean(value, settings.enable_last_sample);
      break;
    case PROP_MAX_LATENESS:
      g_value_set_int64(value, settings.max_lateness);
      break;
    case PROP_TS_OFFSET:
      g_value_set_int64(value, settings.ts_offset);
      break;
    case PROP_GPU_ID:
      g_value_set_uint(value, settings.gpu_id);
      break;
    case PROP_WINDOW_X:
      g_value_set_uint(value, settings.window_x);
      break;
    case PROP_WINDOW_Y:
      g_value_set_uint(value, settings.window_y);
      break;
    case PROP_WINDOW_WIDTH:
      g_value_set_uint(value, settings.window_width);
      break;
    case PROP_WINDOW_HEIGHT:
      g_value_set_uint(value, settings.window_height);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
}

GstElement* make_sink(GstElement* self) {
  if (GstElement* window = pyds::make_window_sink()) return window;
  GST_WARNING_OBJECT(self, "no display: frames are dropped in step with the clock");
  GST_ELEMENT_INFO(self, RESOURCE, NOT_FOUND,
                   ("There is no display to show video on: frames are dropped in step with the "
                    "clock."),
                   ("Set DISPLAY or WAYLAND_DISPLAY, and install gstreamer1.0-x for X11."));
  return gst_element_factory_make("fakesink", nullptr);
}

bool add_sink(GstElement* self) {
  GstElement* sink = make_sink(self);
  if (!sink) {
    GST_ELEMENT_ERROR(self, CORE, MISSING_PLUGIN, ("The element fakesink is missing."),
                      ("Install libgstreamer1.0-0."));
    return false;
  }
  gst_bin_add(GST_BIN(self), sink);
  GST_OBJECT_LOCK(self);
  private_of(self)->sink = sink;
  GST_OBJECT_UNLOCK(self);
  apply_settings(self);
  return gst_element_link(private_of(self)->to_system, sink);
}

void remove_sink(GstElement* self) {
  GstElement* sink = private_of(self)->sink;
  if (!sink) return;
  GST_OBJECT_LOCK(self);
  private_of(self)->sink = nullptr;
  GST_OBJECT_UNLOCK(self);
  gst_element_set_state(sink, GST_STATE_NULL);
  gst_bin_remove(GST_BIN(self), sink);
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) {
  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !add_sink(element))
    return GST_STATE_CHANGE_FAILURE;
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS(gst_nv_video_sink_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_READY_TO_NULL) remove_sink(element);
  return result;
}

void install_properties(GObjectClass* object_class) {
  const auto flags = GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  const auto add = [object_class](guint id, GParamSpec* spec) {
    g_object_class_install_property(object_class, id, spec);
  };
  const auto add_bool = [&](guint id, const char* name, const char* blurb) {
    add(id, g_param_spec_boolean(name, name, blurb, TRUE, flags));
  };
  const auto add_uint = [&](guint id, const char* name, const char* blurb) {
    add(id, g_param_spec_uint(name, name, blurb, 0, G_MAXUINT, 0, flags));
  };
  add_bool(PROP_SYNC, "sync", "Show each frame when the clock says so, not at once");
  add_bool(PROP_ASYNC, "async", "Go to PAUSED asynchronously, with the first frame");
  add_bool(PROP_QOS, "qos", "Tell upstream about frames that come too late");
  add_bool(PROP_ENABLE_LAST_SAMPLE, "enable-last-sample", "Keep the last frame");
  add(PROP_MAX_LATENESS,
      g_param_spec_int64("max-lateness", "max-lateness",
                         "How late a frame may be before it is dropped, ns; -1: any", -1,
                         G_MAXINT64, 5 * GST_MSECOND, flags));
  add(PROP_TS_OFFSET,
      g_param_spec_int64("ts-offset", "ts-offset", "Added to the time a frame is shown, ns",
                         G_MININT64, G_MAXINT64, 0, flags));
  add_uint(PROP_GPU_ID, "gpu-id", "No effect: frames are in CPU memory");
  add_uint(PROP_WINDOW_X, "window-x", "No effect: the window manager places the window");
  add_uint(PROP_WINDOW_Y, "window-y", "No effect: the window manager places the window");
  add_uint(PROP_WINDOW_WIDTH, "window-width", "No effect: the window has the video's size");
  add_uint(PROP_WINDOW_HEIGHT, "window-height", "No effect: the window has the video's size");
}

}  // namespace

static void gst_nv_video_sink_class_init(GstNvVideoSinkClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_video_sink_debug, "nvvideosink", 0, "nveglglessink, nv3dsink");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  install_properties(object_class);

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = change_state;
  gst_element_class_set_static_metadata(element_class, "Video sink", "Sink/Video",
                                        "Shows NVMM or system video in a window", "pythia-pyds");
  GstCaps* caps = gst_caps_from_string("video/x-raw(memory:NVMM); video/x-raw");
  gst_element_class_add_pad_template(
      element_class, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps));
  gst_caps_unref(caps);
}

static void gst_nv_video_sink_init(GstNvVideoSink* self) {
  // A sink also while the element inside is not there.
  gst_bin_set_suppressed_flags(GST_BIN(self),
                               GstElementFlags(GST_ELEMENT_FLAG_SINK | GST_ELEMENT_FLAG_SOURCE));
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SINK);

  auto* priv = new (private_of(self)) GstNvVideoSinkPrivate();
  // The first takes formats the second does not know; it may not be installed.
  GstElement* any_format = gst_element_factory_make("videoconvert", nullptr);
  if (!any_format) any_format = gst_element_factory_make("identity", nullptr);
  priv->to_system = gst_element_factory_make("nvvideoconvert", nullptr);
  gst_bin_add_many(GST_BIN(self), any_format, priv->to_system, nullptr);
  gst_element_link(any_format, priv->to_system);

  GstPad* target = gst_element_get_static_pad(any_format, "sink");
  GstPadTemplate* pad_template =
      gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(self), "sink");
  gst_element_add_pad(GST_ELEMENT(self),
                      gst_ghost_pad_new_from_template("sink", target, pad_template));
  gst_object_unref(target);
}

static void gst_nv_egl_gles_sink_class_init(GstNvEglGlesSinkClass*) {}
static void gst_nv_egl_gles_sink_init(GstNvEglGlesSink*) {}
static void gst_nv_3d_sink_class_init(GstNv3dSinkClass*) {}
static void gst_nv_3d_sink_init(GstNv3dSink*) {}
