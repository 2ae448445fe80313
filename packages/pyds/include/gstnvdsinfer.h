// What nvinfer attaches as user metadata besides objects.
#pragma once

#include "nvdsinfer.h"
#include "nvdsmeta.h"

#ifdef __cplusplus
extern "C" {
#endif

// Raw output tensors of one frame (user meta type NVDSINFER_TENSOR_OUTPUT_META), attached when
// `output-tensor-meta=1`. Valid until the user meta is released; copy what you keep.
typedef struct {
  guint unique_id;  // gie-unique-id of the element that made it
  guint num_output_layers;
  NvDsInferLayerInfo* output_layers_info;
  void** out_buf_ptrs_host;  // host buffer of each layer, for this frame
  void** out_buf_ptrs_dev;   // NULL entries: there is no device memory
  gint gpu_id;
  void* priv_data;
  NvDsInferNetworkInfo network_info;
  gboolean maintain_aspect_ratio;
  gboolean symmetric_padding;
} NvDsInferTensorMeta;

// Classes of the pixels of one frame or object (user meta type NVDSINFER_SEGMENTATION_META).
typedef struct {
  guint classes;
  guint width;                      // of the maps, pixels
  guint height;                     // of the maps, pixels
  gint* class_map;                  // row by row; -1: no class is likely enough
  gfloat* class_probabilities_map;  // classes planes of width * height; may be NULL
  void* priv_data;
  gint unique_id;  // gie-unique-id of the element that made it
} NvDsInferSegmentationMeta;

#ifdef __cplusplus
}
#endif
