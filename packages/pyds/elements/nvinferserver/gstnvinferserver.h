// nvinferserver: nvinfer with the configuration of DeepStream's Triton element, for models in a
// model repository. They run in this process, by the same engines; no server is asked.
//
//   gst-launch-1.0 filesrc location=street.mp4 ! qtdemux ! h264parse ! nvv4l2decoder ! m.sink_0
//       nvstreammux name=m width=1280 height=720 batch-size=1 !
//       nvinferserver config-file-path=detector.pbtxt ! nvdsosd ! nvvideoconvert ! autovideosink
#pragma once

#include "nvinfer/gstnvinfer.h"

G_BEGIN_DECLS

#define GST_TYPE_NV_INFER_SERVER (gst_nv_infer_server_get_type())
G_DECLARE_FINAL_TYPE(GstNvInferServer, gst_nv_infer_server, GST, NV_INFER_SERVER, GstNvInfer)

G_END_DECLS
