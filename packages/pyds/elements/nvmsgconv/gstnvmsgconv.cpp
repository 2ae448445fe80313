#include "nvmsgconv/gstnvmsgconv.h"

#include <unistd.h>

#include <fstream>
#include <new>
#include <stdexcept>

#include "base/paths.h"
#include "gstnvdsmeta.h"
#include "meta/list.h"
#include "payload/converter.h"
#include "payload/payload_meta.h"
#include "property_table.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_msg_conv_debug);
#define GST_CAT_DEFAULT gst_nv_msg_conv_debug

namespace {

struct Settings {
  std::string config;
  std::string library;
  int payload_type = NVDS_PAYLOAD_DEEPSTREAM;
  guint component_id = 0;
  std::string debug_payload_dir;
  bool multiple_payloads = false;
  bool from_metadata = false;
  guint frame_interval = 30;
  bool dummy_payload = false;
};

GType payload_type_get_type() {
  static const GType type = [] {
    static const GEnumValue values[] = {
        {NVDS_PAYLOAD_DEEPSTREAM, "Full schema, JSON for each event", "PAYLOAD_DEEPSTREAM"},
        {NVDS_PAYLOAD_DEEPSTREAM_MINIMAL, "Minimal schema, JSON for each frame",
         "PAYLOAD_DEEPSTREAM_MINIMAL"},
        {NVDS_PAYLOAD_DEEPSTREAM_PROTOBUF, "Minimal schema, Protocol Buffers for each frame",
         "PAYLOAD_DEEPSTREAM_PROTOBUF"},
        {NVDS_PAYLOAD_RESERVED, "Reserved", "PAYLOAD_RESERVED"},
        {NVDS_PAYLOAD_CUSTOM, "By the library msg2p-lib", "PAYLOAD_CUSTOM"},
        {0, nullptr, nullptr}};
    return g_enum_register_static("GstNvMsgConvPayloadType", values);
  }();
  return type;
}

const pyds::PropertyTable<Settings>& properties() {
  static const auto table =
      pyds::PropertyTable<Settings>()
          .add("config",
               "File that describes sensors, places and analytics modules: key file, "
               "YAML or CSV",
               &Settings::config)
          .add("msg2p-lib", "Library of your own that makes the messages, see nvmsgconv.h",
               &Settings::library)
          .add_enum("payload-type", "Schema of the messages", &Settings::payload_type,
                    payload_type_get_type())
          .add("comp-id", "Take events of this component only (0: all), and mark messages with it",
               &Settings::component_id)
          .add("debug-payload-dir", "Existing directory to write each frame's messages to",
               &Settings::debug_payload_dir)
          .add("multiple-payloads", "Ask msg2p-lib for several messages at a time",
               &Settings::multiple_payloads)
          .add("msg2p-newapi", "Make messages of frames and their objects, without events",
               &Settings::from_metadata)
          .add("frame-interval", "With msg2p-newapi: every how many frames",
               &Settings::frame_interval, 1)
          .add("dummy-payload",
               "With payload-type 1 and 2: a message for frames without events, "
               "too",
               &Settings::dummy_payload);
  return table;
}

// Between start and stop, of the streaming thread.
struct Streaming {
  std::unique_ptr<pyds::payload::Converter> converter;
};

GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

}  // namespace

struct _GstNvMsgConv {
  GstBaseTransform parent;
  Settings settings;  // guarded by the object lock
  Streaming streaming;
};

G_DEFINE_FINAL_TYPE(GstNvMsgConv, gst_nv_msg_conv, GST_TYPE_BASE_TRANSFORM)

namespace {

Settings settings_of(GstNvMsgConv* self) {
  GST_OBJECT_LOCK(self);
  Settings settings = self->settings;
  GST_OBJECT_UNLOCK(self);
  return settings;
}

void check_directory(const std::string& directory) {
  if (directory.empty()) return;
  if (!g_file_test(directory.c_str(), G_FILE_TEST_IS_DIR) || access(directory.c_str(), W_OK) != 0)
    throw std::runtime_error("debug-payload-dir: '" + directory +
                             "' is no directory that can be written to; make it first.");
}

// The events of a frame that this element is for, in the order they were added.
pyds::payload::Events events_of(const NvDsFrameMeta& frame, guint component_id) {
  pyds::payload::Events events;
  for (GList* node = g_list_last(frame.frame_user_meta_list); node; node = node->prev) {
    const auto* user_meta = static_cast<NvDsUserMeta*>(node->data);
    if (user_meta->base_meta.meta_type != NVDS_EVENT_MSG_META) continue;
    const auto* event = static_cast<NvDsEventMsgMeta*>(user_meta->user_meta_data);
    if (!event || (component_id && guint(event->componentId) != component_id)) continue;
    events.push_back(event);
  }
  return events;
}

std::vector<std::string> messages_of(pyds::payload::Converter& converter, const Settings& settings,
                                     NvDsFrameMeta& frame) {
  if (settings.from_metadata) {
    if (guint(frame.frame_num) % settings.frame_interval) return {};
    return converter.of_frame(frame);
  }
  const auto events = events_of(frame, settings.component_id);
  if (!events.empty()) return converter.of_events(events);
  return settings.dummy_payload ? converter.of_nothing(frame) : std::vector<std::string>();
}

void dump(GstNvMsgConv* self, const std::string& directory, const NvDsFrameMeta& frame,
          const std::vector<std::string>& messages) {
  if (directory.empty() || messages.empty()) return;
  const std::string file = directory + "/" + pyds::payload::timestamp_of(frame) + "-" +
                           std::to_string(frame.source_id) + "-" + std::to_string(frame.frame_num) +
                           ".txt";
  std::ofstream stream(file, std::ios::binary);
  for (const std::string& message : messages) stream << message << "\n";
  if (!stream.flush()) GST_WARNING_OBJECT(self, "cannot write %s", file.c_str());
}

// Adds the messages of every frame. Throws what a user's library makes the converter throw.
void convert(GstNvMsgConv* self, NvDsBatchMeta* batch) {
  const Settings settings = settings_of(self);
  const pyds::meta::BatchGuard guard(batch);
  for (GList* node = batch->frame_meta_list; node; node = node->next) {
    auto* frame = static_cast<NvDsFrameMeta*>(node->data);
    const auto messages = messages_of(*self->streaming.converter, settings, *frame);
    dump(self, settings.debug_payload_dir, *frame, messages);
    for (const std::string& message : messages)
      pyds::payload::add_message(frame, message, settings.component_id);
    GST_LOG_OBJECT(self, "frame %d of source %u: %zu messages", frame->frame_num, frame->source_id,
                   messages.size());
  }
}

}  // namespace

static gboolean gst_nv_msg_conv_start(GstBaseTransform* base) {
  GstNvMsgConv* self = GST_NV_MSG_CONV(base);
  const Settings settings = settings_of(self);
  try {
    check_directory(settings.debug_payload_dir);
    self->streaming.converter = pyds::payload::make_converter(
        {static_cast<NvDsPayloadType>(settings.payload_type),
         pyds::resolve_deepstream_path(settings.config),
         pyds::resolve_deepstream_path(settings.library), settings.multiple_payloads});
  } catch (const std::exception& error) {
    GST_ELEMENT_ERROR(self, RESOURCE, SETTINGS, ("%s", error.what()), (nullptr));
    return FALSE;
  }
  for (const std::string& warning : self->streaming.converter->warnings)
    GST_WARNING_OBJECT(self, "%s", warning.c_str());
  return TRUE;
}

static gboolean gst_nv_msg_conv_stop(GstBaseTransform* base) {
  GST_NV_MSG_CONV(base)->streaming = {};
  return TRUE;
}

static GstFlowReturn gst_nv_msg_conv_transform_ip(GstBaseTransform* base, GstBuffer* buffer) {
  GstNvMsgConv* self = GST_NV_MSG_CONV(base);
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(buffer);
  if (!batch) return GST_FLOW_OK;
  try {
    convert(self, batch);
  } catch (const std::exception& error) {
    GST_ELEMENT_ERROR(self, LIBRARY, FAILED, ("%s", error.what()), (nullptr));
    return GST_FLOW_ERROR;
  }
  return GST_FLOW_OK;
}

static void gst_nv_msg_conv_set_property(GObject* object, guint id, const GValue* value,
                                         GParamSpec*) {
  GST_OBJECT_LOCK(object);
  properties().set(GST_NV_MSG_CONV(object)->settings, id, value);
  GST_OBJECT_UNLOCK(object);
}

static void gst_nv_msg_conv_get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  properties().get(settings_of(GST_NV_MSG_CONV(object)), id, value);
}

static void gst_nv_msg_conv_finalize(GObject* object) {
  GstNvMsgConv* self = GST_NV_MSG_CONV(object);
  self->settings.~Settings();
  self->streaming.~Streaming();
  G_OBJECT_CLASS(gst_nv_msg_conv_parent_class)->finalize(object);
}

static void gst_nv_msg_conv_init(GstNvMsgConv* self) {
  new (&self->settings) Settings();
  new (&self->streaming) Streaming();
  gst_base_transform_set_in_place(GST_BASE_TRANSFORM(self), TRUE);
}

static void gst_nv_msg_conv_class_init(GstNvMsgConvClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_msg_conv_debug, "nvmsgconv", 0, "messages of events");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_nv_msg_conv_set_property;
  object_class->get_property = gst_nv_msg_conv_get_property;
  object_class->finalize = gst_nv_msg_conv_finalize;
  properties().install(object_class);

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(element_class, "Message converter", "Filter/Metadata",
                                        "Makes messages of events and metadata", "pythia-pyds");
  GstBaseTransformClass* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->start = gst_nv_msg_conv_start;
  transform_class->stop = gst_nv_msg_conv_stop;
  transform_class->transform_ip = gst_nv_msg_conv_transform_ip;
}
