// What happened to one source of the batches, as the muxer tells it in place between them.
#pragma once

#include <gst/gst.h>

#include <optional>

namespace pyds {

struct StreamEvent {
  enum Kind { kRemoved, kEnded, kReset };
  Kind kind;
  unsigned source_id;
};

// Understands the custom events of DeepStream (types 401, 402 and 404) and downstream events that
// carry a structure "pad-deleted", "stream-eos" or "stream-reset". Nothing for any other event.
std::optional<StreamEvent> parse_stream_event(GstEvent* event);

}  // namespace pyds
