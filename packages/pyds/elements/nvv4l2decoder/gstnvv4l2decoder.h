// nvv4l2decoder: a bin around the best installed software decoder that puts frames into NVMM.
//
// Output is `video/x-raw(memory:NVMM)` in NV12 (one pass over each decoded frame), or system memory
// if what is linked to it takes nothing else. The decoder is chosen when the caps of the stream
// arrive.
//
// Its rank is above that of the decoders it wraps, so decodebin & co. plug it: with this plugin in
// the search path every autoplugged video comes in NVMM. Stock consumers still work, because the
// first frame they refuse is offered again in system memory.
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_V4L2_DECODER (gst_nv_v4l2_decoder_get_type())
G_DECLARE_FINAL_TYPE(GstNvV4l2Decoder, gst_nv_v4l2_decoder, GST, NV_V4L2_DECODER, GstBin)

G_END_DECLS
