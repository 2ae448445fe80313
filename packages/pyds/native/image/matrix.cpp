#include "image/matrix.h"

#include <cmath>

namespace pyds {
namespace {

constexpr double kOne = 65536;

int32_t fixed(double value) { return int32_t(std::lround(value * kOne)); }

struct Space {
  double kr, kg, kb;
  double y_scale, c_scale;  // of full-range values
  int black;
};

Space space_of(const GstVideoColorimetry& colorimetry) {
  Space space = {};
  if (!gst_video_color_matrix_get_Kr_Kb(colorimetry.matrix, &space.kr, &space.kb)) {
    space.kr = 0.299;
    space.kb = 0.114;
  }
  space.kg = 1 - space.kr - space.kb;
  const bool limited = colorimetry.range == GST_VIDEO_COLOR_RANGE_16_235;
  space.y_scale = limited ? 219 / 255.0 : 1;
  space.c_scale = limited ? 224 / 255.0 : 1;
  space.black = limited ? 16 : 0;
  return space;
}

RgbWeights weights(double red, double green, double blue, double offset, bool red_first) {
  return {fixed(red_first ? red : blue), fixed(green), fixed(red_first ? blue : red),
          fixed(offset) + int32_t(kOne) / 2};
}

}  // namespace

RgbToYuv rgb_to_yuv_weights(const GstVideoColorimetry& to, bool red_first) {
  const Space s = space_of(to);
  const double u = s.c_scale / (2 * (1 - s.kb));
  const double v = s.c_scale / (2 * (1 - s.kr));
  return {weights(s.y_scale * s.kr, s.y_scale * s.kg, s.y_scale * s.kb, s.black, red_first),
          weights(-u * s.kr, -u * s.kg, u * (1 - s.kb), 128, red_first),
          weights(v * (1 - s.kr), -v * s.kg, -v * s.kb, 128, red_first)};
}

YuvMix yuv_mix(const GstVideoColorimetry& from, const GstVideoColorimetry& to) {
  const Space f = space_of(from);
  const Space t = space_of(to);
  // R - Y and B - Y of the source for one unit of chroma; G follows from Y = kr R + kg G + kb B.
  const double red_per_v = 2 * (1 - f.kr) / f.c_scale;
  const double blue_per_u = 2 * (1 - f.kb) / f.c_scale;
  const double green_per_u = -blue_per_u * f.kb / f.kg;
  const double green_per_v = -red_per_v * f.kr / f.kg;
  // Full-range luma of the destination gained from the source's chroma.
  const double luma_per_u = t.kg * green_per_u + t.kb * blue_per_u;
  const double luma_per_v = t.kg * green_per_v + t.kr * red_per_v;
  const double u_scale = t.c_scale / (2 * (1 - t.kb));
  const double v_scale = t.c_scale / (2 * (1 - t.kr));

  YuvMix mix = {};
  mix.y_scale = fixed(t.y_scale / f.y_scale);
  mix.y_from_u = fixed(t.y_scale * luma_per_u);
  mix.y_from_v = fixed(t.y_scale * luma_per_v);
  mix.u_from_u = fixed(u_scale * (blue_per_u - luma_per_u));
  mix.u_from_v = fixed(u_scale * -luma_per_v);
  mix.v_from_u = fixed(v_scale * -luma_per_u);
  mix.v_from_v = fixed(v_scale * (red_per_v - luma_per_v));
  mix.y_from = f.black;
  mix.y_to = t.black;
  return mix;
}

YuvWeights yuv_to_rgb_weights(const GstVideoColorimetry& from, bool red_first) {
  const Space s = space_of(from);
  const auto weight = [](double value) { return int16_t(std::lround(value * (1 << 12))); };
  const double red_per_v = 2 * (1 - s.kr) / s.c_scale;
  const double blue_per_u = 2 * (1 - s.kb) / s.c_scale;
  YuvWeights weights = {};
  weights.y = weight(2 / s.y_scale);
  weights.black = int16_t(s.black);
  weights.byte1_u = weight(-blue_per_u * s.kb / s.kg);
  weights.byte1_v = weight(-red_per_v * s.kr / s.kg);
  (red_first ? weights.byte0_v : weights.byte2_v) = weight(red_per_v);
  (red_first ? weights.byte2_u : weights.byte0_u) = weight(blue_per_u);
  return weights;
}

}  // namespace pyds
