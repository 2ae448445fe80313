#include "stream_event.h"

namespace pyds {
namespace {

std::optional<StreamEvent::Kind> kind_of(GstEvent* event) {
  switch (GST_EVENT_TYPE(event) >> GST_EVENT_NUM_SHIFT) {
    case 401:
      return StreamEvent::kRemoved;
    case 402:
      return StreamEvent::kEnded;
    case 404:
      return StreamEvent::kReset;
  }
  if (GST_EVENT_TYPE(event) != GST_EVENT_CUSTOM_DOWNSTREAM) return std::nullopt;
  if (gst_event_has_name(event, "pad-deleted")) return StreamEvent::kRemoved;
  if (gst_event_has_name(event, "stream-eos")) return StreamEvent::kEnded;
  if (gst_event_has_name(event, "stream-reset")) return StreamEvent::kReset;
  return std::nullopt;
}

}  // namespace

std::optional<StreamEvent> parse_stream_event(GstEvent* event) {
  const std::optional<StreamEvent::Kind> kind = kind_of(event);
  const GstStructure* structure = gst_event_get_structure(event);
  if (!kind || !structure) return std::nullopt;
  // The field's name differs between muxers; it is the only number in it.
  for (int i = 0; i < gst_structure_n_fields(structure); ++i) {
    guint source_id = 0;
    if (gst_structure_get_uint(structure, gst_structure_nth_field_name(structure, i), &source_id))
      return StreamEvent{*kind, source_id};
  }
  return std::nullopt;
}

}  // namespace pyds
