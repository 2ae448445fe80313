// What a library of one's own for nvmsgconv's property msg2p-lib exports.
//
// nvds_msg2p_ctx_create, nvds_msg2p_ctx_destroy, nvds_msg2p_release and nvds_msg2p_generate must be
// there; the others are needed with multiple-payloads and msg2p-newapi only. The functions are
// called from one thread at a time, with the lock of the batch held.
#pragma once

#include <glib.h>

#include "nvdsmeta_schema.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct NvDsMsg2pCtx {
  NvDsPayloadType payloadType;
  gpointer privData;  // the library's own
} NvDsMsg2pCtx;

// What messages are made from with msg2p-newapi. All of it is borrowed for the call.
typedef struct NvDsMsg2pMetaInfo {
  void* objMeta;     // NvDsObjectMeta, or NULL: the message is about the whole frame
  void* frameMeta;   // NvDsFrameMeta
  gchar* mediaType;  // "video"
  void* datamap;     // NULL
} NvDsMsg2pMetaInfo;

// `file` is the property config, or NULL. NULL means that it failed.
NvDsMsg2pCtx* nvds_msg2p_ctx_create(const gchar* file, NvDsPayloadType type);
void nvds_msg2p_ctx_destroy(NvDsMsg2pCtx* ctx);

// A payload of the `size` events of one frame (of a single event for the full and custom types), or
// NULL. It is copied, then released with nvds_msg2p_release().
NvDsPayload* nvds_msg2p_generate(NvDsMsg2pCtx* ctx, NvDsEvent* events, guint size);
// Several of them in an array that is freed with g_free().
NvDsPayload** nvds_msg2p_generate_multiple(NvDsMsg2pCtx* ctx, NvDsEvent* events, guint size,
                                           guint* payloadCount);
// The same of an NvDsMsg2pMetaInfo.
NvDsPayload* nvds_msg2p_generate_new(NvDsMsg2pCtx* ctx, void* metadataInfo);
NvDsPayload** nvds_msg2p_generate_multiple_new(NvDsMsg2pCtx* ctx, void* metadataInfo,
                                               guint* payloadCount);

void nvds_msg2p_release(NvDsMsg2pCtx* ctx, NvDsPayload* payload);

#ifdef __cplusplus
}
#endif
