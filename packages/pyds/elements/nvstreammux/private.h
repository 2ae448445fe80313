// The parts of nvstreammux: the element (gstnvstreammux.cpp), its inputs (input.cpp) and its output
// (output.cpp).
#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "mux/batcher.h"
#include "mux/timeline.h"
#include "nvstreammux/gstnvstreammux.h"
#include "nvstreammux/settings.h"
#include "nvstreammux/source_pad.h"

GST_DEBUG_CATEGORY_EXTERN(gst_nv_streammux_debug);

namespace pyds::mux {

struct State {
  Batcher batcher;
  // What the next element said to the last batch; sources hear it from their next frame.
  std::atomic<GstFlowReturn> flow{GST_FLOW_OK};
  std::atomic<bool> seeking{false};

  std::mutex output_mutex;
  std::optional<GstVideoInfo> output;  // chosen with the first source's caps, then fixed
  guint group_id = 0;

  // Of the output's task.
  Timeline timeline;
  bool stream_is_announced = false;
  bool segment_is_announced = false;
  std::optional<Batcher::Clock::time_point> end_held_since;
};

}  // namespace pyds::mux

struct _GstNvStreammux {
  GstElement parent;
  GstPad* src;
  pyds::mux::Settings settings;  // guarded by the object lock
  pyds::mux::State state;
};

namespace pyds::mux {

inline Settings settings_of(GstNvStreammux* self) {
  GST_OBJECT_LOCK(self);
  Settings settings = self->settings;
  GST_OBJECT_UNLOCK(self);
  return settings;
}

// Makes a sink pad, or null if the name is taken or not sink_N. Not yet added to the element.
GstNvStreammuxPad* make_input(GstNvStreammux* self, GstPadTemplate* pad_template,
                              const gchar* name);
void set_up_output(GstNvStreammux* self);

}  // namespace pyds::mux
