// Inference results as parsers and probes see them.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

#define NVDSINFER_MAX_DIMS 8

typedef enum { FLOAT = 0, HALF = 1, INT8 = 2, INT32 = 3, INT64 = 4, UINT8 = 5 } NvDsInferDataType;

typedef struct {
  unsigned int numDims;
  unsigned int d[NVDSINFER_MAX_DIMS];
  unsigned int numElements;
} NvDsInferDims;

typedef struct {
  unsigned int c;
  unsigned int h;
  unsigned int w;
} NvDsInferDimsCHW;

// One bound tensor of one frame: `inferDims` is without the batch axis, `buffer` is that frame's
// contiguous data in host memory.
typedef struct {
  NvDsInferDataType dataType;
  union {
    NvDsInferDims inferDims;
    NvDsInferDims dims;
  };
  int bindingIndex;
  const char* layerName;
  void* buffer;
  int isInput;
} NvDsInferLayerInfo;

typedef struct {
  unsigned int width;
  unsigned int height;
  unsigned int channels;
} NvDsInferNetworkInfo;

// One detection in network pixels.
typedef struct NvDsInferObjectDetectionInfo {
  unsigned int classId;
  float left;
  float top;
  float width;
  float height;
  float detectionConfidence;
#if defined(__cplusplus) && __cplusplus >= 201402L
  float rotation_angle = 0.0f;  // parsers older than this field do not set it
#else
  float rotation_angle;
#endif
} NvDsInferObjectDetectionInfo;

typedef NvDsInferObjectDetectionInfo NvDsInferParseObjectInfo;  // its old name

// One detection in network pixels, with the mask that is stretched over its box: mask_height rows
// of mask_width values. A parser allocates `mask` by new float[]; who called it deletes it.
typedef struct {
  unsigned int classId;
  float left;
  float top;
  float width;
  float height;
  float detectionConfidence;
  float* mask;
  unsigned int mask_width;
  unsigned int mask_height;
  unsigned int mask_size;  // bytes
} NvDsInferInstanceMaskInfo;

typedef struct {
  unsigned int attributeIndex;
  unsigned int attributeValue;
  float attributeConfidence;
  char* attributeLabel;  // strdup'ed by who fills it, freed by who called; may be NULL
} NvDsInferAttribute;

#ifdef __cplusplus
}
#endif
