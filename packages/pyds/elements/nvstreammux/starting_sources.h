// Sources that the mux does not know yet.
//
// A decoder bin linked by name (`uridecodebin3 uri=... ! mux.`) gets its pad on the mux only when
// it knows its streams. Meanwhile short sources may all have ended: that must not end the pipeline.
#pragma once

#include <gst/gst.h>

#include <string>

namespace pyds::mux {

// The name of an element beside `mux` that runs and can have src pads, but has none yet; empty if
// there is none.
std::string find_starting_source(GstElement* mux);

}  // namespace pyds::mux
