#include "nvv4l2enc/gstnvv4l2enc.h"

#include <gst/video/video.h>

#include <algorithm>
#include <new>
#include <string>

#include "nvv4l2enc/settings.h"
#include "nvv4l2enc/system_view.h"
#include "register.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_v4l2_enc_debug);
#define GST_CAT_DEFAULT gst_nv_v4l2_enc_debug

using pyds::encode::properties;
using pyds::encode::Settings;

namespace {

#define RAW_FORMATS "format = (string) { NV12, I420, RGBA }"
GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("video/x-raw(memory:NVMM), " RAW_FORMATS "; video/x-raw, " RAW_FORMATS));

// nvvideoconvert ! view ! encoder ! filter, owned by the bin
struct Parts {
  Settings settings;              // guarded by the object lock
  GstElement* encoder = nullptr;  // null if it is not installed
  // Fixes the profile of H.264; repeats the parameter sets of H.265, as x264enc does by itself.
  GstElement* filter = nullptr;
};

bool is_h264(const GstNvV4l2EncClass* klass) { return g_str_equal(klass->encoder, "x264enc"); }

}  // namespace

typedef struct {
  Parts parts;
} GstNvV4l2EncPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE(GstNvV4l2Enc, gst_nv_v4l2_enc, GST_TYPE_BIN)

namespace {

Parts& parts_of(gpointer self) {
  return static_cast<GstNvV4l2EncPrivate*>(
             gst_nv_v4l2_enc_get_instance_private(GST_NV_V4L2_ENC(self)))
      ->parts;
}

Settings settings_of(gpointer self) {
  GST_OBJECT_LOCK(self);
  Settings settings = parts_of(self).settings;
  GST_OBJECT_UNLOCK(self);
  return settings;
}

// Tells the encoder. While it runs it takes a bitrate and nothing else.
void configure(GstNvV4l2Enc* self) {
  const Parts& parts = parts_of(self);
  if (!parts.encoder) return;
  const Settings settings = settings_of(self);
  GObject* encoder = G_OBJECT(parts.encoder);
  const guint kbits = std::max(settings.bitrate / 1000, 1u);
  g_object_set(encoder, "bitrate", kbits, nullptr);
  if (GST_STATE(self) > GST_STATE_READY) return;
  gst_util_set_object_arg(encoder, "speed-preset", settings.speed_preset());
  // Before what it would set otherwise.
  gst_util_set_object_arg(encoder, "tune", "zerolatency");
  g_object_set(encoder, "key-int-max", int(settings.i_frame_interval), nullptr);
  if (is_h264(GST_NV_V4L2_ENC_GET_CLASS(self))) {
    g_object_set(encoder, "bframes", settings.b_frames, "byte-stream", TRUE, "vbv-buf-capacity",
                 settings.control_rate == 1 ? 1000u : 10000u, nullptr);
    GstCaps* caps = gst_caps_new_simple("video/x-h264", "profile", G_TYPE_STRING,
                                        settings.h264_profile(), nullptr);
    g_object_set(parts.filter, "caps", caps, nullptr);
    gst_caps_unref(caps);
  } else {
    g_object_set(parts.filter, "config-interval", -1, nullptr);
    std::string options = "bframes=" + std::to_string(settings.b_frames);
    if (settings.control_rate == 1)
      options += ":vbv-bufsize=" + std::to_string(kbits) + ":vbv-maxrate=" + std::to_string(kbits);
    g_object_set(encoder, "option-string", options.c_str(), nullptr);
  }
}

void force_idr(GstNvV4l2Enc* self) {
  if (GstElement* encoder = parts_of(self).encoder) {
    GstPad* sink = gst_element_get_static_pad(encoder, "sink");
    gst_pad_send_event(sink,
                       gst_video_event_new_downstream_force_key_unit(
                           GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE, TRUE, 0));
    gst_object_unref(sink);
  }
}

void add_ghost_pad(GstElement* self, const char* name, GstElement* element) {
  GstPad* target = gst_element_get_static_pad(element, name);
  GstPadTemplate* pad_template =
      gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(self), name);
  gst_element_add_pad(self, gst_ghost_pad_new_from_template(name, target, pad_template));
  gst_object_unref(target);
}

}  // namespace

static void gst_nv_v4l2_enc_constructed(GObject* object) {
  G_OBJECT_CLASS(gst_nv_v4l2_enc_parent_class)->constructed(object);
  GstNvV4l2Enc* self = GST_NV_V4L2_ENC(object);
  Parts& parts = parts_of(self);
  GstElement* converter = gst_element_factory_make("nvvideoconvert", nullptr);
  GstElement* view = GST_ELEMENT(g_object_new(PYDS_TYPE_SYSTEM_VIEW, nullptr));
  parts.encoder = gst_element_factory_make(GST_NV_V4L2_ENC_GET_CLASS(self)->encoder, nullptr);
  parts.filter = gst_element_factory_make(
      is_h264(GST_NV_V4L2_ENC_GET_CLASS(self)) ? "capsfilter" : "h265parse", nullptr);
  if (!parts.filter) {  // h265parse and x265enc are in one package
    gst_clear_object(&parts.encoder);
    parts.filter = gst_element_factory_make("identity", nullptr);
  }
  gst_bin_add_many(GST_BIN(self), converter, view, parts.filter, nullptr);
  gst_element_link(converter, view);
  if (parts.encoder) {
    gst_bin_add(GST_BIN(self), parts.encoder);
    gst_element_link_many(view, parts.encoder, parts.filter, nullptr);
  }
  add_ghost_pad(GST_ELEMENT(self), "sink", converter);
  add_ghost_pad(GST_ELEMENT(self), "src", parts.filter);
  configure(self);
}

static GstStateChangeReturn gst_nv_v4l2_enc_change_state(GstElement* element,
                                                         GstStateChange transition) {
  const GstNvV4l2EncClass* klass = GST_NV_V4L2_ENC_GET_CLASS(element);
  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !parts_of(element).encoder) {
    GST_ELEMENT_ERROR(
        element, CORE, MISSING_PLUGIN,
        ("%s encodes with %s, which is not installed. Install it with: sudo apt "
         "install %s",
         GST_OBJECT_NAME(gst_element_get_factory(element)), klass->encoder, klass->package),
        (nullptr));
    return GST_STATE_CHANGE_FAILURE;
  }
  return GST_ELEMENT_CLASS(gst_nv_v4l2_enc_parent_class)->change_state(element, transition);
}

static void gst_nv_v4l2_enc_set_property(GObject* object, guint id, const GValue* value,
                                         GParamSpec*) {
  GST_OBJECT_LOCK(object);
  properties().set(parts_of(object).settings, id, value);
  GST_OBJECT_UNLOCK(object);
  configure(GST_NV_V4L2_ENC(object));
}

static void gst_nv_v4l2_enc_get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  properties().get(settings_of(object), id, value);
}

static void gst_nv_v4l2_enc_init(GstNvV4l2Enc* self) { new (&parts_of(self)) Parts(); }

static void gst_nv_v4l2_enc_class_init(GstNvV4l2EncClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_v4l2_enc_debug, "nvv4l2enc", 0, "video encoders");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->constructed = gst_nv_v4l2_enc_constructed;
  object_class->set_property = gst_nv_v4l2_enc_set_property;
  object_class->get_property = gst_nv_v4l2_enc_get_property;
  properties().install(object_class);
  // force-IDR (): the next frame becomes a key frame.
  g_signal_new_class_handler("force-IDR", G_TYPE_FROM_CLASS(klass),
                             GSignalFlags(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
                             G_CALLBACK(force_idr), nullptr, nullptr, nullptr, G_TYPE_NONE, 0);
  GST_ELEMENT_CLASS(klass)->change_state = gst_nv_v4l2_enc_change_state;
}

namespace {

void describe(gpointer klass, const char* codec, const char* encoder, const char* package,
              const char* src_caps) {
  GST_NV_V4L2_ENC_CLASS(klass)->encoder = encoder;
  GST_NV_V4L2_ENC_CLASS(klass)->package = package;
  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  GstCaps* caps = gst_caps_from_string(src_caps);
  gst_element_class_add_pad_template(
      element_class, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps));
  gst_caps_unref(caps);
  const std::string name = std::string(codec) + " encoder";
  const std::string description = std::string("Encodes NVMM pictures with ") + encoder;
  gst_element_class_set_metadata(element_class, name.c_str(), "Codec/Encoder/Video",
                                 description.c_str(), "pythia-pyds");
}

}  // namespace

typedef GstNvV4l2Enc GstNvV4l2H264Enc;
typedef GstNvV4l2EncClass GstNvV4l2H264EncClass;
G_DEFINE_TYPE(GstNvV4l2H264Enc, gst_nv_v4l2_h264_enc, GST_TYPE_NV_V4L2_ENC)
static void gst_nv_v4l2_h264_enc_init(GstNvV4l2H264Enc*) {}
static void gst_nv_v4l2_h264_enc_class_init(GstNvV4l2H264EncClass* klass) {
  describe(klass, "H.264", "x264enc", "gstreamer1.0-plugins-ugly",
           "video/x-h264, stream-format = (string) { byte-stream, avc }, alignment = (string) au");
}

typedef GstNvV4l2Enc GstNvV4l2H265Enc;
typedef GstNvV4l2EncClass GstNvV4l2H265EncClass;
G_DEFINE_TYPE(GstNvV4l2H265Enc, gst_nv_v4l2_h265_enc, GST_TYPE_NV_V4L2_ENC)
static void gst_nv_v4l2_h265_enc_init(GstNvV4l2H265Enc*) {}
static void gst_nv_v4l2_h265_enc_class_init(GstNvV4l2H265EncClass* klass) {
  describe(klass, "H.265", "x265enc", "gstreamer1.0-plugins-bad",
           "video/x-h265, stream-format = (string) byte-stream, alignment = (string) au");
}
