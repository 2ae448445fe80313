#include "elements.h"
#include "sidecar.h"

#ifndef PACKAGE
#define PACKAGE "cuframes"
#endif

static gboolean plugin_init(GstPlugin* plugin) {
  cuframes::gst::register_sidecar();
  return gst_element_register(plugin, "cuframessink", GST_RANK_NONE, cuframes_sink_get_type()) &&
         gst_element_register(plugin, "cuframessrc", GST_RANK_NONE, cuframes_src_get_type());
}

// GStreamer knows Apache-2.0 by this name.
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, cuframes,
                  "Frames shared between processes without copies", plugin_init, "0.1.0",
                  "Apache 2.0", "cuframes", "https://pypi.org/project/cuframes")
