// Tensors that nvdspreprocess prepares for inference (C++ only: the fields are containers).
//
// user_meta_data of a batch's user meta of type NVDS_PREPROCESS_BATCH_META is a
// GstNvDsPreProcessBatchMeta. A batch has as many of them as it takes to hold its regions.
#pragma once

#include <string>
#include <vector>

#include "nvds_roi_meta.h"

struct NvDsPreProcessTensorMeta {
  void* raw_tensor_buffer = nullptr;  // CPU memory, valid as long as the user meta
  guint64 buffer_size = 0;            // bytes
  std::vector<int> tensor_shape;      // N;C;H;W or N;H;W;C, N the regions in it
  NvDsDataType data_type = NvDsDataType_FP32;
  std::string tensor_name;  // of the model's input
  guint gpu_id = 0;
  void* private_data = nullptr;
  guint meta_id = 0;  // counts the tensors of one batch
  gboolean maintain_aspect_ratio = FALSE;
};

struct GstNvDsPreProcessBatchMeta {
  std::vector<guint64> target_unique_ids;  // unique-id of each nvinfer it is meant for
  NvDsPreProcessTensorMeta* tensor_meta = nullptr;
  std::vector<NvDsRoiMeta> roi_vector;  // one per entry of the tensor
  void* private_data = nullptr;
};
