// nvtracker: gives the objects of each source an id that stays the same from frame to frame.
//
//   gst-launch-1.0 uridecodebin uri=file:///video.mp4 ! nvvideoconvert ! m.sink_0
//       nvstreammux name=m width=1280 height=720 batch-size=1 ! nvinfer
//       config-file-path=detector.txt ! nvtracker ! nvdsosd ! nvvideoconvert ! autovideosink
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_TRACKER (gst_nv_tracker_get_type())
G_DECLARE_FINAL_TYPE(GstNvTracker, gst_nv_tracker, GST, NV_TRACKER, GstBaseTransform)

G_END_DECLS
