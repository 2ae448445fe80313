// The embedding of an object as public metadata.
#pragma once

#include <cstddef>

#include "nvdsmeta.h"

namespace pyds::track {

// Attaches a NvDsObjReid with a copy of the values to the object. The caller holds the batch lock.
void attach_reid(const float* values, size_t size, NvDsObjectMeta* object);

}  // namespace pyds::track
