// Writing results into a batch's metadata.
#pragma once

#include <string>
#include <vector>

#include "gstnvdsinfer.h"
#include "infer/config.h"
#include "infer/instance_parser.h"
#include "infer/network.h"
#include "infer/parser.h"
#include "infer/unit.h"
#include "nvdsmeta.h"

namespace pyds {

// Adds an object per detection to the unit's frame, drawn as the class's attributes say; within an
// object, it is the parent. `masks` is empty or has one for each, which the object takes over with
// the threshold. Takes the batch lock.
void attach_detections(NvDsBatchMeta* batch, const Unit& unit, const Detections& detections,
                       const InferConfig& config, const std::vector<std::string>& labels,
                       std::vector<InstanceMask> masks = {}, float mask_threshold = 0.0f);

// Adds the classification and its labels' text to the object. Nothing happens if there is none.
// Takes the batch lock.
void attach_classification(NvDsBatchMeta* batch, NvDsObjectMeta* object,
                           const Classification& classification, const InferConfig& config);
// The same for a whole frame or a region of it, on an object as large as it that is made for the
// purpose.
void attach_frame_classification(NvDsBatchMeta* batch, const Unit& unit,
                                 const Classification& classification, const InferConfig& config);

// Adds the raw tensors as user meta of type NVDSINFER_TENSOR_OUTPUT_META to the unit's object or
// frame. No copy is made: the meta shares them with their owner. Takes the batch lock.
void attach_tensor_meta(NvDsBatchMeta* batch, const Unit& unit, Layers layers,
                        const Network& network, const InferConfig& config);

// What keeps the tensors of such a meta alive, for use beyond the meta's life.
std::shared_ptr<void> tensor_owner(const NvDsInferTensorMeta& meta);

}  // namespace pyds
