// Motion between two frames of a source: the payload of a frame user meta of type
// NVDS_OPTICAL_FLOW_META.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _NvOFFlowVector {
  short flowx;
  short flowy;
} NvOFFlowVector;

// `data` holds rows * cols NvOFFlowVector, row by row, one for each block of pixels.
typedef struct _NvDsOpticalFlowMeta {
  unsigned int rows;
  unsigned int cols;
  unsigned int mv_size;    // bytes of one vector
  unsigned int cost_size;  // bytes of one cost
  unsigned long frame_num;
  void* data;
  void* cost;  // may be NULL
  void* priv;
  void* reserved;
} NvDsOpticalFlowMeta;

#ifdef __cplusplus
}
#endif
