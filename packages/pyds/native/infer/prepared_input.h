// Tensors that come with the batch, from nvdspreprocess, instead of being made here.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "infer/config.h"
#include "infer/network.h"
#include "infer/unit.h"
#include "nvdsmeta.h"
#include "nvdspreprocess_meta.h"
#include "surface/frame_memory.h"

namespace pyds {

struct PreparedInput {
  uint8_t* data;  // of the first unit; the others follow
  std::vector<Unit> units;
};

// The tensors of a batch that are meant for the element of `config`, at most as large as the
// network's batches. They live as long as the batch's metadata. Regions whose frame or object is
// gone are left out. Throws ConfigError if a tensor is not what the network takes. The caller holds
// the batch lock.
std::vector<PreparedInput> find_prepared_inputs(const NvDsBatchMeta* batch,
                                                const FrameMemory& memory, const Network& network,
                                                const InferConfig& config);

}  // namespace pyds
