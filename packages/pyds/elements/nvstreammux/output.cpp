// The src pad: one thread takes batches and pushes them; queries and seeks come back through it.
#include "base/streaming_thread.h"
#include "gst-nvevent.h"
#include "mux/batch_buffer.h"
#include "nvstreammux/private.h"
#include "nvstreammux/starting_sources.h"
#include "surface/frame_memory.h"

#define GST_CAT_DEFAULT gst_nv_streammux_debug

namespace pyds::mux {
namespace {

// How long the end of all known sources waits for one that is only starting, and how often it
// looks.
constexpr std::chrono::seconds kStartingTime(10);
constexpr std::chrono::milliseconds kStartingInterval(20);

GstNvStreammux* mux_of(GstPad* pad) { return GST_NV_STREAMMUX(GST_OBJECT_PARENT(pad)); }

void announce_stream(GstNvStreammux* self) {
  State& state = self->state;
  if (state.stream_is_announced) return;
  // Not gst_pad_create_stream_id(): with several sources that has none to derive an id from.
  gchar* id = g_strdup_printf("nvstreammux-%08x", g_random_int());
  GstEvent* start = gst_event_new_stream_start(id);
  g_free(id);
  GstCaps* caps = nullptr;
  {
    std::lock_guard<std::mutex> lock(state.output_mutex);
    if (state.group_id == GST_GROUP_ID_INVALID) state.group_id = gst_util_group_id_next();
    gst_event_set_group_id(start, state.group_id);
    if (state.output) caps = nvmm_caps_from_info(*state.output);
  }
  gst_pad_push_event(self->src, start);
  if (caps) {
    gst_pad_push_event(self->src, gst_event_new_caps(caps));
    gst_caps_unref(caps);
  }
  state.stream_is_announced = true;
  state.segment_is_announced = false;
}

// Batches are stamped with running time, so the segment begins at 0. Its stream time is that of
// the first frame: after a seek positions are those in the file.
void announce_segment(GstNvStreammux* self, const Frame* first) {
  State& state = self->state;
  if (state.segment_is_announced) return;
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  if (first && GST_CLOCK_TIME_IS_VALID(first->stream_time) &&
      first->stream_time > first->running_time)
    segment.time = first->stream_time - first->running_time;
  gst_pad_push_event(self->src, gst_event_new_segment(&segment));
  state.segment_is_announced = true;
}

void announce(GstNvStreammux* self, const Batcher::Change& change) {
  switch (change.kind) {
    case Batcher::Change::kAdded:
      gst_pad_push_event(self->src, gst_nvevent_new_pad_added(change.source_id));
      break;
    case Batcher::Change::kRemoved:
      gst_pad_push_event(self->src, gst_nvevent_new_pad_deleted(change.source_id));
      break;
    case Batcher::Change::kRestarted:
      gst_pad_push_event(self->src, gst_nvevent_new_stream_reset(change.source_id));
  }
}

GstFlowReturn push_batch(GstNvStreammux* self, Batcher::Batch& batch) {
  State& state = self->state;
  announce_stream(self);
  announce_segment(self, &batch.frames.front());
  for (const Batcher::Change& change : batch.changes) announce(self, change);
  GstVideoInfo output;
  {
    std::lock_guard<std::mutex> lock(state.output_mutex);
    if (!state.output) return GST_FLOW_FLUSHING;
    output = *state.output;
  }
  const guint64 frame_duration =
      output.fps_n > 0 ? gst_util_uint64_scale_int(GST_SECOND, output.fps_d, output.fps_n) : 0;
  const Timeline::Stamp stamp = state.timeline.stamp(batch.frames, frame_duration);
  GstBuffer* buffer = make_batch_buffer(batch.frames, settings_of(self).batch_size);
  GST_BUFFER_PTS(buffer) = stamp.pts;
  GST_BUFFER_DURATION(buffer) = stamp.duration;
  GST_LOG_OBJECT(self, "batch of %u at %" GST_TIME_FORMAT, guint(batch.frames.size()),
                 GST_TIME_ARGS(stamp.pts));
  return gst_pad_push(self->src, buffer);
}

void push_eos(GstNvStreammux* self) {
  announce_stream(self);
  announce_segment(self, nullptr);
  gst_pad_push_event(self->src, gst_event_new_eos());
  // A source that is added later begins a new stream.
  self->state.stream_is_announced = false;
}

// The end of all sources we know.
void end_or_wait(GstNvStreammux* self) {
  State& state = self->state;
  if (settings_of(self).drop_pipeline_eos) return;
  const std::string starting = find_starting_source(GST_ELEMENT(self));
  if (!starting.empty()) {
    const auto now = Batcher::Clock::now();
    if (!state.end_held_since) {
      GST_DEBUG_OBJECT(self, "all sources have ended, but %s is starting", starting.c_str());
      state.end_held_since = now;
    }
    if (now - *state.end_held_since < kStartingTime) {
      state.batcher.repeat_end(kStartingInterval);
      return;
    }
    GST_WARNING_OBJECT(self, "ending without %s, which has not brought a stream in %d s",
                       starting.c_str(), static_cast<int>(kStartingTime.count()));
  }
  state.end_held_since.reset();
  push_eos(self);
}

// As DeepStream tells applications: an element message, from which they know what to remove. The
// elements downstream hear it in place between the batches.
void report_end(GstNvStreammux* self, guint source_id) {
  GST_DEBUG_OBJECT(self, "source %u has ended", source_id);
  if (self->state.stream_is_announced && self->state.segment_is_announced)
    gst_pad_push_event(self->src, gst_nvevent_new_stream_eos(source_id));
  gst_element_post_message(
      GST_ELEMENT(self), gst_message_new_element(
                             GST_OBJECT(self), gst_structure_new("stream-eos", "stream-id",
                                                                 G_TYPE_UINT, source_id, nullptr)));
}

// Nothing more can be pushed: tell the sources, and whoever watches the bus.
void give_up(GstNvStreammux* self, GstFlowReturn flow) {
  State& state = self->state;
  gst_pad_pause_task(self->src);
  if (flow == GST_FLOW_FLUSHING && state.seeking) return;  // resumed after the seek
  GST_DEBUG_OBJECT(self, "stopping: %s", gst_flow_get_name(flow));
  state.flow = flow;
  state.batcher.stop();
  if (flow == GST_FLOW_EOS) {
    push_eos(self);
  } else if (flow == GST_FLOW_NOT_LINKED || flow < GST_FLOW_EOS) {
    GST_ELEMENT_FLOW_ERROR(self, flow);
    push_eos(self);
  }
}

void loop(gpointer user_data) {
  static thread_local bool entered = false;
  if (!entered) {
    enter_streaming_thread();
    entered = true;
  }
  GstPad* pad = GST_PAD(user_data);
  GstNvStreammux* self = mux_of(pad);
  Batcher::Batch batch;
  switch (self->state.batcher.take(batch)) {
    case Batcher::Taken::kStopped:
      gst_pad_pause_task(pad);
      break;
    case Batcher::Taken::kSourceEnded:
      report_end(self, batch.source_id);
      break;
    case Batcher::Taken::kAllEnded:
      end_or_wait(self);
      break;
    case Batcher::Taken::kBatch: {
      self->state.end_held_since.reset();
      const GstFlowReturn flow = push_batch(self, batch);
      if (flow != GST_FLOW_OK) give_up(self, flow);
    }
  }
}

void start(GstNvStreammux* self) {
  State& state = self->state;
  state.flow = GST_FLOW_OK;
  state.timeline.reset();
  state.stream_is_announced = state.segment_is_announced = false;
  state.end_held_since.reset();
  state.batcher.start();
  gst_pad_start_task(self->src, loop, self->src, nullptr);
}

void stop(GstNvStreammux* self) {
  self->state.batcher.stop();
  gst_pad_stop_task(self->src);
  std::lock_guard<std::mutex> lock(self->state.output_mutex);
  self->state.output.reset();
  self->state.group_id = GST_GROUP_ID_INVALID;
}

gboolean activate_mode(GstPad*, GstObject* parent, GstPadMode mode, gboolean active) {
  if (mode != GST_PAD_MODE_PUSH) return FALSE;
  if (active)
    start(GST_NV_STREAMMUX(parent));
  else
    stop(GST_NV_STREAMMUX(parent));
  return TRUE;
}

template <typename Visit>
void for_each_input(GstNvStreammux* self, Visit visit) {
  gst_element_foreach_sink_pad(
      GST_ELEMENT(self),
      [](GstElement*, GstPad* pad, gpointer data) -> gboolean {
        (*static_cast<Visit*>(data))(pad);
        return TRUE;
      },
      &visit);
}

gboolean seek_inputs(GstNvStreammux* self, GstEvent* event) {
  gboolean any = FALSE;
  for_each_input(self,
                 [&](GstPad* pad) { any = gst_pad_push_event(pad, gst_event_ref(event)) || any; });
  return any;
}

// Every source flushes its own pad. What is downstream of us is flushed once, here.
gboolean seek(GstNvStreammux* self, GstEvent* event) {
  State& state = self->state;
  GstSeekFlags flags;
  gst_event_parse_seek(event, nullptr, nullptr, &flags, nullptr, nullptr, nullptr, nullptr);
  if (!(flags & GST_SEEK_FLAG_FLUSH)) return seek_inputs(self, event);

  const guint32 seqnum = gst_event_get_seqnum(event);
  const auto push = [&](GstEvent* flush) {
    gst_event_set_seqnum(flush, seqnum);
    gst_pad_push_event(self->src, flush);
  };
  state.seeking = true;
  state.batcher.hold(true);
  push(gst_event_new_flush_start());
  gst_pad_pause_task(self->src);
  GST_PAD_STREAM_LOCK(self->src);  // the task has left
  GST_PAD_STREAM_UNLOCK(self->src);
  if (state.flow != GST_FLOW_OK) {
    state.flow = GST_FLOW_OK;
    state.batcher.start();
    state.batcher.hold(true);
  }
  const gboolean sought = seek_inputs(self, event);
  state.timeline.reset();
  state.segment_is_announced = false;
  push(gst_event_new_flush_stop(TRUE));
  state.seeking = false;
  state.batcher.hold(false);
  gst_pad_start_task(self->src, loop, self->src, nullptr);
  return sought;
}

gboolean handle_event(GstPad* pad, GstObject* parent, GstEvent* event) {
  gboolean handled = TRUE;
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_SEEK:
      handled = seek(GST_NV_STREAMMUX(parent), event);
      break;
    // A late batch does not say which source should skip frames; and the batch keeps its format.
    case GST_EVENT_QOS:
    case GST_EVENT_RECONFIGURE:
      break;
    default:
      return gst_pad_event_default(pad, parent, event);
  }
  gst_event_unref(event);
  return handled;
}

gboolean answer_latency(GstNvStreammux* self, GstQuery* query) {
  const Settings settings = settings_of(self);
  bool live = settings.live_source;
  GstClockTime min = 0, max = GST_CLOCK_TIME_NONE;
  for_each_input(self, [&](GstPad* pad) {
    GstQuery* peer_query = gst_query_new_latency();
    if (gst_pad_peer_query(pad, peer_query)) {
      gboolean peer_live;
      GstClockTime peer_min, peer_max;
      gst_query_parse_latency(peer_query, &peer_live, &peer_min, &peer_max);
      if (peer_live) {
        live = true;
        min = MAX(min, peer_min);
        max = MIN(max, peer_max);
      }
    }
    gst_query_unref(peer_query);
  });
  // How long a frame may wait for those of other sources.
  GstClockTime wait = settings.max_latency;
  if (settings.batched_push_timeout > 0) {
    wait += settings.batched_push_timeout * GST_USECOND;
  } else if (settings.batched_push_timeout < 0) {
    std::lock_guard<std::mutex> lock(self->state.output_mutex);
    if (self->state.output && self->state.output->fps_n > 0)
      wait += gst_util_uint64_scale_int(GST_SECOND, self->state.output->fps_d,
                                        self->state.output->fps_n);
  }
  min += wait;
  if (GST_CLOCK_TIME_IS_VALID(max)) max += wait;
  gst_query_set_latency(query, live, min, max);
  return TRUE;
}

// The longest of the sources.
gboolean answer_duration(GstNvStreammux* self, GstQuery* query) {
  GstFormat format;
  gst_query_parse_duration(query, &format, nullptr);
  gint64 longest = -1;
  for_each_input(self, [&](GstPad* pad) {
    gint64 duration;
    if (gst_pad_peer_query_duration(pad, format, &duration)) longest = MAX(longest, duration);
  });
  if (longest < 0) return FALSE;
  gst_query_set_duration(query, format, longest);
  return TRUE;
}

gboolean handle_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  GstNvStreammux* self = GST_NV_STREAMMUX(parent);
  switch (GST_QUERY_TYPE(query)) {
    case GST_QUERY_LATENCY:
      return answer_latency(self, query);
    case GST_QUERY_DURATION:
      return answer_duration(self, query);
    default:
      return gst_pad_query_default(pad, parent, query);
  }
}

}  // namespace

void set_up_output(GstNvStreammux* self) {
  self->state.group_id = GST_GROUP_ID_INVALID;
  gst_pad_set_activatemode_function(self->src, activate_mode);
  gst_pad_set_event_function(self->src, handle_event);
  gst_pad_set_query_function(self->src, handle_query);
  gst_pad_use_fixed_caps(self->src);
}

}  // namespace pyds::mux
