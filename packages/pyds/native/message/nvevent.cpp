#include "gst-nvevent.h"

namespace {

// Among DeepStream's custom events, 400 to 410. Serialized: they stay between the batches they were
// sent between.
constexpr int kPadAdded = 400;
constexpr int kPadDeleted = 401;
constexpr int kStreamEos = 402;
constexpr int kStreamReset = 404;
constexpr int kIntervalUpdate = 406;

GstEvent* make_event(int number, GstStructure* structure) {
  constexpr int kFlags = GST_EVENT_TYPE_DOWNSTREAM | GST_EVENT_TYPE_SERIALIZED;
  return gst_event_new_custom(static_cast<GstEventType>(GST_EVENT_MAKE_TYPE(number, kFlags)),
                              structure);
}

GstEvent* make_source_event(int number, const char* name, const char* field, guint source_id) {
  return make_event(number, gst_structure_new(name, field, G_TYPE_UINT, source_id, nullptr));
}

}  // namespace

GstEvent* gst_nvevent_new_pad_added(guint source_id) {
  return make_source_event(kPadAdded, "nv-pad-added", "pad-id", source_id);
}

GstEvent* gst_nvevent_new_pad_deleted(guint source_id) {
  return make_source_event(kPadDeleted, "nv-pad-deleted", "pad-id", source_id);
}

GstEvent* gst_nvevent_new_stream_eos(guint source_id) {
  return make_source_event(kStreamEos, "nv-stream-eos", "source-id", source_id);
}

GstEvent* gst_nvevent_new_stream_reset(guint source_id) {
  return make_source_event(kStreamReset, "nv-stream-reset", "source-id", source_id);
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
