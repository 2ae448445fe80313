// nvof: how the content of each frame has moved since the frame before of the same source.
//
// Attaches a vector per 4x4 pixels, in 1/32 of a pixel, as frame user metadata
// (nvds_opticalflow_meta.h). The first frame of a source has none.
//
//   gst-launch-1.0 nvstreammux name=m width=1280 height=720 batch-size=1 ! nvof ! nvofvisual !
//       nvvideoconvert ! autovideosink  nvurisrcbin uri=file:///video.mp4 ! m.sink_0
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_OF (gst_nv_of_get_type())
G_DECLARE_FINAL_TYPE(GstNvOf, gst_nv_of, GST, NV_OF, GstBaseTransform)

G_END_DECLS
