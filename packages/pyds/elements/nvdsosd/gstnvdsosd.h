// nvdsosd: draws what the batch metadata asks for into the pictures of a batch.
//
//   gst-launch-1.0 videotestsrc num-buffers=60 ! nvvideoconvert ! m.sink_0
//       nvstreammux name=m width=640 height=480 batch-size=1 ! nvdsosd display-clock=true !
//       nvvideoconvert ! autovideosink
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_DS_OSD (gst_nv_ds_osd_get_type())
G_DECLARE_FINAL_TYPE(GstNvDsOsd, gst_nv_ds_osd, GST, NV_DS_OSD, GstBaseTransform)

G_END_DECLS
