// A sink that can open a window here and now.
#pragma once

#include <gst/gst.h>

namespace pyds {

// A floating sink in READY, or nullptr if there is no display (DISPLAY and WAYLAND_DISPLAY unset or
// not answering) or no sink for it is installed.
GstElement* make_window_sink();

}  // namespace pyds
