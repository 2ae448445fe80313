// Writing results into a batch's metadata.
#pragma once

#include <string>
#include <vector>

#include "gstnvdsinfer.h"
#include "infer/config.h"
#include "infer/network.h"
#include "infer/parser.h"
#include "nvdsmeta.h"

namespace pyds {

// Adds an object per detection to the frame, drawn as the class's attributes say. Takes the batch
// lock.
void attach_detections(NvDsBatchMeta* batch, NvDsFrameMeta* frame, const Detections& detections,
                       const InferConfig& config, const std::vector<std::string>& labels);

// Adds the frame's raw tensors as user meta of type NVDSINFER_TENSOR_OUTPUT_META. No copy: they
// share the batch's outputs, and the names in `network`, which must outlive the pipeline's buffers
// only by being shared too.
void attach_tensor_meta(NvDsBatchMeta* batch, NvDsFrameMeta* frame, const BatchResult& result,
                        size_t index, const std::shared_ptr<const Network>& network,
                        const InferConfig& config);

}  // namespace pyds
