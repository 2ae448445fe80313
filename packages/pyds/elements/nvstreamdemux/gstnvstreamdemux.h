// nvstreamdemux: takes the frames of a batch apart again, one stream for each source.
//
// Request the pad src_N for the frames of the mux's sink_N, before or while playing; frames nobody
// asked for are dropped. Each comes as a batch of one with its own metadata; pictures are passed
// by reference. All pads are pushed from one thread: put a queue behind each.
//
//   gst-launch-1.0 nvstreammux name=m width=640 height=480 batch-size=2 ! nvstreamdemux name=d
//       videotestsrc ! nvvideoconvert ! m.sink_0  videotestsrc pattern=ball ! nvvideoconvert !
//       m.sink_1  d.src_0 ! queue ! nvvideoconvert ! autovideosink
//       d.src_1 ! queue ! nvvideoconvert ! autovideosink
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_STREAM_DEMUX (gst_nv_stream_demux_get_type())
G_DECLARE_FINAL_TYPE(GstNvStreamDemux, gst_nv_stream_demux, GST, NV_STREAM_DEMUX, GstElement)

G_END_DECLS
