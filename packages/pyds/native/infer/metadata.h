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

// Adds the frame's raw tensors as user meta of type NVDSINFER_TENSOR_OUTPUT_META. No copy is made:
// the meta shares them with their owner. Takes the batch lock.
void attach_tensor_meta(NvDsBatchMeta* batch, NvDsFrameMeta* frame, Layers layers,
                        const Network& network, const InferConfig& config);

// What keeps the tensors of such a meta alive, for use beyond the meta's life.
std::shared_ptr<void> tensor_owner(const NvDsInferTensorMeta& meta);

}  // namespace pyds
