#include "nvinfer/gstnvinfer.h"

#include <atomic>
#include <memory>
#include <new>
#include <optional>
#include <string>

#include "base/streaming_thread.h"
#include "gst-nvevent.h"
#include "infer/infer_stream.h"
#include "infer/model.h"
#include "nvinfer/settings.h"
#include "stream_event.h"
#include "tensor_query.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_infer_debug);
#define GST_CAT_DEFAULT gst_nv_infer_debug

namespace {

#define INFER_CAPS "video/x-raw(memory:NVMM), format = (string) { NV12, I420, RGBA }"
GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(INFER_CAPS));
GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(INFER_CAPS));

guint model_updated_signal = 0;

struct Streaming {
  std::unique_ptr<pyds::Model> model;         // from READY on
  std::unique_ptr<pyds::InferStream> stream;  // from PAUSED on
  std::atomic<unsigned> interval{0};
  // What downstream last said; what chain returns.
  std::atomic<GstFlowReturn> flow{GST_FLOW_FLUSHING};
  bool task_thread_is_new = true;  // output thread only
};

}  // namespace

namespace {

struct Parts {
  GstPad* sinkpad = nullptr;
  GstPad* srcpad = nullptr;
  pyds::nvinfer::Settings settings;  // guarded by the object lock
  Streaming streaming;
};

}  // namespace

typedef struct {
  Parts parts;
} GstNvInferPrivate;

G_DEFINE_TYPE_WITH_PRIVATE(GstNvInfer, gst_nv_infer, GST_TYPE_ELEMENT)

namespace {

Parts& parts_of(GstNvInfer* self) {
  return static_cast<GstNvInferPrivate*>(gst_nv_infer_get_instance_private(self))->parts;
}

pyds::InferQueue& queue_of(GstNvInfer* self) { return parts_of(self).streaming.stream->queue(); }

// ---- Output thread.

// Downstream wants no more: chain returns `flow` from now on, and nothing waits any longer.
void stop_flow(GstNvInfer* self, GstFlowReturn flow) {
  parts_of(self).streaming.flow = flow;
  // Upstream learns from chain's result, unless it has sent everything already.
  if ((flow == GST_FLOW_NOT_LINKED || flow <= GST_FLOW_EOS) && queue_of(self).holds_eos()) {
    if (flow != GST_FLOW_EOS) GST_ELEMENT_FLOW_ERROR(self, flow);
    gst_pad_push_event(parts_of(self).srcpad, gst_event_new_eos());
  }
  queue_of(self).set_flushing(true);
  gst_pad_pause_task(parts_of(self).srcpad);
}

void fail(GstNvInfer* self, const std::string& error) {
  GST_ELEMENT_ERROR(self, STREAM, FAILED, ("Inference failed: %s", error.c_str()), (nullptr));
  gst_pad_push_event(parts_of(self).srcpad, gst_event_new_eos());
  stop_flow(self, GST_FLOW_ERROR);
}

void push_buffer(GstNvInfer* self, GstBuffer* buffer) {
  const GstFlowReturn flow = gst_pad_push(parts_of(self).srcpad, buffer);
  if (flow == GST_FLOW_OK) return;
  GST_DEBUG_OBJECT(self, "downstream answered %s", gst_flow_get_name(flow));
  stop_flow(self, flow);
}

void output_loop(gpointer user_data) {
  auto* self = GST_NV_INFER(user_data);
  if (parts_of(self).streaming.task_thread_is_new) {
    parts_of(self).streaming.task_thread_is_new = false;
    pyds::enter_streaming_thread();
  }
  std::string error;
  GstMiniObject* object = queue_of(self).pop(&error);
  if (!object) {
    gst_pad_pause_task(parts_of(self).srcpad);
    return;
  }
  if (!error.empty()) {
    gst_mini_object_unref(object);
    fail(self, error);
  } else if (GST_IS_BUFFER(object)) {
    push_buffer(self, GST_BUFFER_CAST(object));
  } else {
    gst_pad_push_event(parts_of(self).srcpad, GST_EVENT_CAST(object));
  }
  queue_of(self).left();
}

void start_output(GstNvInfer* self) {
  parts_of(self).streaming.task_thread_is_new = true;
  gst_pad_start_task(parts_of(self).srcpad, output_loop, self, nullptr);
}

// ---- Streaming thread.

GstFlowReturn chain(GstPad*, GstObject* parent, GstBuffer* buffer) {
  auto* self = GST_NV_INFER(parent);
  const GstFlowReturn flow = parts_of(self).streaming.flow;
  if (flow != GST_FLOW_OK) {
    gst_buffer_unref(buffer);
    return flow;
  }
  try {
    if (parts_of(self).streaming.stream->accept(buffer)) return GST_FLOW_OK;
  } catch (const std::exception& problem) {
    GST_ELEMENT_ERROR(self, STREAM, FORMAT, ("%s", problem.what()), (nullptr));
    return GST_FLOW_ERROR;
  }
  const GstFlowReturn stopped = parts_of(self).streaming.flow;
  return stopped == GST_FLOW_OK ? GST_FLOW_FLUSHING : stopped;
}

void flush_stop(GstNvInfer* self) {
  parts_of(self).streaming.stream->restart();
  queue_of(self).clear(parts_of(self).srcpad);
  parts_of(self).streaming.flow = GST_FLOW_OK;
  queue_of(self).set_flushing(false);
  start_output(self);
}

// Events of the muxer or the application that change what is inferred from here on.
void heed(GstNvInfer* self, GstEvent* event) {
  if (const std::optional<pyds::StreamEvent> seen = pyds::parse_stream_event(event))
    parts_of(self).streaming.stream->forget(seen->source_id);
  guint interval = 0;
  if (!gst_nvevent_parse_infer_interval_update(event, nullptr, &interval)) return;
  GST_OBJECT_LOCK(self);
  parts_of(self).settings.set_interval(interval);
  parts_of(self).streaming.interval = interval;
  GST_OBJECT_UNLOCK(self);
  g_object_notify(G_OBJECT(self), "interval");
}

gboolean sink_event(GstPad* pad, GstObject* parent, GstEvent* event) {
  auto* self = GST_NV_INFER(parent);
  if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_START) {
    const gboolean handled = gst_pad_push_event(parts_of(self).srcpad, event);
    parts_of(self).streaming.flow = GST_FLOW_FLUSHING;
    queue_of(self).set_flushing(true);
    gst_pad_pause_task(parts_of(self).srcpad);
    return handled;
  }
  if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP) {
    const gboolean handled = gst_pad_push_event(parts_of(self).srcpad, event);
    flush_stop(self);
    return handled;
  }
  if (!GST_EVENT_IS_SERIALIZED(event)) return gst_pad_event_default(pad, parent, event);
  const GstFlowReturn flow = parts_of(self).streaming.flow;
  if (flow != GST_FLOW_OK && !GST_EVENT_IS_STICKY(event)) {
    gst_event_unref(event);
    return FALSE;
  }
  if (flow == GST_FLOW_EOS && GST_EVENT_TYPE(event) == GST_EVENT_EOS) {
    // Downstream wants no more buffers, but still waits for this.
    return gst_pad_push_event(parts_of(self).srcpad, event);
  }
  if (flow != GST_FLOW_OK && GST_EVENT_TYPE(event) == GST_EVENT_EOS) {
    // Nobody upstream sends a buffer any more that could return this.
    if (flow == GST_FLOW_NOT_LINKED || flow < GST_FLOW_EOS) GST_ELEMENT_FLOW_ERROR(self, flow);
    gst_event_unref(event);
    return FALSE;
  }
  heed(self, event);
  queue_of(self).close(queue_of(self).push(GST_MINI_OBJECT_CAST(event)));
  return TRUE;
}

gboolean sink_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  auto* self = GST_NV_INFER(parent);
  // The answer must not overtake buffers, and may come only after all of them.
  if (GST_QUERY_IS_SERIALIZED(query) && !queue_of(self).drain()) return FALSE;
  return gst_pad_query_default(pad, parent, query);
}

// ---- Activation and states.

gboolean activate_src(GstPad* pad, GstObject* parent, GstPadMode mode, gboolean active) {
  auto* self = GST_NV_INFER(parent);
  if (mode != GST_PAD_MODE_PUSH) return FALSE;
  if (active) {
    parts_of(self).streaming.flow = GST_FLOW_OK;
    queue_of(self).set_flushing(false);
    start_output(self);
    return TRUE;
  }
  parts_of(self).streaming.flow = GST_FLOW_FLUSHING;
  queue_of(self).set_flushing(true);
  return gst_pad_stop_task(pad);
}

gboolean activate_sink(GstPad*, GstObject* parent, GstPadMode mode, gboolean active) {
  auto* self = GST_NV_INFER(parent);
  if (mode != GST_PAD_MODE_PUSH) return FALSE;
  if (!active) queue_of(self).set_flushing(true);
  return TRUE;
}

bool load(GstNvInfer* self) {
  GST_OBJECT_LOCK(self);
  const pyds::nvinfer::Settings settings = parts_of(self).settings;
  GST_OBJECT_UNLOCK(self);
  std::string config_file;
  try {
    pyds::InferConfig config = settings.effective();
    if (config.input_tensor_from_meta)
      config.prepared_dims = pyds::ask_tensor_size(parts_of(self).sinkpad, config.unique_id)
                                 .value_or(config.prepared_dims);
    config_file = config.file;
    parts_of(self).streaming.model = pyds::load_model(config);
  } catch (const pyds::EngineError& problem) {
    GST_ELEMENT_ERROR(self, LIBRARY, INIT, ("%s", problem.what()),
                      ("configuration %s", config_file.c_str()));
    return false;
  } catch (const std::exception& problem) {
    GST_ELEMENT_ERROR(self, LIBRARY, SETTINGS, ("%s", problem.what()),
                      ("configuration %s", config_file.c_str()));
    return false;
  }
  for (const std::string& warning : parts_of(self).streaming.model->warnings)
    GST_ELEMENT_WARNING(self, LIBRARY, SETTINGS, ("%s", warning.c_str()), (nullptr));
  for (const std::string& note : parts_of(self).streaming.model->notes)
    GST_INFO_OBJECT(self, "%s", note.c_str());
  g_signal_emit(self, model_updated_signal, 0, 0, config_file.c_str());
  return true;
}

bool start(GstNvInfer* self) try {
  parts_of(self).streaming.stream = std::make_unique<pyds::InferStream>(
      *parts_of(self).streaming.model, parts_of(self).streaming.interval,
      [self](const std::string& warning) {
        GST_ELEMENT_WARNING(self, STREAM, FAILED, ("%s", warning.c_str()), (nullptr));
      });
  return true;
} catch (const std::exception& problem) {
  GST_ELEMENT_ERROR(self, RESOURCE, FAILED, ("nvinfer cannot start: %s", problem.what()),
                    (nullptr));
  return false;
}

}  // namespace

static GstStateChangeReturn gst_nv_infer_change_state(GstElement* element,
                                                      GstStateChange transition) {
  auto* self = GST_NV_INFER(element);
  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !load(self)) return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start(self))
    return GST_STATE_CHANGE_FAILURE;
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS(gst_nv_infer_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    queue_of(self).clear(parts_of(self).srcpad);
    parts_of(self).streaming.stream.reset();
  }
  if (transition == GST_STATE_CHANGE_READY_TO_NULL) {
    parts_of(self).streaming.stream.reset();  // still there if PAUSED was never reached
    parts_of(self).streaming.model.reset();
  }
  return result;
}

static void gst_nv_infer_set_property(GObject* object, guint id, const GValue* value,
                                      GParamSpec* pspec) {
  auto* self = GST_NV_INFER(object);
  GST_OBJECT_LOCK(self);
  const bool loaded = GST_STATE(self) > GST_STATE_NULL || GST_STATE_PENDING(self) > GST_STATE_NULL;
  parts_of(self).settings.set(id, value);
  parts_of(self).streaming.interval = parts_of(self).settings.interval();
  const std::string error = parts_of(self).settings.error();
  GST_OBJECT_UNLOCK(self);
  if (loaded && !(pspec->flags & GST_PARAM_MUTABLE_PLAYING))
    GST_WARNING_OBJECT(self, "%s takes effect when the element starts from NULL again",
                       pspec->name);
  if (!error.empty()) GST_WARNING_OBJECT(self, "%s", error.c_str());
}

static void gst_nv_infer_get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  auto* self = GST_NV_INFER(object);
  GST_OBJECT_LOCK(self);
  parts_of(self).settings.get(id, value);
  GST_OBJECT_UNLOCK(self);
}

static void gst_nv_infer_finalize(GObject* object) {
  parts_of(GST_NV_INFER(object)).~Parts();
  G_OBJECT_CLASS(gst_nv_infer_parent_class)->finalize(object);
}

// By now it is known which element it is.
static void gst_nv_infer_constructed(GObject* object) {
  auto* self = GST_NV_INFER(object);
  parts_of(self).settings = pyds::nvinfer::Settings(GST_NV_INFER_GET_CLASS(self)->read_config);
  G_OBJECT_CLASS(gst_nv_infer_parent_class)->constructed(object);
}

static void gst_nv_infer_init(GstNvInfer* self) {
  Parts& parts = *new (&parts_of(self)) Parts();

  parts.sinkpad = gst_pad_new_from_static_template(&sink_template, "sink");
  gst_pad_set_chain_function(parts.sinkpad, chain);
  gst_pad_set_event_function(parts.sinkpad, sink_event);
  gst_pad_set_query_function(parts.sinkpad, sink_query);
  gst_pad_set_activatemode_function(parts.sinkpad, activate_sink);
  GST_PAD_SET_PROXY_CAPS(parts.sinkpad);
  GST_PAD_SET_PROXY_ALLOCATION(parts.sinkpad);
  gst_element_add_pad(GST_ELEMENT(self), parts.sinkpad);

  parts.srcpad = gst_pad_new_from_static_template(&src_template, "src");
  gst_pad_set_activatemode_function(parts.srcpad, activate_src);
  GST_PAD_SET_PROXY_CAPS(parts.srcpad);
  gst_element_add_pad(GST_ELEMENT(self), parts.srcpad);
}

static void gst_nv_infer_class_init(GstNvInferClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_infer_debug, "nvinfer", 0, "inference on batches of pictures");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->constructed = gst_nv_infer_constructed;
  object_class->set_property = gst_nv_infer_set_property;
  object_class->get_property = gst_nv_infer_get_property;
  object_class->finalize = gst_nv_infer_finalize;
  pyds::nvinfer::install_properties(object_class);
  // 0 and the configuration file when a model has been loaded.
  model_updated_signal =
      g_signal_new("model-updated", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, nullptr,
                   nullptr, nullptr, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRING);

  klass->read_config = pyds::read_infer_config;
  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = gst_nv_infer_change_state;
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "Neural network inference", "Filter/Analyzer/Video",
      "Runs a neural network on the frames or objects of a batch and writes what it says into the "
      "metadata",
      "pythia-pyds");
}
