// NvDsMeta: the GstMeta that carries a batch's metadata on a GstBuffer.
//
// API type "NvDsMetaAPI", implementation "NvDsMeta", tag "nvdsmeta". It is deep-copied when the
// buffer is copied and released with the buffer.
#pragma once

#include <gst/gst.h>

#include "nvdsmeta.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  NVDS_GST_INVALID_META = -1,
  NVDS_BATCH_GST_META = NVDS_GST_CUSTOM_META + 1,
  NVDS_DECODER_GST_META,
  NVDS_DEWARPER_GST_META,
  NVDS_RESERVED_GST_META = NVDS_GST_CUSTOM_META + 4096,
  NVDS_GST_META_FORCE32 = 0x7FFFFFFF
} GstNvDsMetaType;

typedef struct _NvDsMeta {
  GstMeta meta;
  gpointer meta_data;
  gpointer user_data;
  gint meta_type;
  NvDsMetaCopyFunc copyfunc;
  NvDsMetaReleaseFunc freefunc;
  NvDsMetaCopyFunc gst_to_nvds_meta_transform_func;
  NvDsMetaReleaseFunc gst_to_nvds_meta_release_func;
} NvDsMeta;

GType nvds_meta_api_get_type(void);
#define NVDS_META_API_TYPE (nvds_meta_api_get_type())
#define NVDS_META_STRING "nvdsmeta"
const GstMetaInfo* nvds_meta_get_info(void);
#define NVDS_META_INFO (nvds_meta_get_info())

// Attaches `meta_data` to a writable buffer. The caller sets meta_type on the result.
NvDsMeta* gst_buffer_add_nvds_meta(GstBuffer* buffer, gpointer meta_data, gpointer user_data,
                                   NvDsMetaCopyFunc copy_func, NvDsMetaReleaseFunc release_func);
NvDsMeta* gst_buffer_get_nvds_meta(GstBuffer* buffer);
// The batch metadata of a buffer, or NULL. The buffer keeps ownership.
NvDsBatchMeta* gst_buffer_get_nvds_batch_meta(GstBuffer* buffer);

#ifdef __cplusplus
}
#endif
