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
typedef struct {
  unsigned int classId;
  float left;
  float top;
  float width;
  float height;
  float detectionConfidence;
  float rotation_angle;
} NvDsInferObjectDetectionInfo;

typedef struct {
  unsigned int attributeIndex;
  unsigned int attributeValue;
  float attributeConfidence;
  char* attributeLabel;  // g_malloc'ed by who fills it
} NvDsInferAttribute;

#ifdef __cplusplus
}
#endif
