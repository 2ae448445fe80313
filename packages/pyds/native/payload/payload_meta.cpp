#include "payload/payload_meta.h"

#include <glib.h>

#include "nvdsmeta_schema.h"

namespace pyds::payload {
namespace {

NvDsPayload* new_payload(const void* bytes, guint size, guint component_id) {
  auto* payload = g_new(NvDsPayload, 1);
  *payload = {g_memdup2(bytes, size), size, component_id};
  return payload;
}

NvDsPayload* payload_of(gpointer user_meta) {
  return static_cast<NvDsPayload*>(static_cast<NvDsUserMeta*>(user_meta)->user_meta_data);
}

gpointer copy_payload(gpointer data, gpointer) {
  const NvDsPayload* payload = payload_of(data);
  return new_payload(payload->payload, payload->payloadSize, payload->componentId);
}

void free_payload(gpointer data, gpointer) {
  NvDsPayload* payload = payload_of(data);
  if (!payload) return;
  g_free(payload->payload);
  g_free(payload);
  static_cast<NvDsUserMeta*>(data)->user_meta_data = nullptr;
}

// Frames have their newest user metadata first, batches last.
void collect(GList* list, guint component_id, bool newest_first,
             std::vector<std::string_view>& messages) {
  if (newest_first) list = g_list_last(list);
  for (GList* node = list; node; node = newest_first ? node->prev : node->next) {
    const auto* user_meta = static_cast<NvDsUserMeta*>(node->data);
    if (user_meta->base_meta.meta_type != NVDS_PAYLOAD_META) continue;
    const NvDsPayload* payload = payload_of(node->data);
    if (!payload || !payload->payload || !payload->payloadSize) continue;
    if (component_id && payload->componentId != component_id) continue;
    messages.emplace_back(static_cast<const char*>(payload->payload), payload->payloadSize);
  }
}

}  // namespace

void add_message(NvDsFrameMeta* frame, const std::string& message, guint component_id) {
  NvDsUserMeta* user_meta = nvds_acquire_user_meta_from_pool(frame->base_meta.batch_meta);
  user_meta->user_meta_data = new_payload(message.data(), guint(message.size()), component_id);
  user_meta->base_meta.meta_type = NVDS_PAYLOAD_META;
  user_meta->base_meta.copy_func = copy_payload;
  user_meta->base_meta.release_func = free_payload;
  nvds_add_user_meta_to_frame(frame, user_meta);
}

std::vector<std::string_view> messages_of(NvDsBatchMeta* batch, guint component_id) {
  std::vector<std::string_view> messages;
  for (GList* node = batch->frame_meta_list; node; node = node->next)
    collect(static_cast<NvDsFrameMeta*>(node->data)->frame_user_meta_list, component_id, true,
            messages);
  collect(batch->batch_user_meta_list, component_id, false, messages);
  return messages;
}

}  // namespace pyds::payload
