// The sink pads: what each source's thread does.
#include "nvstreammux/output_format.h"
#include "nvstreammux/private.h"
#include "stream_event.h"
#include "surface/frame_memory.h"

#define GST_CAT_DEFAULT gst_nv_streammux_debug

namespace pyds::mux {
namespace {

SourceState& state_of(GstPad* pad) { return GST_NV_STREAMMUX_PAD(pad)->state; }

// The format of batches; chosen now if this is the first source. Returns what is wrong, or nothing.
std::string find_output_format(GstNvStreammux* self, const GstVideoInfo& source, bool nvmm,
                               const Settings& settings, GstVideoInfo& output) {
  std::lock_guard<std::mutex> lock(self->state.output_mutex);
  if (!self->state.output) {
    GstVideoInfo chosen;
    std::string problem = choose_output_format(self->src, settings, source, nvmm, chosen);
    if (!problem.empty()) return problem;
    self->state.output = chosen;
  }
  output = *self->state.output;
  return {};
}

bool take_caps(GstNvStreammux* self, GstPad* pad, GstCaps* caps) {
  GstVideoInfo info, output;
  if (!gst_video_info_from_caps(&info, caps)) return false;
  const bool nvmm = has_nvmm_feature(caps);
  const Settings settings = settings_of(self);
  const std::string problem = find_output_format(self, info, nvmm, settings, output);
  if (!problem.empty()) {
    GST_ELEMENT_ERROR(self, CORE, NEGOTIATION,
                      ("%s cannot make batches: %s.", GST_OBJECT_NAME(self), problem.c_str()),
                      ("first source: %s", GST_PAD_NAME(pad)));
    return false;
  }
  state_of(pad).set_format(info, nvmm, output, settings);
  return true;
}

GstFlowReturn chain(GstPad* pad, GstObject* parent, GstBuffer* buffer) {
  GstNvStreammux* self = GST_NV_STREAMMUX(parent);
  SourceState& source = state_of(pad);
  if (!source.fitter) {
    gst_buffer_unref(buffer);
    return GST_FLOW_NOT_NEGOTIATED;
  }
  Frame frame;
  std::string problem = "its format is not supported";
  const Accepted accepted = make_frame(source, buffer, settings_of(self), frame, problem);
  gst_buffer_unref(buffer);
  switch (accepted) {
    case Accepted::kOutsideSegment:
      return GST_FLOW_OK;
    case Accepted::kNo:
      GST_ELEMENT_ERROR(self, STREAM, FORMAT,
                        ("%s cannot use the frame that came to %s: %s.", GST_OBJECT_NAME(self),
                         GST_PAD_NAME(pad), problem.c_str()),
                        (nullptr));
      return GST_FLOW_ERROR;
    case Accepted::kYes:
      break;
  }
  switch (self->state.batcher.push(*source.queue, std::move(frame))) {
    case Batcher::Pushed::kAccepted:
      return GST_FLOW_OK;
    case Batcher::Pushed::kEnded:
      return GST_FLOW_EOS;
    case Batcher::Pushed::kFlushing:
      break;
  }
  const GstFlowReturn flow = self->state.flow;
  return flow == GST_FLOW_OK ? GST_FLOW_FLUSHING : flow;
}

// The source begins another stream, or says that what follows has nothing to do with the past.
void restart(GstNvStreammux* self, SourceState& source) {
  self->state.batcher.restart(*source.queue);
  if (settings_of(self).frame_num_reset_on_stream_reset) source.next_frame = 0;
}

void start_stream(GstNvStreammux* self, GstPad* pad, GstEvent* event) {
  SourceState& source = state_of(pad);
  guint group_id;
  if (gst_event_parse_group_id(event, &group_id)) {
    std::lock_guard<std::mutex> lock(self->state.output_mutex);
    if (self->state.group_id == GST_GROUP_ID_INVALID) self->state.group_id = group_id;
  }
  if (source.has_stream) restart(self, source);
  source.has_stream = true;
  self->state.batcher.resume(*source.queue);
}

// Events of one source end here: the output has a stream, segment and caps of its own. Tags
// describe one source and not the batch, and are dropped.
gboolean handle_event(GstPad* pad, GstObject* parent, GstEvent* event) {
  GstNvStreammux* self = GST_NV_STREAMMUX(parent);
  SourceState& source = state_of(pad);
  Batcher& batcher = self->state.batcher;
  gboolean handled = TRUE;
  GST_LOG_OBJECT(pad, "%" GST_PTR_FORMAT, event);
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_STREAM_START:
      start_stream(self, pad, event);
      break;
    case GST_EVENT_CAPS: {
      GstCaps* caps;
      gst_event_parse_caps(event, &caps);
      handled = take_caps(self, pad, caps);
      break;
    }
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment(event, &source.segment);
      break;
    case GST_EVENT_GAP:
      batcher.gap(*source.queue);
      break;
    case GST_EVENT_EOS:
      batcher.end(*source.queue);
      if (settings_of(self).frame_num_reset_on_eos) source.next_frame = 0;
      break;
    case GST_EVENT_FLUSH_START:
      batcher.flush_start(*source.queue);
      break;
    case GST_EVENT_FLUSH_STOP:
      batcher.flush_stop(*source.queue);
      gst_segment_init(&source.segment, GST_FORMAT_UNDEFINED);
      break;
    default:
      if (const auto seen = parse_stream_event(event); seen && seen->kind == StreamEvent::kReset)
        restart(self, source);
  }
  gst_event_unref(event);
  return handled;
}

gboolean handle_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  if (GST_QUERY_TYPE(query) == GST_QUERY_ALLOCATION) {
    // Any strides are fine: spares decoders a copy of their own.
    gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
    return TRUE;
  }
  return gst_pad_query_default(pad, parent, query);
}

gboolean activate_mode(GstPad* pad, GstObject*, GstPadMode mode, gboolean active) {
  if (mode != GST_PAD_MODE_PUSH) return FALSE;
  if (active) state_of(pad).reset();
  return TRUE;
}

void linked(GstPad* pad, GstPad*, GstNvStreammux* self) {
  self->state.batcher.set_linked(*state_of(pad).queue, true);
}

void unlinked(GstPad* pad, GstPad*, GstNvStreammux* self) {
  self->state.batcher.set_linked(*state_of(pad).queue, false);
}

// The N of a free name sink_N.
bool choose_id(GstNvStreammux* self, const gchar* name, guint& id) {
  const auto is_free = [&](guint candidate) {
    gchar* pad_name = g_strdup_printf("sink_%u", candidate);
    GstPad* taken = gst_element_get_static_pad(GST_ELEMENT(self), pad_name);
    g_free(pad_name);
    if (taken) gst_object_unref(taken);
    return !taken;
  };
  if (!name) {
    for (id = 0; !is_free(id);) ++id;
    return true;
  }
  guint64 number;
  if (!g_str_has_prefix(name, "sink_") ||
      !g_ascii_string_to_unsigned(name + 5, 10, 0, G_MAXINT, &number, nullptr))
    return false;
  id = static_cast<guint>(number);
  return is_free(id);
}

}  // namespace

GstNvStreammuxPad* make_input(GstNvStreammux* self, GstPadTemplate* pad_template,
                              const gchar* name) {
  guint id;
  if (!choose_id(self, name, id)) {
    GST_WARNING_OBJECT(self, "no pad %s: pads are named sink_N, and each N is there once", name);
    return nullptr;
  }
  gchar* pad_name = g_strdup_printf("sink_%u", id);
  auto* source =
      GST_NV_STREAMMUX_PAD(g_object_new(GST_TYPE_NV_STREAMMUX_PAD, "name", pad_name, "direction",
                                        GST_PAD_SINK, "template", pad_template, nullptr));
  g_free(pad_name);
  source->state.id = id;
  source->state.queue = self->state.batcher.add(id);
  GstPad* pad = GST_PAD(source);
  gst_pad_set_chain_function(pad, chain);
  gst_pad_set_event_function(pad, handle_event);
  gst_pad_set_query_function(pad, handle_query);
  gst_pad_set_activatemode_function(pad, activate_mode);
  g_signal_connect(pad, "linked", G_CALLBACK(linked), self);
  g_signal_connect(pad, "unlinked", G_CALLBACK(unlinked), self);
  return source;
}

}  // namespace pyds::mux
