// nvsegvisual: shows the classes that nvinfer found for the pixels of a frame, each in its colour.
//
// Every picture of the batch comes out as RGBA of `width` x `height`: the classes alone, or with
// `original-background` laid over the picture. A frame without a class map comes out black, or as
// it is. Other metadata moves along with the pictures.
//
//   gst-launch-1.0 filesrc location=road.mp4 ! decodebin ! m.sink_0
//       nvstreammux name=m width=1280 height=720 batch-size=1 !
//       nvinfer config-file-path=deeplab.txt !
//       nvsegvisual width=1280 height=720 original-background=1 alpha=0.5 ! nvvideoconvert !
//       autovideosink
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_SEG_VISUAL (gst_nv_seg_visual_get_type())
G_DECLARE_FINAL_TYPE(GstNvSegVisual, gst_nv_seg_visual, GST, NV_SEG_VISUAL, GstBaseTransform)

G_END_DECLS
