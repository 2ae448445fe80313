#include "nvmsgbroker/gstnvmsgbroker.h"

#include <new>

#include "base/paths.h"
#include "broker/load_adaptor.h"
#include "broker/sender.h"
#include "gstnvdsmeta.h"
#include "meta/list.h"
#include "payload/payload_meta.h"
#include "property_table.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_msg_broker_debug);
#define GST_CAT_DEFAULT gst_nv_msg_broker_debug

namespace {

using pyds::broker::Sender;
using pyds::broker::SenderCounters;

struct Settings {
  std::string proto_lib;
  std::string conn_str;
  std::string config;
  std::string topic;
  guint component_id = 0;
  bool new_api = false;
  guint sleep_time_ms = 0;
  guint queue_size = 10000;
  guint drain_timeout_ms = 10000;
};

const pyds::PropertyTable<Settings>& properties() {
  static const auto table =
      pyds::PropertyTable<Settings>()
          .add("proto-lib",
               "kafka, mqtt, amqp or redis, also as libnvds_kafka_proto.so and so on, or the path "
               "of a protocol adaptor of your own, see nvds_msgapi.h",
               &Settings::proto_lib)
          .add("conn-str", "Where the broker is: host;port or host;port;topic", &Settings::conn_str)
          .add("config", "File with more about the connection, in a group [message-broker]",
               &Settings::config)
          .add("topic", "Topic, stream or routing key; wins over conn-str and config",
               &Settings::topic)
          .add("comp-id", "Send messages of this component only; 0: all", &Settings::component_id)
          .add("new-api", "No effect: connections come back by themselves either way",
               &Settings::new_api)
          .add("sleep-time", "Milliseconds between two calls of an adaptor of your own",
               &Settings::sleep_time_ms)
          .add("queue-size", "Messages that wait for the broker at most; then the oldest go",
               &Settings::queue_size, 1)
          .add("drain-timeout", "Milliseconds that the end of the stream waits for the rest",
               &Settings::drain_timeout_ms);
  return table;
}

// Read-only; their ids follow those of the settings.
struct CounterProperty {
  const char* name;
  const char* blurb;
  uint64_t SenderCounters::*counter;
};
constexpr CounterProperty kCounters[] = {
    {"messages-sent", "Messages sent, and confirmed where brokers confirm", &SenderCounters::sent},
    {"messages-refused", "Messages the broker did not take", &SenderCounters::refused},
    {"messages-dropped", "Messages lost from a full queue or at the end", &SenderCounters::dropped},
    {"messages-queued", "Messages not sent yet", &SenderCounters::queued},
    {"outages", "How often the broker was away", &SenderCounters::outages}};

GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

// Tells the bus what happens to the messages.
class BusListener final : public pyds::broker::SenderListener {
 public:
  BusListener(GstNvMsgBroker* element, std::string place)
      : element_(element), place_(std::move(place)) {}

  void broker_is_away(const std::string& reason) override;
  void broker_is_back() override;
  void broker_refused(const std::string& reason) override;
  void messages_were_refused(size_t count, const std::string& reason) override;
  void queue_is_full() override;

  const char* place() const { return place_.c_str(); }
  // Why the broker was away when it was last, for the end.
  std::string last_reason() const {
    const std::lock_guard<std::mutex> guard(mutex_);
    return last_reason_;
  }

 private:
  void remember(const std::string& reason) {
    const std::lock_guard<std::mutex> guard(mutex_);
    last_reason_ = reason;
  }

  GstNvMsgBroker* const element_;
  const std::string place_;
  mutable std::mutex mutex_;
  std::string last_reason_;
};

// Between start and stop.
struct Streaming {
  std::unique_ptr<BusListener> listener;
  std::unique_ptr<Sender> sender;
  bool said_lost = false;  // messages that could not be sent
};

}  // namespace

struct _GstNvMsgBroker {
  GstBaseSink parent;
  Settings settings;        // guarded by the object lock
  SenderCounters counters;  // of the last run; guarded by the object lock
  Streaming streaming;      // the sender is set and reset under the object lock
};

G_DEFINE_FINAL_TYPE(GstNvMsgBroker, gst_nv_msg_broker, GST_TYPE_BASE_SINK)

namespace {

void BusListener::broker_is_away(const std::string& reason) {
  remember(reason);
  GST_ELEMENT_WARNING(
      element_, RESOURCE, OPEN_WRITE,
      ("%s is not available: %s. Messages wait until it is.", place(), reason.c_str()),
      ("queue-size is how many; start the broker, or check conn-str and config."));
}

void BusListener::broker_is_back() {
  remember({});
  GST_ELEMENT_INFO(element_, RESOURCE, OPEN_WRITE, ("%s is available again.", place()), (nullptr));
}

void BusListener::broker_refused(const std::string& reason) {
  remember(reason);
  GST_ELEMENT_ERROR(element_, RESOURCE, NOT_AUTHORIZED,
                    ("%s refuses messages: %s", place(), reason.c_str()),
                    ("Check conn-str, username and password and what they may do; no more "
                     "messages are sent."));
}

void BusListener::messages_were_refused(size_t count, const std::string& reason) {
  GST_ELEMENT_WARNING(element_, RESOURCE, WRITE,
                      ("%s refused %zu messages: %s", place(), count, reason.c_str()), (nullptr));
}

void BusListener::queue_is_full() {
  GST_ELEMENT_WARNING(
      element_, RESOURCE, NO_SPACE_LEFT,
      ("Messages for %s come faster than they can be sent: the oldest are dropped.", place()),
      ("Raise queue-size, or send fewer: frame-interval of nvmsgconv."));
}

Settings settings_of(GstNvMsgBroker* self) {
  GST_OBJECT_LOCK(self);
  Settings settings = self->settings;
  GST_OBJECT_UNLOCK(self);
  return settings;
}

SenderCounters counters_of(GstNvMsgBroker* self) {
  GST_OBJECT_LOCK(self);
  const auto& sender = self->streaming.sender;
  const SenderCounters counters = sender ? sender->counters() : self->counters;
  GST_OBJECT_UNLOCK(self);
  return counters;
}

// What an end of the stream leaves behind.
void say_lost(GstNvMsgBroker* self, uint64_t lost, guint timeout_ms) {
  const BusListener& listener = *self->streaming.listener;
  const std::string reason = listener.last_reason();
  self->streaming.said_lost = true;
  GST_ELEMENT_ERROR(
      self, RESOURCE, WRITE,
      ("%" G_GUINT64_FORMAT " messages could not be sent to %s within %u ms%s%s", lost,
       listener.place(), timeout_ms, reason.empty() ? "." : ": ", reason.c_str()),
      ("Start the broker before the stream ends, or raise drain-timeout."));
}

}  // namespace

static gboolean gst_nv_msg_broker_start(GstBaseSink* base) {
  GstNvMsgBroker* self = GST_NV_MSG_BROKER(base);
  const Settings settings = settings_of(self);
  try {
    auto loaded = pyds::broker::load_adaptor(
        {pyds::resolve_deepstream_path(settings.proto_lib),
         {settings.conn_str, pyds::resolve_deepstream_path(settings.config), settings.topic},
         std::chrono::milliseconds(settings.sleep_time_ms)});
    for (const std::string& warning : loaded.warnings)
      GST_WARNING_OBJECT(self, "%s", warning.c_str());
    self->streaming.listener = std::make_unique<BusListener>(self, loaded.adaptor->place());
    auto sender = std::make_unique<Sender>(std::move(loaded.adaptor), settings.queue_size,
                                           *self->streaming.listener);
    GST_OBJECT_LOCK(self);
    self->streaming.sender = std::move(sender);
    GST_OBJECT_UNLOCK(self);
  } catch (const std::exception& error) {
    GST_ELEMENT_ERROR(self, RESOURCE, SETTINGS, ("nvmsgbroker: %s.", error.what()), (nullptr));
    return FALSE;
  }
  return TRUE;
}

static gboolean gst_nv_msg_broker_stop(GstBaseSink* base) {
  GstNvMsgBroker* self = GST_NV_MSG_BROKER(base);
  Streaming& streaming = self->streaming;
  const auto timeout = std::chrono::milliseconds(settings_of(self).drain_timeout_ms);
  const size_t lost = streaming.sender->close(timeout);
  if (lost && !streaming.said_lost)
    GST_ELEMENT_WARNING(self, RESOURCE, WRITE,
                        ("%zu messages for %s were not sent when the pipeline was stopped.", lost,
                         streaming.listener->place()),
                        ("End the stream before: the rest is sent then."));
  const SenderCounters counters = streaming.sender->counters();
  GST_INFO_OBJECT(self,
                  "%s: %" G_GUINT64_FORMAT " messages sent, %" G_GUINT64_FORMAT
                  " refused, %" G_GUINT64_FORMAT " dropped",
                  streaming.listener->place(), counters.sent, counters.refused, counters.dropped);
  GST_OBJECT_LOCK(self);
  self->counters = counters;
  const std::unique_ptr<Sender> sender = std::move(streaming.sender);
  GST_OBJECT_UNLOCK(self);
  streaming.said_lost = false;
  return TRUE;
}

static gboolean gst_nv_msg_broker_unlock(GstBaseSink* base) {
  GST_NV_MSG_BROKER(base)->streaming.sender->interrupt();
  return TRUE;
}

static gboolean gst_nv_msg_broker_unlock_stop(GstBaseSink* base) {
  GST_NV_MSG_BROKER(base)->streaming.sender->resume();
  return TRUE;
}

static gboolean gst_nv_msg_broker_event(GstBaseSink* base, GstEvent* event) {
  GstNvMsgBroker* self = GST_NV_MSG_BROKER(base);
  if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) {
    const guint timeout_ms = settings_of(self).drain_timeout_ms;
    Sender& sender = *self->streaming.sender;
    if (sender.drain(std::chrono::milliseconds(timeout_ms)) == Sender::Drained::kNotAll)
      if (const uint64_t left = sender.counters().queued) say_lost(self, left, timeout_ms);
  }
  return GST_BASE_SINK_CLASS(gst_nv_msg_broker_parent_class)->event(base, event);
}

static GstFlowReturn gst_nv_msg_broker_render(GstBaseSink* base, GstBuffer* buffer) {
  GstNvMsgBroker* self = GST_NV_MSG_BROKER(base);
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(buffer);
  if (!batch) return GST_FLOW_OK;
  GST_OBJECT_LOCK(self);
  const guint component_id = self->settings.component_id;
  GST_OBJECT_UNLOCK(self);
  const pyds::meta::BatchGuard guard(batch);
  for (const std::string_view message : pyds::payload::messages_of(batch, component_id))
    self->streaming.sender->put(message);
  return GST_FLOW_OK;
}

static void gst_nv_msg_broker_set_property(GObject* object, guint id, const GValue* value,
                                           GParamSpec*) {
  GST_OBJECT_LOCK(object);
  properties().set(GST_NV_MSG_BROKER(object)->settings, id, value);
  GST_OBJECT_UNLOCK(object);
}

static void gst_nv_msg_broker_get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  GstNvMsgBroker* self = GST_NV_MSG_BROKER(object);
  if (id <= properties().size())
    properties().get(settings_of(self), id, value);
  else
    g_value_set_uint64(value, counters_of(self).*kCounters[id - properties().size() - 1].counter);
}

static void gst_nv_msg_broker_finalize(GObject* object) {
  GstNvMsgBroker* self = GST_NV_MSG_BROKER(object);
  self->settings.~Settings();
  self->streaming.~Streaming();
  G_OBJECT_CLASS(gst_nv_msg_broker_parent_class)->finalize(object);
}

static void gst_nv_msg_broker_init(GstNvMsgBroker* self) {
  new (&self->settings) Settings();
  new (&self->counters) SenderCounters();
  new (&self->streaming) Streaming();
  gst_base_sink_set_last_sample_enabled(GST_BASE_SINK(self), FALSE);  // nobody looks at it
}

static void gst_nv_msg_broker_class_init(GstNvMsgBrokerClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_msg_broker_debug, "nvmsgbroker", 0, "messages to brokers");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_nv_msg_broker_set_property;
  object_class->get_property = gst_nv_msg_broker_get_property;
  object_class->finalize = gst_nv_msg_broker_finalize;
  properties().install(object_class);
  guint id = guint(properties().size());
  for (const CounterProperty& property : kCounters)
    g_object_class_install_property(
        object_class, ++id,
        g_param_spec_uint64(property.name, property.name, property.blurb, 0, G_MAXUINT64, 0,
                            GParamFlags(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_set_static_metadata(element_class, "Message broker", "Sink/Metadata",
                                        "Sends messages to Kafka, MQTT, AMQP or Redis",
                                        "pythia-pyds");
  GstBaseSinkClass* sink_class = GST_BASE_SINK_CLASS(klass);
  sink_class->start = gst_nv_msg_broker_start;
  sink_class->stop = gst_nv_msg_broker_stop;
  sink_class->unlock = gst_nv_msg_broker_unlock;
  sink_class->unlock_stop = gst_nv_msg_broker_unlock_stop;
  sink_class->event = gst_nv_msg_broker_event;
  sink_class->render = gst_nv_msg_broker_render;
}
