// NvDsOpticalFlowMeta on frames.
#pragma once

#include <memory>
#include <vector>

#include "flow/estimator.h"
#include "nvdsmeta.h"

namespace pyds::flow {

using Vectors = std::shared_ptr<std::vector<NvOFFlowVector>>;

// Attaches the vectors of a grid as user meta of type NVDS_OPTICAL_FLOW_META. Copies of the batch
// share them. The caller holds the batch lock.
void attach_flow(NvDsFrameMeta* frame, Grid grid, Vectors vectors);

// What was attached last, or nullptr. The caller holds the batch lock.
const NvDsOpticalFlowMeta* flow_of(const NvDsFrameMeta* frame);

}  // namespace pyds::flow
