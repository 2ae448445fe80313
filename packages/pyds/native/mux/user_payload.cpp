#include "mux/user_payload.h"

#include <utility>

namespace pyds::mux {

std::vector<UserPayload> UserPayload::of(GstBuffer* buffer) {
  std::vector<UserPayload> payloads;
  gpointer state = nullptr;
  while (GstMeta* meta = gst_buffer_iterate_meta_filtered(buffer, &state, NVDS_META_API_TYPE)) {
    const auto* source = reinterpret_cast<const NvDsMeta*>(meta);
    const NvDsMetaCopyFunc transform = source->gst_to_nvds_meta_transform_func;
    if (!transform || source->meta_type == NVDS_BATCH_GST_META) continue;
    // The function reads the GstMeta's data where later copies will find the payload.
    NvDsUserMeta original = {};
    original.base_meta.meta_type = static_cast<NvDsMetaType>(source->meta_type);
    original.user_meta_data = source->meta_data;
    if (void* data = transform(&original, nullptr))
      payloads.push_back(UserPayload(original.base_meta.meta_type, data, transform,
                                     source->gst_to_nvds_meta_release_func));
  }
  return payloads;
}

UserPayload::UserPayload(NvDsMetaType type, void* data, NvDsMetaCopyFunc copy,
                         NvDsMetaReleaseFunc release) {
  meta_.base_meta.meta_type = type;
  meta_.base_meta.copy_func = copy;
  meta_.base_meta.release_func = release;
  meta_.user_meta_data = data;
}

UserPayload::UserPayload(UserPayload&& other) noexcept
    : meta_(std::exchange(other.meta_, NvDsUserMeta{})) {}

UserPayload& UserPayload::operator=(UserPayload&& other) noexcept {
  std::swap(meta_, other.meta_);
  return *this;
}

UserPayload::~UserPayload() {
  if (meta_.user_meta_data && meta_.base_meta.release_func)
    meta_.base_meta.release_func(&meta_, nullptr);
}

void UserPayload::give_to(NvDsFrameMeta* frame) {
  NvDsUserMeta* user = nvds_acquire_user_meta_from_pool(frame->base_meta.batch_meta);
  user->base_meta.meta_type = meta_.base_meta.meta_type;
  user->base_meta.copy_func = meta_.base_meta.copy_func;
  user->base_meta.release_func = meta_.base_meta.release_func;
  user->user_meta_data = std::exchange(meta_.user_meta_data, nullptr);
  nvds_add_user_meta_to_frame(frame, user);
}

}  // namespace pyds::mux
