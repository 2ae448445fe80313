// Events between elements, by which a muxer or an application says in place between the batches
// what happened to a source.
#pragma once

#include <gst/gst.h>

#ifdef __cplusplus
extern "C" {
#endif

// nvstreammux sends these before the first frame of a source and after the last, when its pad is
// released and when it has ended.
GstEvent* gst_nvevent_new_pad_added(guint source_id);
GstEvent* gst_nvevent_new_pad_deleted(guint source_id);
GstEvent* gst_nvevent_new_stream_eos(guint source_id);
// The stream `source_id` starts anew: its tracker forgets its targets. Sent into a pad of
// nvstreammux, it comes out for the source of that pad.
GstEvent* gst_nvevent_new_stream_reset(guint source_id);
// nvinfer passes over `interval` batches between two inferences from now on. A batch holds frames
// of many streams: whichever is named (a "stream_id" of nvurisrcbin), all are meant.
GstEvent* gst_nvevent_infer_interval_update(const gchar* stream_id, guint interval);
// FALSE for any other event. `stream_id` (to be freed) may be NULL.
gboolean gst_nvevent_parse_infer_interval_update(GstEvent* event, gchar** stream_id,
                                                 guint* interval);

#ifdef __cplusplus
}
#endif
