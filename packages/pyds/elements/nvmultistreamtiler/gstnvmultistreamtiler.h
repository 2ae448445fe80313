// nvmultistreamtiler: shows the sources of a batch side by side in one picture.
//
// Source N is shown in tile N, row by row; a tile whose source has no frame in the batch is black.
// Metadata moves along: the batch comes out with one frame (source 0) that holds the objects of
// all, placed in the mosaic. Where an object came from stays readable: `obj_meta.reserved` begins
// with the source id and the frame number it was found in.
//
//   gst-launch-1.0 nvstreammux name=m width=1280 height=720 batch-size=2 !
//       nvmultistreamtiler rows=1 columns=2 width=1280 height=360 ! nvdsosd ! nvvideoconvert !
//       autovideosink  videotestsrc ! nvvideoconvert ! m.sink_0
//       videotestsrc pattern=ball ! nvvideoconvert ! m.sink_1
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_MULTI_STREAM_TILER (gst_nv_multi_stream_tiler_get_type())
G_DECLARE_FINAL_TYPE(GstNvMultiStreamTiler, gst_nv_multi_stream_tiler, GST, NV_MULTI_STREAM_TILER,
                     GstBaseTransform)

G_END_DECLS
