// Objects and whole frames as JPEG files or metadata.
//
// A context is used by one thread at a time. Encoding is synchronous: when process returns, the
// file is written and the metadata attached.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "nvbufsurface.h"
#include "nvdsmeta.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FILE_NAME_SIZE (1024)

typedef struct _NvDsObjEncUsrArgs {
  bool saveImg;                      // write a file
  bool attachUsrMeta;                // attach the JPEG to the object (or frame)
  bool scaleImg;                     // to scaledWidth x scaledHeight
  int scaledWidth;                   // pixels
  int scaledHeight;                  // pixels
  char fileNameImg[FILE_NAME_SIZE];  // a name is made if empty
  int objNum;                        // of the object in its frame, for that name
  int quality;                       // 1..100; 0 is the default
  bool isFrame;                      // the whole frame, not the object
  bool calcEncodeTime;               // log how long it took
} NvDsObjEncUsrArgs;

// Payload of an object or frame user meta of type NVDS_CROP_IMAGE_META.
typedef struct _NvDsObjEncOutParams {
  uint8_t* outBuffer;  // g_malloc'ed JPEG, owned by the meta
  uint64_t outLen;     // bytes
} NvDsObjEncOutParams;

typedef struct _NvDsObjEncCtx* NvDsObjEncCtxHandle;

NvDsObjEncCtxHandle nvds_obj_enc_create_context(int gpu_id);
void nvds_obj_enc_destroy_context(NvDsObjEncCtxHandle context);
// Encodes the object (`object` may be NULL for a frame) from the picture of `frame` in `surface`.
// False if nothing was encoded; the reason is logged in the debug category "nvds_obj_encode".
bool nvds_obj_enc_process(NvDsObjEncCtxHandle context, NvDsObjEncUsrArgs* arguments,
                          NvBufSurface* surface, NvDsObjectMeta* object, NvDsFrameMeta* frame);
// Waits until everything is encoded.
void nvds_obj_enc_finish(NvDsObjEncCtxHandle context);

#ifdef __cplusplus
}
#endif
