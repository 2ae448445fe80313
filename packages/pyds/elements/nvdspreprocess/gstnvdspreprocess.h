// nvdspreprocess: makes input tensors of frames, of regions of frames or of objects.
//
// What of which source goes into them is in config-file. The tensors travel as batch user metadata
// (nvdspreprocess_meta.h) to every nvinfer with input-tensor-meta=1 whose unique-id is among
// target-unique-ids; what it finds in a region is in pixels of the frame.
//
//   gst-launch-1.0 nvstreammux name=m width=1920 height=1080 batch-size=1 !
//       nvdspreprocess config-file=regions.txt !
//       nvinfer config-file-path=detector.txt input-tensor-meta=1 ! nvdsosd ! nvvideoconvert !
//       autovideosink  nvurisrcbin uri=file:///video.mp4 ! m.sink_0
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_DS_PRE_PROCESS (gst_nv_ds_pre_process_get_type())
G_DECLARE_FINAL_TYPE(GstNvDsPreProcess, gst_nv_ds_pre_process, GST, NV_DS_PRE_PROCESS,
                     GstBaseTransform)

G_END_DECLS
