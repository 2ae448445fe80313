// GstNvDsPreProcessBatchMeta on batches.
#pragma once

#include <cstdint>
#include <memory>

#include "nvdspreprocess_meta.h"

namespace pyds::preprocess {

// A tensor and what it shows, before it is part of a batch.
struct PreparedTensor {
  std::shared_ptr<uint8_t> memory;
  NvDsPreProcessTensorMeta tensor;  // raw_tensor_buffer is set when attached
  std::vector<guint64> target_ids;
  std::vector<NvDsRoiMeta> regions;
};

// Adds it as user meta of type NVDS_PREPROCESS_BATCH_META. Copies of the batch share the tensor;
// their regions name the frames and objects of the copy. Takes the batch lock.
void attach_tensor(NvDsBatchMeta* batch, PreparedTensor prepared);

}  // namespace pyds::preprocess
