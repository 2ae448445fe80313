#include "infer/half.h"

#include <cstring>

namespace pyds {
namespace {

float from_bits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

uint32_t to_bits(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

// Multiplying by 2^112 moves the exponent from half's bias to float's, subnormals included.
float widen(uint16_t half) {
  const uint32_t magnitude = uint32_t(half & 0x7fff) << 13;
  const uint32_t sign = uint32_t(half & 0x8000) << 16;
  if ((half & 0x7c00) == 0x7c00) return from_bits(sign | 0x7f800000 | (magnitude & 0x7fffff));
  return from_bits(sign | to_bits(from_bits(magnitude) * 0x1p112f));
}

uint16_t narrow(float value) {
  const uint32_t bits = to_bits(value);
  const auto sign = uint16_t((bits >> 16) & 0x8000);
  const uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;   // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00;  // rounds past the largest half
  if (magnitude < 0x38800000) {
    // Subnormal: adding 0.5 rounds the value to multiples of 2^-24, kept in the low bits.
    const uint32_t sum = to_bits(from_bits(magnitude) + 0.5f);
    return uint16_t(sign | (sum - 0x3f000000));
  }
  const uint32_t rounded = magnitude + 0xfff + ((magnitude >> 13) & 1);
  return uint16_t(sign | ((rounded - 0x38000000) >> 13));
}

}  // namespace

void half_to_float(const uint16_t* half, size_t count, float* values) {
  for (size_t i = 0; i < count; ++i) values[i] = widen(half[i]);
}

void float_to_half(const float* values, size_t count, uint16_t* half) {
  for (size_t i = 0; i < count; ++i) half[i] = narrow(values[i]);
}

}  // namespace pyds
