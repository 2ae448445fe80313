// nvdsanalytics: tells which objects are in regions, cross lines, crowd and where they go.
//
// What to look for is in config-file, by source. Results are user metadata of objects and frames
// (nvds_analytics_meta.h) and, if osd-mode asks for it, display metadata for nvdsosd. An object is
// where the middle of the lower edge of its box is. Crossings and directions need nvtracker.
//
//   gst-launch-1.0 nvstreammux name=m width=1280 height=720 batch-size=1 !
//       nvinfer config-file-path=detector.txt ! nvtracker !
//       nvdsanalytics config-file=analytics.txt ! nvdsosd ! nvvideoconvert ! autovideosink
//       nvurisrcbin uri=file:///video.mp4 ! m.sink_0
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_DS_ANALYTICS (gst_nv_ds_analytics_get_type())
G_DECLARE_FINAL_TYPE(GstNvDsAnalytics, gst_nv_ds_analytics, GST, NV_DS_ANALYTICS, GstBaseTransform)

G_END_DECLS
