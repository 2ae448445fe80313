#include "nvstreamdemux/gstnvstreamdemux.h"

#include <charconv>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include "gstnvdsmeta.h"
#include "meta/list.h"
#include "nvstreamdemux/single_frame.h"
#include "nvstreamdemux/stream_time.h"
#include "property_table.h"
#include "stream_event.h"

GST_DEBUG_CATEGORY_STATIC(gst_nv_stream_demux_debug);
#define GST_CAT_DEFAULT gst_nv_stream_demux_debug

namespace {

struct Settings {
  bool per_stream_eos = false;
};

const pyds::PropertyTable<Settings>& properties() {
  static const auto table = pyds::PropertyTable<Settings>().add(
      "per-stream-eos", "End each stream with its source, not all of them with the last",
      &Settings::per_stream_eos);
  return table;
}

#define DEMUX_CAPS "video/x-raw(memory:NVMM), format = (string) { NV12, I420, RGBA }"
GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(DEMUX_CAPS));
GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src_%u", GST_PAD_SRC, GST_PAD_REQUEST, GST_STATIC_CAPS(DEMUX_CAPS));

// One src pad. The pad apart, only the streaming thread looks at it.
struct Stream {
  explicit Stream(GstPad* pad) : pad(GST_PAD(gst_object_ref(pad))) {}
  ~Stream() { gst_object_unref(pad); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  GstPad* const pad;
  bool is_announced = false;  // its sticky events were sent
  bool has_ended = false;
  pyds::demux::StreamTime time;
};
using Streams = std::map<unsigned, std::shared_ptr<Stream>>;  // by source

}  // namespace

struct _GstNvStreamDemux {
  GstElement parent;
  GstPad* sink;
  Settings settings;  // guarded by the object lock
  std::mutex streams_mutex;
  Streams streams;
};

G_DEFINE_FINAL_TYPE(GstNvStreamDemux, gst_nv_stream_demux, GST_TYPE_ELEMENT)

namespace {

// Pads come and go while the streaming thread works with the streams it saw.
Streams streams_of(GstNvStreamDemux* self) {
  const std::lock_guard<std::mutex> lock(self->streams_mutex);
  return self->streams;
}

std::shared_ptr<Stream> stream_of(GstNvStreamDemux* self, unsigned source) {
  const std::lock_guard<std::mutex> lock(self->streams_mutex);
  const auto found = self->streams.find(source);
  return found == self->streams.end() ? nullptr : found->second;
}

// Gives a stream a start of its own and everything else the batches said so far.
void announce(GstNvStreamDemux* self, Stream& stream) {
  if (stream.is_announced) return;
  gchar* id = gst_pad_create_stream_id(stream.pad, GST_ELEMENT(self), GST_PAD_NAME(stream.pad));
  GstEvent* start = gst_event_new_stream_start(id);
  g_free(id);
  guint group = 0;
  GstEvent* start_of_batches = gst_pad_get_sticky_event(self->sink, GST_EVENT_STREAM_START, 0);
  if (start_of_batches && gst_event_parse_group_id(start_of_batches, &group))
    gst_event_set_group_id(start, group);
  if (start_of_batches) gst_event_unref(start_of_batches);
  gst_pad_push_event(stream.pad, start);
  gst_pad_sticky_events_foreach(
      self->sink,
      [](GstPad*, GstEvent** event, gpointer pad) -> gboolean {
        if (GST_EVENT_TYPE(*event) != GST_EVENT_STREAM_START &&
            GST_EVENT_TYPE(*event) != GST_EVENT_EOS)
          gst_pad_push_event(GST_PAD(pad), gst_event_ref(*event));
        return TRUE;
      },
      stream.pad);
  stream.is_announced = true;
  stream.has_ended = false;
}

void end(GstNvStreamDemux* self, Stream& stream) {
  if (stream.has_ended) return;
  announce(self, stream);
  gst_pad_push_event(stream.pad, gst_event_new_eos());
  stream.has_ended = true;
  stream.is_announced = false;  // a source that comes back starts a new stream
  stream.time.reset();
}

GstFlowReturn push(GstNvStreamDemux* self, Stream& stream, guint64 source_pts, GstBuffer* buffer) {
  announce(self, stream);
  GST_BUFFER_PTS(buffer) = stream.time.stamp(source_pts, GST_BUFFER_PTS(buffer));
  GST_LOG_OBJECT(stream.pad, "frame at %" GST_TIME_FORMAT, GST_TIME_ARGS(GST_BUFFER_PTS(buffer)));
  return gst_pad_push(stream.pad, buffer);
}

// A frame on its way to a pad.
struct Outgoing {
  std::shared_ptr<Stream> stream;
  guint64 source_pts;
  GstBuffer* buffer;
};

// Takes the buffer. Everything is copied before anything is pushed, as the batch must not be
// locked while others work with its frames.
std::vector<Outgoing> take_apart(GstNvStreamDemux* self, GstBuffer* buffer, NvDsBatchMeta* batch) {
  std::vector<Outgoing> outgoing;
  if (batch->num_frames_in_batch == 1) {
    const auto* frame = static_cast<NvDsFrameMeta*>(batch->frame_meta_list->data);
    if (auto stream = stream_of(self, frame->pad_index); stream && frame->batch_id == 0) {
      outgoing.push_back({std::move(stream), frame->buf_pts, gst_buffer_make_writable(buffer)});
      return outgoing;
    }
  }
  {
    const pyds::meta::BatchGuard guard(batch);
    for (GList* node = batch->frame_meta_list; node; node = node->next) {
      const auto* frame = static_cast<NvDsFrameMeta*>(node->data);
      auto stream = stream_of(self, frame->pad_index);
      if (!stream) continue;
      GstBuffer* single = pyds::demux::single_frame_buffer(buffer, batch, frame);
      if (single)
        outgoing.push_back({std::move(stream), frame->buf_pts, single});
      else
        GST_WARNING_OBJECT(self, "frame of source %u has no picture %u in its buffer",
                           frame->source_id, frame->batch_id);
    }
  }
  gst_buffer_unref(buffer);
  return outgoing;
}

GstFlowReturn chain(GstPad*, GstObject* parent, GstBuffer* buffer) {
  GstNvStreamDemux* self = GST_NV_STREAM_DEMUX(parent);
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(buffer);
  if (!batch) {
    gst_buffer_unref(buffer);
    GST_ELEMENT_ERROR(self, STREAM, DEMUX, ("The buffer has no batch metadata to take apart."),
                      ("Put nvstreammux in front of %s.", GST_ELEMENT_NAME(self)));
    return GST_FLOW_ERROR;
  }
  bool all_ended = true;
  GstFlowReturn result = GST_FLOW_OK;
  std::vector<Outgoing> outgoing = take_apart(self, buffer, batch);
  for (Outgoing& frame : outgoing) {
    if (result != GST_FLOW_OK) {
      gst_buffer_unref(frame.buffer);
      continue;
    }
    const GstFlowReturn flow = push(self, *frame.stream, frame.source_pts, frame.buffer);
    all_ended = all_ended && flow == GST_FLOW_EOS;
    // A pad that is not linked, yet or any more, and one that wants no more, hold nobody up.
    if (flow == GST_FLOW_FLUSHING || flow < GST_FLOW_EOS) result = flow;
  }
  if (result != GST_FLOW_OK) return result;
  return !outgoing.empty() && all_ended && outgoing.size() == streams_of(self).size() ? GST_FLOW_EOS
                                                                                      : GST_FLOW_OK;
}

// Streams yet to be announced hear of it then.
void push_to_announced(GstNvStreamDemux* self, GstEvent* event) {
  for (const auto& [source, stream] : streams_of(self))
    if (stream->is_announced) gst_pad_push_event(stream->pad, gst_event_ref(event));
}

gboolean sink_event(GstPad* pad, GstObject* parent, GstEvent* event) {
  GstNvStreamDemux* self = GST_NV_STREAM_DEMUX(parent);
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_STREAM_START:
      for (const auto& [source, stream] : streams_of(self)) stream->is_announced = false;
      break;
    case GST_EVENT_EOS:
      for (const auto& [source, stream] : streams_of(self)) end(self, *stream);
      break;
    case GST_EVENT_FLUSH_START:
      for (const auto& [source, stream] : streams_of(self))
        gst_pad_push_event(stream->pad, gst_event_ref(event));
      break;
    case GST_EVENT_FLUSH_STOP:
      for (const auto& [source, stream] : streams_of(self)) {
        gst_pad_push_event(stream->pad, gst_event_ref(event));
        stream->time.reset();
        stream->has_ended = false;
      }
      break;
    case GST_EVENT_SEGMENT:
      push_to_announced(self, event);
      for (const auto& [source, stream] : streams_of(self)) stream->time.reset();
      break;
    default:
      const auto seen = pyds::parse_stream_event(event);
      if (!seen) {
        push_to_announced(self, event);
        break;
      }
      if (const auto stream = stream_of(self, seen->source_id)) {
        if (stream->is_announced) gst_pad_push_event(stream->pad, gst_event_ref(event));
        GST_OBJECT_LOCK(self);
        const bool ends = self->settings.per_stream_eos;
        GST_OBJECT_UNLOCK(self);
        if (ends && seen->kind == pyds::StreamEvent::kEnded) end(self, *stream);
      }
  }
  GST_TRACE_OBJECT(pad, "handled %" GST_PTR_FORMAT, event);
  gst_event_unref(event);
  return TRUE;
}

}  // namespace

static GstPad* gst_nv_stream_demux_request_new_pad(GstElement* element,
                                                   GstPadTemplate* pad_template, const gchar* name,
                                                   const GstCaps*) {
  GstNvStreamDemux* self = GST_NV_STREAM_DEMUX(element);
  const std::lock_guard<std::mutex> lock(self->streams_mutex);
  unsigned source = 0;
  if (name) {
    const char* number = g_str_has_prefix(name, "src_") ? name + strlen("src_") : name;
    const char* last = name + strlen(name);
    const auto [stop, error] = std::from_chars(number, last, source);
    if (number == name || stop != last || error != std::errc()) {
      g_warning("%s: there is no pad %s; request src_N for the frames of the mux's sink_N",
                GST_OBJECT_NAME(self), name);
      return nullptr;
    }
    if (self->streams.count(source)) {
      g_warning("%s: pad src_%u is taken", GST_OBJECT_NAME(self), source);
      return nullptr;
    }
  } else {
    while (self->streams.count(source)) ++source;
  }
  gchar* pad_name = g_strdup_printf("src_%u", source);
  GstPad* pad = gst_pad_new_from_template(pad_template, pad_name);
  g_free(pad_name);
  GST_PAD_SET_PROXY_CAPS(pad);
  gst_pad_use_fixed_caps(pad);
  if (GST_STATE_TARGET(element) > GST_STATE_READY) gst_pad_set_active(pad, TRUE);
  self->streams[source] = std::make_shared<Stream>(pad);
  gst_element_add_pad(element, pad);
  return pad;
}

static void gst_nv_stream_demux_release_pad(GstElement* element, GstPad* pad) {
  GstNvStreamDemux* self = GST_NV_STREAM_DEMUX(element);
  {
    const std::lock_guard<std::mutex> lock(self->streams_mutex);
    for (auto stream = self->streams.begin(); stream != self->streams.end(); ++stream)
      if (stream->second->pad == pad) {
        self->streams.erase(stream);
        break;
      }
  }
  gst_pad_set_active(pad, FALSE);
  gst_element_remove_pad(element, pad);
}

static GstStateChangeReturn gst_nv_stream_demux_change_state(GstElement* element,
                                                             GstStateChange transition) {
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS(gst_nv_stream_demux_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    for (const auto& [source, stream] : streams_of(GST_NV_STREAM_DEMUX(element))) {
      stream->is_announced = stream->has_ended = false;
      stream->time.reset();
    }
  return result;
}

static void gst_nv_stream_demux_set_property(GObject* object, guint id, const GValue* value,
                                             GParamSpec*) {
  GST_OBJECT_LOCK(object);
  properties().set(GST_NV_STREAM_DEMUX(object)->settings, id, value);
  GST_OBJECT_UNLOCK(object);
}

static void gst_nv_stream_demux_get_property(GObject* object, guint id, GValue* value,
                                             GParamSpec*) {
  GST_OBJECT_LOCK(object);
  properties().get(GST_NV_STREAM_DEMUX(object)->settings, id, value);
  GST_OBJECT_UNLOCK(object);
}

static void gst_nv_stream_demux_finalize(GObject* object) {
  GstNvStreamDemux* self = GST_NV_STREAM_DEMUX(object);
  self->streams.~Streams();
  self->streams_mutex.~mutex();
  G_OBJECT_CLASS(gst_nv_stream_demux_parent_class)->finalize(object);
}

static void gst_nv_stream_demux_init(GstNvStreamDemux* self) {
  new (&self->settings) Settings();
  new (&self->streams_mutex) std::mutex();
  new (&self->streams) Streams();
  self->sink = gst_pad_new_from_static_template(&sink_template, "sink");
  gst_pad_set_chain_function(self->sink, chain);
  gst_pad_set_event_function(self->sink, sink_event);
  GST_PAD_SET_PROXY_CAPS(self->sink);
  gst_element_add_pad(GST_ELEMENT(self), self->sink);
}

static void gst_nv_stream_demux_class_init(GstNvStreamDemuxClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_stream_demux_debug, "nvstreamdemux", 0, "streams of batches");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_nv_stream_demux_set_property;
  object_class->get_property = gst_nv_stream_demux_get_property;
  object_class->finalize = gst_nv_stream_demux_finalize;
  properties().install(object_class, GParamFlags(GST_PARAM_MUTABLE_PLAYING));

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  element_class->request_new_pad = gst_nv_stream_demux_request_new_pad;
  element_class->release_pad = gst_nv_stream_demux_release_pad;
  element_class->change_state = gst_nv_stream_demux_change_state;
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(element_class, "Stream demuxer", "Generic/Video/Demuxer",
                                        "Takes the frames of a batch apart, a stream each source",
                                        "pythia-pyds");
}
