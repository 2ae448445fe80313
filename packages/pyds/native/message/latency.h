// Notes when frames arrived, for nvds_measure_buffer_latency().
#pragma once

#include <cstdint>

#include "nvdsmeta.h"

namespace pyds::message {

// To be called by the muxer, if measurement is enabled, for a frame that is in its batch.
// `arrival_ns` is since 1970.
void note_arrival(NvDsFrameMeta* frame, uint64_t arrival_ns);

}  // namespace pyds::message
