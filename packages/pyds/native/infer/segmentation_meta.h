// Writing class maps into a batch's metadata.
#pragma once

#include "infer/config.h"
#include "infer/segmentation.h"
#include "infer/unit.h"
#include "nvdsmeta.h"

namespace pyds {

// Adds the map as user meta of type NVDSINFER_SEGMENTATION_META to the unit's object or frame. The
// probabilities are not copied: the meta keeps their owner. Takes the batch lock.
void attach_class_map(NvDsBatchMeta* batch, const Unit& unit, ClassMap map,
                      const InferConfig& config);

}  // namespace pyds
