// nvv4l2h264enc and nvv4l2h265enc: encode NVMM pictures with x264 and x265.
//
// x264 reads NV12 and I420 pictures where they are; x265 reads I420, so NV12 is converted for it
// first. Frames are not held back (no lookahead, no reordering unless num-B-Frames asks for it), as
// hardware encoders do not either.
//
//   gst-launch-1.0 videotestsrc num-buffers=100 ! nvvideoconvert ! nvv4l2h264enc bitrate=2000000 !
//       h264parse ! mp4mux ! filesink location=test.mp4
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_V4L2_ENC (gst_nv_v4l2_enc_get_type())
G_DECLARE_DERIVABLE_TYPE(GstNvV4l2Enc, gst_nv_v4l2_enc, GST, NV_V4L2_ENC, GstBin)

struct _GstNvV4l2EncClass {
  GstBinClass parent_class;
  const char* encoder;  // the software encoder's factory
  const char* package;  // that has it, on Debian
};

G_END_DECLS
