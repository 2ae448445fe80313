// Conversion between float32 and IEEE 754 half precision.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pyds {

void half_to_float(const uint16_t* half, size_t count, float* values);
void float_to_half(const float* values, size_t count, uint16_t* half);  // to nearest even

}  // namespace pyds
