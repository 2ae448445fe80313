// nvmsgbroker: sends the messages that nvmsgconv made to a message broker.
//
// A thread sends them from a queue, so that the video never waits for the broker. While that is
// away messages wait, queue-size of them at most, and it is tried again and again; at the end of
// the stream what is left has drain-timeout to arrive.
//
//   ... ! nvmsgconv config=sensors.txt
//       ! nvmsgbroker proto-lib=libnvds_kafka_proto.so conn-str="localhost;9092;cameras"
#pragma once

#include <gst/base/gstbasesink.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_MSG_BROKER (gst_nv_msg_broker_get_type())
G_DECLARE_FINAL_TYPE(GstNvMsgBroker, gst_nv_msg_broker, GST, NV_MSG_BROKER, GstBaseSink)

G_END_DECLS
