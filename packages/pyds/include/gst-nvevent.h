// Events an application sends to elements upstream or downstream of it.
#pragma once

#include <gst/gst.h>

#ifdef __cplusplus
extern "C" {
#endif

// The stream `source_id` starts anew: its tracker forgets its targets.
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
