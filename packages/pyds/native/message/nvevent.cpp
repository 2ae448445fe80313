#include "gst-nvevent.h"

namespace {

// Among DeepStream's custom events, 400 to 410. Serialized: they stay between the batches they were
// sent between.
constexpr int kStreamReset = 404;
constexpr int kIntervalUpdate = 406;

GstEvent* make_event(int number, GstStructure* structure) {
  constexpr int kFlags = GST_EVENT_TYPE_DOWNSTREAM | GST_EVENT_TYPE_SERIALIZED;
  return gst_event_new_custom(static_cast<GstEventType>(GST_EVENT_MAKE_TYPE(number, kFlags)),
                              structure);
}

}  // namespace

GstEvent* gst_nvevent_new_stream_reset(guint source_id) {
  return make_event(kStreamReset, gst_structure_new("nv-stream-reset", "source-id", G_TYPE_UINT,
                                                    source_id, nullptr));
}

GstEvent* gst_nvevent_infer_interval_update(const gchar* stream_id, guint interval) {
  return make_event(kIntervalUpdate,
                    gst_structure_new("nv-infer-interval-update", "stream_id", G_TYPE_STRING,
                                      stream_id, "interval", G_TYPE_UINT, interval, nullptr));
}

gboolean gst_nvevent_parse_infer_interval_update(GstEvent* event, gchar** stream_id,
                                                 guint* interval) {
  if (GST_EVENT_TYPE(event) >> GST_EVENT_NUM_SHIFT != kIntervalUpdate) return FALSE;
  const GstStructure* structure = gst_event_get_structure(event);
  if (!structure || !gst_structure_get_uint(structure, "interval", interval)) return FALSE;
  if (stream_id) *stream_id = g_strdup(gst_structure_get_string(structure, "stream_id"));
  return TRUE;
}
