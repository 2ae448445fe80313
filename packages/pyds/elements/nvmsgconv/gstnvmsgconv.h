// nvmsgconv: makes messages of events and metadata.
//
// A message becomes user metadata of the frame it is about, of type NVDS_PAYLOAD_META with an
// NvDsPayload, which nvmsgbroker sends. Its schema is payload-type's, filled from event messages
// (NVDS_EVENT_MSG_META) or, with msg2p-newapi, from the frame's objects, and from the file config.
//
//   ... ! nvinfer config-file-path=detector.txt
//       ! nvmsgconv config=sensors.txt payload-type=1 msg2p-newapi=true frame-interval=1
//       ! nvmsgbroker proto-lib=libnvds_redis_proto.so conn-str="localhost;6379;cameras"
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_MSG_CONV (gst_nv_msg_conv_get_type())
G_DECLARE_FINAL_TYPE(GstNvMsgConv, gst_nv_msg_conv, GST, NV_MSG_CONV, GstBaseTransform)

G_END_DECLS
