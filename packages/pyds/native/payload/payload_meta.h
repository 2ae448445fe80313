// Messages as user metadata of type NVDS_PAYLOAD_META, on their way from nvmsgconv to nvmsgbroker.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nvdsmeta.h"

namespace pyds::payload {

// Adds a message to a frame; copies of the metadata have a copy of it. The caller holds the batch's
// lock, as for messages_of().
void add_message(NvDsFrameMeta* frame, const std::string& message, guint component_id);

// The messages of all frames in the order they were added, then those of the batch itself; of one
// component, or of all for 0. Valid while the lock is held.
std::vector<std::string_view> messages_of(NvDsBatchMeta* batch, guint component_id);

}  // namespace pyds::payload
