#include "message/latency.h"

#include <cstring>

#include "gstnvdsmeta.h"
#include "meta/list.h"
#include "nvds_latency_meta.h"

namespace pyds::message {
namespace {

// Payload of a batch user meta, so that it stays where a tiler joins frames.
struct Arrival {
  guint source_id;
  gint frame_num;
  uint64_t time_ns;
};

gpointer copy_arrival(gpointer data, gpointer) {
  return g_memdup2(static_cast<NvDsUserMeta*>(data)->user_meta_data, sizeof(Arrival));
}

void free_arrival(gpointer data, gpointer) {
  g_clear_pointer(&static_cast<NvDsUserMeta*>(data)->user_meta_data, g_free);
}

}  // namespace

void note_arrival(NvDsFrameMeta* frame, uint64_t arrival_ns) {
  NvDsBatchMeta* batch = frame->base_meta.batch_meta;
  NvDsUserMeta* user_meta = nvds_acquire_user_meta_from_pool(batch);
  auto* arrival = g_new(Arrival, 1);
  *arrival = {frame->source_id, frame->frame_num, arrival_ns};
  user_meta->user_meta_data = arrival;
  user_meta->base_meta.meta_type = NVDS_LATENCY_MEASUREMENT_META;
  user_meta->base_meta.copy_func = copy_arrival;
  user_meta->base_meta.release_func = free_arrival;
  nvds_add_user_meta_to_batch(batch, user_meta);
}

}  // namespace pyds::message

gboolean nvds_get_enable_latency_measurement(void) {
  static const bool enabled = [] {
    const char* value = g_getenv("NVDS_ENABLE_LATENCY_MEASUREMENT");
    return value && std::strcmp(value, "1") == 0;
  }();
  return enabled;
}

guint nvds_measure_buffer_latency(GstBuffer* buffer, NvDsFrameLatencyInfo* latency_info) {
  if (!nvds_get_enable_latency_measurement()) return 0;
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(buffer);
  if (!batch) return 0;
  const double now_ms = g_get_real_time() / 1e3;
  guint count = 0;
  const pyds::meta::BatchGuard guard(batch);
  for (GList* node = batch->batch_user_meta_list; node; node = node->next) {
    const auto* user_meta = static_cast<NvDsUserMeta*>(node->data);
    if (user_meta->base_meta.release_func != pyds::message::free_arrival ||
        count == batch->max_frames_in_batch)
      continue;
    const auto& arrival = *static_cast<pyds::message::Arrival*>(user_meta->user_meta_data);
    const double arrival_ms = arrival.time_ns / 1e6;
    latency_info[count++] = {arrival.source_id, static_cast<guint>(arrival.frame_num), arrival_ms,
                             now_ms - arrival_ms};
  }
  return count;
}
