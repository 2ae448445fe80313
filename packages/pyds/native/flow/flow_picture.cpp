#include "flow/flow_picture.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace pyds::flow {
namespace {

constexpr float kUnitsPerPixel = 32;  // S10.5

// One channel of a colour of full saturation: 1 within 60 degrees of its own hue, 0 from 120 on.
float channel(float hue_degrees, float own_degrees) {
  const float turn = std::fabs(hue_degrees - own_degrees);
  const float distance = std::min(turn, 360 - turn);
  return std::clamp(2 - distance / 60, 0.0f, 1.0f);
}

}  // namespace

void paint_flow(const NvDsOpticalFlowMeta& flow, uint8_t* rgba) {
  const auto* vectors = static_cast<const NvOFFlowVector*>(flow.data);
  const size_t count = size_t{flow.rows} * flow.cols;
  const auto speed = [](const NvOFFlowVector& v) {
    return std::hypot(float(v.flowx), float(v.flowy));
  };
  float brightest = kLeastBrightest * kUnitsPerPixel;
  for (size_t i = 0; i < count; ++i) brightest = std::max(brightest, speed(vectors[i]));
  for (size_t i = 0; i < count; ++i, rgba += 4) {
    const float value = 255 * speed(vectors[i]) / brightest;
    float hue = std::atan2(float(vectors[i].flowy), float(vectors[i].flowx)) * float(180 / M_PI);
    if (hue < 0) hue += 360;
    rgba[0] = uint8_t(value * channel(hue, 0) + 0.5f);
    rgba[1] = uint8_t(value * channel(hue, 120) + 0.5f);
    rgba[2] = uint8_t(value * channel(hue, 240) + 0.5f);
    rgba[3] = 255;
  }
}

}  // namespace pyds::flow
