#include "gstnvdsmeta.h"

namespace {

gboolean init_meta(GstMeta* meta, gpointer, GstBuffer*) {
  auto* nvds_meta = reinterpret_cast<NvDsMeta*>(meta);
  nvds_meta->meta_data = nullptr;
  nvds_meta->user_data = nullptr;
  nvds_meta->meta_type = NVDS_GST_INVALID_META;
  nvds_meta->copyfunc = nullptr;
  nvds_meta->freefunc = nullptr;
  nvds_meta->gst_to_nvds_meta_transform_func = nullptr;
  nvds_meta->gst_to_nvds_meta_release_func = nullptr;
  return TRUE;
}

void free_meta(GstMeta* meta, GstBuffer*) {
  auto* nvds_meta = reinterpret_cast<NvDsMeta*>(meta);
  if (nvds_meta->freefunc) nvds_meta->freefunc(nvds_meta->meta_data, nvds_meta->user_data);
}

gboolean transform_meta(GstBuffer* to, GstMeta* meta, GstBuffer*, GQuark type, gpointer) {
  auto* source = reinterpret_cast<NvDsMeta*>(meta);
  if (!GST_META_TRANSFORM_IS_COPY(type) || !source->copyfunc) return FALSE;
  gpointer data = source->copyfunc(source->meta_data, source->user_data);
  NvDsMeta* copy =
      gst_buffer_add_nvds_meta(to, data, source->user_data, source->copyfunc, source->freefunc);
  if (!copy) {
    if (source->freefunc) source->freefunc(data, source->user_data);
    return FALSE;
  }
  copy->meta_type = source->meta_type;
  copy->gst_to_nvds_meta_transform_func = source->gst_to_nvds_meta_transform_func;
  copy->gst_to_nvds_meta_release_func = source->gst_to_nvds_meta_release_func;
  return TRUE;
}

}  // namespace

GType nvds_meta_api_get_type(void) {
  static const GType type = [] {
    const gchar* tags[] = {NVDS_META_STRING, nullptr};
    return gst_meta_api_type_register("NvDsMetaAPI", tags);
  }();
  return type;
}

const GstMetaInfo* nvds_meta_get_info(void) {
  static const GstMetaInfo* const info = gst_meta_register(
      NVDS_META_API_TYPE, "NvDsMeta", sizeof(NvDsMeta), init_meta, free_meta, transform_meta);
  return info;
}

NvDsMeta* gst_buffer_add_nvds_meta(GstBuffer* buffer, gpointer meta_data, gpointer user_data,
                                   NvDsMetaCopyFunc copy_func, NvDsMetaReleaseFunc release_func) {
  g_return_val_if_fail(GST_IS_BUFFER(buffer) && gst_buffer_is_writable(buffer), nullptr);
  auto* meta = reinterpret_cast<NvDsMeta*>(gst_buffer_add_meta(buffer, NVDS_META_INFO, nullptr));
  if (!meta) return nullptr;
  meta->meta_data = meta_data;
  meta->user_data = user_data;
  meta->copyfunc = copy_func;
  meta->freefunc = release_func;
  return meta;
}

NvDsMeta* gst_buffer_get_nvds_meta(GstBuffer* buffer) {
  return reinterpret_cast<NvDsMeta*>(gst_buffer_get_meta(buffer, NVDS_META_API_TYPE));
}

NvDsBatchMeta* gst_buffer_get_nvds_batch_meta(GstBuffer* buffer) {
  gpointer state = nullptr;
  while (GstMeta* meta = gst_buffer_iterate_meta_filtered(buffer, &state, NVDS_META_API_TYPE)) {
    auto* nvds_meta = reinterpret_cast<NvDsMeta*>(meta);
    if (nvds_meta->meta_type == NVDS_BATCH_GST_META)
      return static_cast<NvDsBatchMeta*>(nvds_meta->meta_data);
  }
  return nullptr;
}
