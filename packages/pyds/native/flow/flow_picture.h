// Motion as colours: the hue is the direction, the brightness the speed.
#pragma once

#include <cstdint>

#include "nvds_opticalflow_meta.h"

namespace pyds::flow {

// The speed that is shown brightest is that of the fastest block, but at least this one, so that
// the noise of a still scene stays dark.
inline constexpr float kLeastBrightest = 2;  // pixels per frame

// Writes an RGBA pixel per block. Red goes right, yellow-green down, cyan left, violet up; what
// stands still is black.
void paint_flow(const NvDsOpticalFlowMeta& flow, uint8_t* rgba);

}  // namespace pyds::flow
