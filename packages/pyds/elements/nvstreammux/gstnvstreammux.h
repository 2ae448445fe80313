// nvstreammux: makes batches of the frames of several sources, scaled to one size.
//
//   gst-launch-1.0 videotestsrc ! m.sink_0  videotestsrc pattern=ball ! m.sink_1
//       nvstreammux name=m width=640 height=360 batch-size=2 ! nvdsosd ! fakesink
//
// A GstElement of its own, not a GstAggregator: sources are scaled each in its own streaming thread
// and wait there when their queue is full, a batch waits for what its sources can deliver and not
// for the clock, and the end, flush or removal of one source must leave the others alone. With
// GstAggregator all of that would be done against the base class.
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_STREAMMUX (gst_nv_streammux_get_type())
G_DECLARE_FINAL_TYPE(GstNvStreammux, gst_nv_streammux, GST, NV_STREAMMUX, GstElement)

G_END_DECLS
