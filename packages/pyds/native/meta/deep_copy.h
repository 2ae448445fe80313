// Deep copies of a single meta. Whole lists and batches: nvds_copy_*() in nvdsmeta.h.
#pragma once

#include "nvdsmeta.h"

namespace pyds::meta {

// Adds a copy of `frame` and of all that is in it to another batch. The caller holds the locks of
// both.
NvDsFrameMeta* copy_frame(const NvDsFrameMeta* frame, NvDsBatchMeta* batch);

}  // namespace pyds::meta
