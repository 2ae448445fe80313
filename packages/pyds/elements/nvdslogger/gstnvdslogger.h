// nvdslogger: measures how many frames of each source pass in a second.
//
// Every fps-measurement-interval-sec, and at the end of the stream, the rates are logged
// (GST_DEBUG=nvdslogger:4) and each source gets an element message "fps" on the bus: source-id
// (uint), fps (double, over the interval), average-fps (double, since its first frame) and frames
// (uint64, since the start).
//
//   GST_DEBUG=nvdslogger:4 gst-launch-1.0 videotestsrc is-live=true ! nvvideoconvert ! m.sink_0
//       nvstreammux name=m width=640 height=480 batch-size=1 ! nvdslogger ! fakesink
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_DS_LOGGER (gst_nv_ds_logger_get_type())
G_DECLARE_FINAL_TYPE(GstNvDsLogger, gst_nv_ds_logger, GST, NV_DS_LOGGER, GstBaseTransform)

G_END_DECLS
