// nvurisrcbin: plays a file or a camera and puts its pictures out in NVMM memory.
//
// Looks like one endless stream where asked to: files loop without a gap in their time, and RTSP
// cameras are connected anew when they fail or fall silent.
//
//   gst-launch-1.0 nvurisrcbin uri=file:///video.mp4 file-loop=true ! m.sink_0
//       nvstreammux name=m width=1280 height=720 batch-size=1 ! nvdsosd ! nvvideoconvert !
//       autovideosink
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_URI_SRC_BIN (gst_nv_uri_src_bin_get_type())
G_DECLARE_FINAL_TYPE(GstNvUriSrcBin, gst_nv_uri_src_bin, GST, NV_URI_SRC_BIN, GstBin)

G_END_DECLS
