#include "infer/half.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pyds {
namespace {

float widened(uint16_t half) {
  float value;
  half_to_float(&half, 1, &value);
  return value;
}

uint16_t narrowed(float value) {
  uint16_t half;
  float_to_half(&value, 1, &half);
  return half;
}

TEST(Half, KnownValues) {
  EXPECT_EQ(widened(0x3c00), 1.0f);
  EXPECT_EQ(widened(0xc000), -2.0f);
  EXPECT_EQ(widened(0x7bff), 65504.0f);
  EXPECT_EQ(widened(0x0001), std::ldexp(1.0f, -24));
  EXPECT_TRUE(std::isinf(widened(0x7c00)));
  EXPECT_EQ(narrowed(0.1f), 0x2e66);
  EXPECT_EQ(narrowed(1e6f), 0x7c00);
  EXPECT_EQ(narrowed(-1e-10f), 0x8000);
}

TEST(Half, EveryValueSurvivesTheRoundTrip) {
  for (uint32_t half = 0; half < 0x10000; ++half) {
    const float value = widened(uint16_t(half));
    if (std::isnan(value))
      EXPECT_TRUE(std::isnan(widened(narrowed(value))));
    else
      EXPECT_EQ(narrowed(value), half);
  }
}

TEST(Half, RoundsToNearestEven) {
  EXPECT_EQ(narrowed(1.0f + std::ldexp(1.0f, -11)), 0x3c00);
  EXPECT_EQ(narrowed(1.0f + 3 * std::ldexp(1.0f, -11)), 0x3c02);
  EXPECT_EQ(narrowed(65519.0f), 0x7bff);
  EXPECT_EQ(narrowed(65520.0f), 0x7c00);
}

}  // namespace
}  // namespace pyds
