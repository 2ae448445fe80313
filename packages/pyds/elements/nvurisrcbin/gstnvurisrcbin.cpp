#include "nvurisrcbin/gstnvurisrcbin.h"

#include <atomic>
#include <memory>
#include <new>
#include <string>

#include "nvurisrcbin/restarter.h"
#include "nvurisrcbin/settings.h"
#include "nvurisrcbin/splice.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_uri_src_bin_debug);
#define GST_CAT_DEFAULT gst_nv_uri_src_bin_debug

using pyds::urisrc::properties;
using pyds::urisrc::Restarter;
using pyds::urisrc::Settings;
using pyds::urisrc::Splice;

namespace {

GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "vsrc_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS("video/x-raw(memory:NVMM)"));

}  // namespace

// source ! converter ! filter; the source's pad is linked when it appears, and again after each
// restart. The rest stays.
struct _GstNvUriSrcBin {
  GstBin parent;
  Settings settings;  // guarded by the object lock
  GstElement* source;
  GstElement* converter;
  GstElement* filter;
  GstPad* entry;               // converter's sink pad
  std::atomic<bool> is_shown;  // our own pad is there
  // From READY to PAUSED and back, where the source may be played again.
  std::unique_ptr<Splice> splice;
  std::unique_ptr<Restarter> restarter;
  std::atomic<bool> rewinds;  // flushes are our own
  std::atomic<bool> ends;     // the application asked for the end
};

G_DEFINE_FINAL_TYPE(GstNvUriSrcBin, gst_nv_uri_src_bin, GST_TYPE_BIN)

namespace {

Settings settings_of(GstNvUriSrcBin* self) {
  GST_OBJECT_LOCK(self);
  Settings settings = self->settings;
  GST_OBJECT_UNLOCK(self);
  return settings;
}

bool is_made_by(GstElement* element, const char* factory_name) {
  const GstElementFactory* factory = gst_element_get_factory(element);
  return factory && g_str_equal(GST_OBJECT_NAME(factory), factory_name);
}

// The source of the URI was made.
void set_up_source(GstElement*, GstElement* element, gpointer data) {
  if (!is_made_by(element, "rtspsrc")) return;
  const Settings settings = settings_of(GST_NV_URI_SRC_BIN(data));
  g_object_set(element, "latency", settings.latency_ms, "drop-on-latency",
               gboolean(settings.drop_on_latency), "udp-buffer-size", int(settings.udp_buffer_size),
               nullptr);
  if (settings.rtp_protocol != 0)
    g_object_set(element, "protocols", settings.rtp_protocol, nullptr);
}

void set_up_decoder(GstBin*, GstBin*, GstElement* element, gpointer data) {
  if (!is_made_by(element, "nvv4l2decoder")) return;
  const Settings settings = settings_of(GST_NV_URI_SRC_BIN(data));
  g_object_set(element, "drop-frame-interval", settings.drop_frame_interval, "low-latency-mode",
               gboolean(settings.low_latency), "skip-frames", settings.skip_frames, nullptr);
}

void show_own_pad(GstNvUriSrcBin* self) {
  if (self->is_shown.exchange(true)) return;
  GstPad* target = gst_element_get_static_pad(self->filter, "src");
  GstPad* ghost = gst_ghost_pad_new_from_template(
      "vsrc_0", target, gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(self), "vsrc_%u"));
  gst_object_unref(target);
  gst_pad_set_active(ghost, TRUE);
  gst_element_add_pad(GST_ELEMENT(self), ghost);
}

void take_pad(GstElement*, GstPad* pad, gpointer data) {
  GstNvUriSrcBin* self = GST_NV_URI_SRC_BIN(data);
  GstCaps* caps = gst_pad_get_current_caps(pad);
  if (!caps) caps = gst_pad_query_caps(pad, nullptr);
  const bool is_video =
      !gst_caps_is_empty(caps) && !gst_caps_is_any(caps) &&
      g_str_has_prefix(gst_structure_get_name(gst_caps_get_structure(caps, 0)), "video/x-raw");
  gst_caps_unref(caps);
  if (!is_video || gst_pad_is_linked(self->entry)) {
    GST_DEBUG_OBJECT(self, "leaving out %" GST_PTR_FORMAT, pad);
    return;
  }
  if (gst_pad_link(pad, self->entry) != GST_PAD_LINK_OK) {
    GST_ELEMENT_ERROR(
        self, CORE, NEGOTIATION,
        ("Cannot bring the pictures of %s into NVMM memory.", settings_of(self).uri.c_str()),
        (nullptr));
    return;
  }
  show_own_pad(self);
}

void no_more_pads(GstElement*, gpointer data) { gst_element_no_more_pads(GST_ELEMENT(data)); }

// True if the stream does not end here.
bool survives_end(GstNvUriSrcBin* self) {
  if (self->ends) return false;
  const bool had_frames = self->splice->start_next_play();
  if (settings_of(self).is_rtsp()) {
    self->restarter->connection_lost("the server ended the stream");
    return true;
  }
  if (!had_frames) return false;  // it would end for ever
  self->restarter->play_again();
  return true;
}

GstPadProbeReturn splice_stream(GstPad*, GstPadProbeInfo* info, gpointer data) {
  GstNvUriSrcBin* self = GST_NV_URI_SRC_BIN(data);
  if (!self->splice) return GST_PAD_PROBE_OK;
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    self->restarter->frame_arrived();
    info->data = self->splice->frame(GST_PAD_PROBE_INFO_BUFFER(info));
    return GST_PAD_PROBE_OK;
  }
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_SEGMENT:
      info->data = self->splice->segment(event);
      break;
    case GST_EVENT_EOS:
      if (survives_end(self)) return GST_PAD_PROBE_DROP;
      break;
    case GST_EVENT_FLUSH_START:
      if (self->rewinds) return GST_PAD_PROBE_DROP;
      break;
    case GST_EVENT_FLUSH_STOP:
      if (self->rewinds) return GST_PAD_PROBE_DROP;
      self->splice->reset();
      break;
    default:
      break;
  }
  return GST_PAD_PROBE_OK;
}

// To the beginning, without whoever is downstream taking notice.
bool rewind(GstNvUriSrcBin* self) {
  self->rewinds = true;
  const gboolean done = gst_pad_push_event(
      self->entry, gst_event_new_seek(1.0, GST_FORMAT_TIME,
                                      GstSeekFlags(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE),
                                      GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, 0));
  self->rewinds = false;
  GST_DEBUG_OBJECT(self, "%s", done ? "playing again" : "cannot seek, opening again");
  return done;
}

void rebuild(GstNvUriSrcBin* self) {
  if (self->ends) return;
  GST_INFO_OBJECT(self, "opening %s again", settings_of(self).uri.c_str());
  self->splice->start_next_play();
  gst_element_set_state(self->source, GST_STATE_NULL);
  gst_element_set_base_time(self->source, gst_element_get_base_time(GST_ELEMENT(self)));
  if (!gst_element_sync_state_with_parent(self->source))
    self->restarter->connection_lost("the source did not start");
}

void give_up(GstNvUriSrcBin* self, const std::string& reason) {
  const Settings settings = settings_of(self);
  GST_ELEMENT_ERROR(self, RESOURCE, OPEN_READ,
                    ("Lost %s and could not connect again (%d attempts): %s.", settings.uri.c_str(),
                     settings.reconnect_attempts, reason.c_str()),
                    ("Set rtsp-reconnect-attempts to -1 to try without end."));
}

// Decides how the source is to be played again, if it is.
void prepare(GstNvUriSrcBin* self) {
  const Settings settings = settings_of(self);
  const bool reconnects = settings.is_rtsp() && settings.reconnect_interval_s > 0;
  const bool loops = !settings.is_rtsp() && settings.file_loop;
  if (!reconnects && !loops) return;
  Restarter::Plan plan;
  if (reconnects) {
    plan.interval = std::chrono::seconds(settings.reconnect_interval_s);
    plan.initial_interval = std::chrono::seconds(settings.init_reconnect_interval_s);
    plan.attempts = settings.reconnect_attempts;
  }
  self->splice = std::make_unique<Splice>(settings.is_rtsp());
  self->restarter = std::make_unique<Restarter>(
      plan, Restarter::Actions{[self] { return rewind(self); }, [self] { rebuild(self); },
                               [self](const std::string& reason) { give_up(self, reason); }});
}

void remove_own_pad(GstNvUriSrcBin* self) {
  if (!self->is_shown.exchange(false)) return;
  GstPad* pad = gst_element_get_static_pad(GST_ELEMENT(self), "vsrc_0");
  gst_pad_set_active(pad, FALSE);
  gst_element_remove_pad(GST_ELEMENT(self), pad);
  gst_object_unref(pad);
}

void refuse_to_record(GstNvUriSrcBin* self) {
  GST_ELEMENT_WARNING(self, CORE, NOT_IMPLEMENTED, ("Smart recording is not there."),
                      ("Record with a tee, an encoder and a muxer."));
}
void refuse_start(GstNvUriSrcBin* self, gpointer, guint, guint, gpointer) {
  refuse_to_record(self);
}
void refuse_stop(GstNvUriSrcBin* self, guint) { refuse_to_record(self); }

}  // namespace

// A camera that fails is connected anew instead.
static void gst_nv_uri_src_bin_handle_message(GstBin* bin, GstMessage* message) {
  GstNvUriSrcBin* self = GST_NV_URI_SRC_BIN(bin);
  const bool from_source =
      GST_MESSAGE_SRC(message) == GST_OBJECT(self->source) ||
      gst_object_has_as_ancestor(GST_MESSAGE_SRC(message), GST_OBJECT(self->source));
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR && from_source && self->restarter &&
      settings_of(self).is_rtsp()) {
    GError* error = nullptr;
    gst_message_parse_error(message, &error, nullptr);
    GST_WARNING_OBJECT(self, "%s", error->message);
    self->restarter->connection_lost(error->message);
    g_error_free(error);
    gst_message_unref(message);
    return;
  }
  GST_BIN_CLASS(gst_nv_uri_src_bin_parent_class)->handle_message(bin, message);
}

static gboolean gst_nv_uri_src_bin_send_event(GstElement* element, GstEvent* event) {
  GstNvUriSrcBin* self = GST_NV_URI_SRC_BIN(element);
  if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) {
    self->ends = true;
    // Nobody else would say it while a camera is away.
    if (self->is_shown && !gst_pad_is_linked(self->entry))
      return gst_pad_send_event(self->entry, event);
  }
  return GST_ELEMENT_CLASS(gst_nv_uri_src_bin_parent_class)->send_event(element, event);
}

// Ends what prepare() began. Not left to finalize(): its caller may hold Python's lock, which the
// restarter's thread needs to end.
static void clean_up(GstNvUriSrcBin* self) {
  self->restarter.reset();
  self->splice.reset();
  self->ends = false;
  remove_own_pad(self);
}

static GstStateChangeReturn gst_nv_uri_src_bin_change_state(GstElement* element,
                                                            GstStateChange transition) {
  GstNvUriSrcBin* self = GST_NV_URI_SRC_BIN(element);
  if (transition == GST_STATE_CHANGE_NULL_TO_READY && settings_of(self).uri.empty()) {
    GST_ELEMENT_ERROR(self, RESOURCE, NOT_FOUND,
                      ("No URI is set; set uri, for example to file:///video.mp4."), (nullptr));
    return GST_STATE_CHANGE_FAILURE;
  }
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) prepare(self);
  if (self->restarter) {
    if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING) self->restarter->watch(true);
    if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED) self->restarter->watch(false);
    if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) self->restarter->stop();
  }
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS(gst_nv_uri_src_bin_parent_class)->change_state(element, transition);
  const bool failed =
      transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE;
  if (failed || transition == GST_STATE_CHANGE_PAUSED_TO_READY) clean_up(self);
  return result;
}

static void gst_nv_uri_src_bin_set_property(GObject* object, guint id, const GValue* value,
                                            GParamSpec* spec) {
  GstNvUriSrcBin* self = GST_NV_URI_SRC_BIN(object);
  GST_OBJECT_LOCK(self);
  Settings& settings = self->settings;
  properties().set(settings, id, value);
  const bool is_uri = g_str_equal(spec->name, "uri");
  if (is_uri && !settings.uri.empty() && !gst_uri_is_valid(settings.uri.c_str())) {
    gchar* uri = gst_filename_to_uri(settings.uri.c_str(), nullptr);
    if (uri) settings.uri = uri;
    g_free(uri);
  }
  const std::string uri = settings.uri;
  const bool records = g_str_equal(spec->name, "smart-record") && settings.smart_record != 0;
  GST_OBJECT_UNLOCK(self);
  if (is_uri) g_object_set(self->source, "uri", uri.c_str(), nullptr);
  if (records)
    g_warning("%s: smart-record has no effect: smart recording is not there",
              GST_OBJECT_NAME(self));
}

static void gst_nv_uri_src_bin_get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  properties().get(settings_of(GST_NV_URI_SRC_BIN(object)), id, value);
}

static void gst_nv_uri_src_bin_finalize(GObject* object) {
  GstNvUriSrcBin* self = GST_NV_URI_SRC_BIN(object);
  gst_object_unref(self->entry);
  self->restarter.~unique_ptr();
  self->splice.~unique_ptr();
  self->settings.~Settings();
  G_OBJECT_CLASS(gst_nv_uri_src_bin_parent_class)->finalize(object);
}

static void gst_nv_uri_src_bin_init(GstNvUriSrcBin* self) {
  new (&self->settings) Settings();
  new (&self->is_shown) std::atomic<bool>(false);
  new (&self->rewinds) std::atomic<bool>(false);
  new (&self->ends) std::atomic<bool>(false);
  new (&self->splice) std::unique_ptr<Splice>();
  new (&self->restarter) std::unique_ptr<Restarter>();
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SOURCE);

  self->source = gst_element_factory_make("uridecodebin", nullptr);
  self->converter = gst_element_factory_make("nvvideoconvert", nullptr);
  self->filter = gst_element_factory_make("capsfilter", nullptr);
  // Other streams than video are neither decoded nor put out.
  GstCaps* raw = gst_caps_from_string("video/x-raw(ANY)");
  g_object_set(self->source, "caps", raw, "expose-all-streams", FALSE, nullptr);
  gst_caps_unref(raw);
  GstCaps* nvmm = gst_caps_from_string("video/x-raw(memory:NVMM)");
  g_object_set(self->filter, "caps", nvmm, nullptr);
  gst_caps_unref(nvmm);
  g_signal_connect(self->source, "pad-added", G_CALLBACK(take_pad), self);
  g_signal_connect(self->source, "no-more-pads", G_CALLBACK(no_more_pads), self);
  g_signal_connect(self->source, "source-setup", G_CALLBACK(set_up_source), self);
  g_signal_connect(self->source, "deep-element-added", G_CALLBACK(set_up_decoder), self);
  gst_bin_add_many(GST_BIN(self), self->source, self->converter, self->filter, nullptr);
  gst_element_link(self->converter, self->filter);
  self->entry = gst_element_get_static_pad(self->converter, "sink");
  gst_pad_add_probe(self->entry,
                    GstPadProbeType(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_FLUSH |
                                    GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
                    splice_stream, self, nullptr);
}

static void gst_nv_uri_src_bin_class_init(GstNvUriSrcBinClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_uri_src_bin_debug, "nvurisrcbin", 0, "sources by URI");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_nv_uri_src_bin_set_property;
  object_class->get_property = gst_nv_uri_src_bin_get_property;
  object_class->finalize = gst_nv_uri_src_bin_finalize;
  properties().install(object_class);
  const GType type = G_TYPE_FROM_CLASS(klass);
  const auto action = GSignalFlags(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION);
  g_signal_new_class_handler("start-sr", type, action, G_CALLBACK(refuse_start), nullptr, nullptr,
                             nullptr, G_TYPE_NONE, 4, G_TYPE_POINTER, G_TYPE_UINT, G_TYPE_UINT,
                             G_TYPE_POINTER);
  g_signal_new_class_handler("stop-sr", type, action, G_CALLBACK(refuse_stop), nullptr, nullptr,
                             nullptr, G_TYPE_NONE, 1, G_TYPE_UINT);
  g_signal_new("sr-done", type, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr, nullptr, G_TYPE_NONE, 2,
               G_TYPE_POINTER, G_TYPE_POINTER);

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = gst_nv_uri_src_bin_change_state;
  element_class->send_event = gst_nv_uri_src_bin_send_event;
  GST_BIN_CLASS(klass)->handle_message = gst_nv_uri_src_bin_handle_message;
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "URI source", "Generic/Bin/Source",
      "Plays a file or a camera into NVMM memory, again and again where asked to", "pythia-pyds");
}
