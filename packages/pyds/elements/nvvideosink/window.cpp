#include "nvvideosink/window.h"

#include <initializer_list>

namespace pyds {
namespace {

bool is_set(const char* variable) {
  const char* value = g_getenv(variable);
  return value && *value;
}

// The first sink that gets to READY, which is where sinks connect to their display.
GstElement* first_working(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    GstElement* sink = gst_element_factory_make(name, nullptr);
    if (!sink) continue;
    if (gst_element_set_state(sink, GST_STATE_READY) == GST_STATE_CHANGE_SUCCESS) return sink;
    gst_element_set_state(sink, GST_STATE_NULL);
    gst_object_unref(gst_object_ref_sink(sink));
  }
  return nullptr;
}

}  // namespace

GstElement* make_window_sink() {
  GstElement* sink = nullptr;
  if (is_set("WAYLAND_DISPLAY")) sink = first_working({"waylandsink", "glimagesink"});
  if (!sink && is_set("DISPLAY"))
    sink = first_working({"xvimagesink", "ximagesink", "glimagesink"});
  return sink;
}

}  // namespace pyds
