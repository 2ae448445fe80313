// nvvideoconvert: converts, scales, crops and flips video, and moves it into and out of NVMM.
//
// Every picture of a batch is converted; leaving NVMM takes batches of one. Without work to do
// buffers pass by reference, and out of NVMM without copying where downstream can read our rows.
// Metadata follows the pictures.
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_VIDEO_CONVERT (gst_nv_video_convert_get_type())
G_DECLARE_FINAL_TYPE(GstNvVideoConvert, gst_nv_video_convert, GST, NV_VIDEO_CONVERT,
                     GstBaseTransform)

G_END_DECLS
