// nvinfer: runs a neural network on the pictures of a batch and writes what it finds into the
// metadata.
//
//   gst-launch-1.0 filesrc location=street.mp4 ! qtdemux ! h264parse ! nvv4l2decoder ! m.sink_0
//       nvstreammux name=m width=1280 height=720 batch-size=1 !
//       nvinfer config-file-path=detector.txt ! nvdsosd ! nvvideoconvert ! autovideosink
//
// Threads: the streaming thread turns pictures into tensors; workers infer and write metadata; the
// source pad's task pushes buffers in the order they came.
#pragma once

#include <gst/gst.h>

#include <string>

#include "infer/config.h"

G_BEGIN_DECLS

#define GST_TYPE_NV_INFER (gst_nv_infer_get_type())
G_DECLARE_DERIVABLE_TYPE(GstNvInfer, gst_nv_infer, GST, NV_INFER, GstElement)

struct _GstNvInferClass {
  GstElementClass parent_class;
  // Reads the file that config-file-path names. Throws pyds::ConfigError.
  pyds::InferConfig (*read_config)(const std::string& file);
};

G_END_DECLS
