// Row kernels for what libyuv lacks: RGB to YUV with any matrix, one YUV space to another, and YUV
// to RGB with the blue of BT.709 and BT.2020 right (libyuv's x86 code holds factors below 2 only).
//
// Plain loops over fixed-point integers, built for several instruction sets; the loader picks.
// Chroma is planar here: interleaved samples would halve the speed, and libyuv splits and merges
// them for next to nothing.
#pragma once

#include <cstdint>

namespace pyds {

// out = (weight . bytes 0..2 of a pixel + bias) >> 16, for a full-range RGB pixel of four bytes.
struct RgbWeights {
  int32_t byte0, byte1, byte2;
  int32_t bias;
};
void rgb32_to_luma_row(const uint8_t* pixels, int width, const RgbWeights& weights, uint8_t* luma);

// Chroma of the 2x2 means of two rows; the bias belongs to one pixel, as above.
void rgb32_to_chroma_row(const uint8_t* row0, const uint8_t* row1, int width,
                         const RgbWeights& u_weights, const RgbWeights& v_weights, uint8_t* u,
                         uint8_t* v);

// YUV to full-range RGB pixels of four bytes (the fourth 255). Factors have 12 fractional bits,
// that of luma 13; the sums 5.
struct YuvWeights {
  int16_t y, byte0_u, byte0_v, byte1_u, byte1_v, byte2_u, byte2_v;
  int16_t black;  // luma of black
};
void yuv_to_rgb32_row(const uint8_t* luma, const uint8_t* u, const uint8_t* v, int width,
                      const YuvWeights& weights, uint8_t* pixels);

// Between YUV spaces grey stays grey: luma gains an offset from chroma, chroma only mixes.
struct YuvMix {
  int32_t y_scale, y_from_u, y_from_v;  // 16 fractional bits
  int32_t u_from_u, u_from_v, v_from_u, v_from_v;
  int32_t y_from, y_to;  // black before and after
};
void remap_chroma_row(const uint8_t* u, const uint8_t* v, int columns, const YuvMix& mix,
                      uint8_t* out_u, uint8_t* out_v);
// `u` and `v` are the original chroma of the row.
void remap_luma_row(const uint8_t* luma, const uint8_t* u, const uint8_t* v, int width,
                    const YuvMix& mix, uint8_t* out);
// The same for grey (no chroma).
void remap_grey_row(const uint8_t* luma, int width, const YuvMix& mix, uint8_t* out);

// Four-byte pixels with red and blue exchanged or not, and alpha set to 255 or kept.
void reorder_rgb32_row(const uint8_t* pixels, int width, bool swap_red_blue, bool keep_alpha,
                       uint8_t* out);
// Grey repeated into `channels` (3 or 4) bytes, the fourth 255.
void grey_to_rgb_row(const uint8_t* grey, int width, int channels, uint8_t* out);

}  // namespace pyds
