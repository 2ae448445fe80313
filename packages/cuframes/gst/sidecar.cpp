#include "sidecar.h"

namespace cuframes::gst {

void register_sidecar() {
  static const gchar* const kNoTags[] = {nullptr};
  if (gst_meta_get_info(kSidecarMeta) != nullptr) return;
  gst_meta_register_custom(kSidecarMeta, const_cast<const gchar**>(kNoTags), nullptr, nullptr,
                           nullptr);
}

GBytes* get_sidecar(GstBuffer* buffer) {
  GstCustomMeta* meta = gst_buffer_get_custom_meta(buffer, kSidecarMeta);
  if (meta == nullptr) return nullptr;
  GBytes* bytes = nullptr;
  gst_structure_get(gst_custom_meta_get_structure(meta), kSidecarField, G_TYPE_BYTES, &bytes,
                    nullptr);
  return bytes;
}

void add_sidecar(GstBuffer* buffer, const void* data, gsize size) {
  GstCustomMeta* meta = gst_buffer_add_custom_meta(buffer, kSidecarMeta);
  if (meta == nullptr) return;
  GBytes* bytes = g_bytes_new(data, size);
  gst_structure_set(gst_custom_meta_get_structure(meta), kSidecarField, G_TYPE_BYTES, bytes,
                    nullptr);
  g_bytes_unref(bytes);
}

}  // namespace cuframes::gst
