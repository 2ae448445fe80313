// nveglglessink and nv3dsink: a bin that shows NVMM or system video in a window.
//
// Without a display, frames are dropped in step with the clock (unless sync is off), and the
// element says so once with a warning in the log and an INFO message on the bus.
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_VIDEO_SINK (gst_nv_video_sink_get_type())
G_DECLARE_DERIVABLE_TYPE(GstNvVideoSink, gst_nv_video_sink, GST, NV_VIDEO_SINK, GstBin)

// The same element under the names of the two platforms.
GType gst_nv_egl_gles_sink_get_type(void);
GType gst_nv_3d_sink_get_type(void);

struct _GstNvVideoSinkClass {
  GstBinClass parent_class;
};

G_END_DECLS
