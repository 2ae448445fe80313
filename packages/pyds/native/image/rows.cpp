#include "image/rows.h"

#include <algorithm>
#include <cstring>

#include "image/row_kernel.h"

namespace pyds {
namespace {

constexpr int kHalf = 1 << 15;

inline uint32_t load_pixel(const uint8_t* pixels, int index) {
  uint32_t pixel;
  std::memcpy(&pixel, pixels + 4 * index, sizeof pixel);
  return pixel;
}

inline void store_pixel(uint8_t* pixels, int index, uint32_t pixel) {
  std::memcpy(pixels + 4 * index, &pixel, sizeof pixel);
}

inline uint8_t to_byte(int32_t value) { return uint8_t(std::min(std::max(value, 0), 255)); }

// The product's high half, rounded: one instruction (pmulhrsw) that compilers recognise.
inline int16_t multiply(int16_t a, int16_t b) {
  return int16_t((((int32_t(a) * b) >> 14) + 1) >> 1);
}

// Chroma samples worked on at once in yuv_to_rgb32_row().
constexpr int kChromaBlock = 128;
constexpr int kHalfOf5Bits = 1 << 4;

inline uint8_t from_5_bits(int value) { return to_byte(int16_t(value) >> 5); }

// Sums of four pixels: bytes 0 and 2 in the halves of one word, byte 1 in another.
inline uint8_t mean_chroma(uint32_t even, uint32_t odd, const RgbWeights& weights) {
  const int32_t sum = weights.byte0 * int32_t(even & 0xffff) + weights.byte1 * int32_t(odd) +
                      weights.byte2 * int32_t(even >> 16);
  return to_byte((sum + 4 * weights.bias) >> 18);
}

}  // namespace

PYDS_ROW_KERNEL
void rgb32_to_luma_row(const uint8_t* __restrict pixels, int width, const RgbWeights& weights,
                       uint8_t* __restrict luma) {
  const RgbWeights w = weights;
  for (int x = 0; x < width; ++x) {
    const uint32_t pixel = load_pixel(pixels, x);
    luma[x] = uint8_t((w.byte0 * int32_t(pixel & 0xff) + w.byte1 * int32_t((pixel >> 8) & 0xff) +
                       w.byte2 * int32_t((pixel >> 16) & 0xff) + w.bias) >>
                      16);
  }
}

PYDS_ROW_KERNEL
void rgb32_to_chroma_row(const uint8_t* __restrict row0, const uint8_t* __restrict row1, int width,
                         const RgbWeights& u_weights, const RgbWeights& v_weights,
                         uint8_t* __restrict u, uint8_t* __restrict v) {
  const RgbWeights wu = u_weights;
  const RgbWeights wv = v_weights;
  const auto even_bytes = [](uint32_t pixel) { return pixel & 0x00ff00ff; };
  const auto odd_byte = [](uint32_t pixel) { return (pixel >> 8) & 0xff; };
  const int pairs = width / 2;
  for (int x = 0; x < pairs; ++x) {
    const uint32_t a = load_pixel(row0, 2 * x), b = load_pixel(row0, 2 * x + 1);
    const uint32_t c = load_pixel(row1, 2 * x), d = load_pixel(row1, 2 * x + 1);
    const uint32_t even = even_bytes(a) + even_bytes(b) + even_bytes(c) + even_bytes(d);
    const uint32_t odd = odd_byte(a) + odd_byte(b) + odd_byte(c) + odd_byte(d);
    u[x] = mean_chroma(even, odd, wu);
    v[x] = mean_chroma(even, odd, wv);
  }
  if (width % 2) {
    const uint32_t a = load_pixel(row0, width - 1), c = load_pixel(row1, width - 1);
    const uint32_t even = 2 * (even_bytes(a) + even_bytes(c));
    const uint32_t odd = 2 * (odd_byte(a) + odd_byte(c));
    u[pairs] = mean_chroma(even, odd, wu);
    v[pairs] = mean_chroma(even, odd, wv);
  }
}

PYDS_ROW_KERNEL
void yuv_to_rgb32_row(const uint8_t* luma, const uint8_t* u, const uint8_t* v, int width,
                      const YuvWeights& weights, uint8_t* pixels) {
  const YuvWeights w = weights;
  for (int start = 0; start < width; start += 2 * kChromaBlock) {
    const int columns = std::min(width - start, 2 * kChromaBlock);
    // What chroma adds to each byte, for both pixels it covers.
    int16_t added[3][2 * kChromaBlock];
    for (int c = 0; c < (columns + 1) / 2; ++c) {
      const int16_t cu = int16_t((u[start / 2 + c] - 128) * 256);
      const int16_t cv = int16_t((v[start / 2 + c] - 128) * 256);
      added[0][2 * c] = added[0][2 * c + 1] = multiply(cu, w.byte0_u) + multiply(cv, w.byte0_v);
      added[1][2 * c] = added[1][2 * c + 1] = multiply(cu, w.byte1_u) + multiply(cv, w.byte1_v);
      added[2][2 * c] = added[2][2 * c + 1] = multiply(cu, w.byte2_u) + multiply(cv, w.byte2_v);
    }
    for (int x = 0; x < columns; ++x) {
      const int16_t y = multiply(int16_t((luma[start + x] - w.black) * 128), w.y) + kHalfOf5Bits;
      const uint32_t byte0 = from_5_bits(y + added[0][x]);
      const uint32_t byte1 = from_5_bits(y + added[1][x]);
      const uint32_t byte2 = from_5_bits(y + added[2][x]);
      store_pixel(pixels, start + x, byte0 | byte1 << 8 | byte2 << 16 | 0xff000000u);
    }
  }
}

PYDS_ROW_KERNEL
void remap_chroma_row(const uint8_t* __restrict u, const uint8_t* __restrict v, int columns,
                      const YuvMix& mix, uint8_t* __restrict out_u, uint8_t* __restrict out_v) {
  const YuvMix m = mix;
  for (int x = 0; x < columns; ++x) {
    const int32_t cu = u[x] - 128, cv = v[x] - 128;
    out_u[x] = to_byte(((m.u_from_u * cu + m.u_from_v * cv + kHalf) >> 16) + 128);
    out_v[x] = to_byte(((m.v_from_u * cu + m.v_from_v * cv + kHalf) >> 16) + 128);
  }
}

PYDS_ROW_KERNEL
void remap_luma_row(const uint8_t* __restrict luma, const uint8_t* __restrict u,
                    const uint8_t* __restrict v, int width, const YuvMix& mix,
                    uint8_t* __restrict out) {
  const YuvMix m = mix;
  const int offset = kHalf - m.y_scale * m.y_from + (m.y_to << 16);
  const auto from_chroma = [&](int c) {
    return m.y_from_u * (u[c] - 128) + m.y_from_v * (v[c] - 128) + offset;
  };
  for (int c = 0; c < width / 2; ++c) {
    const int32_t added = from_chroma(c);
    out[2 * c] = to_byte((m.y_scale * luma[2 * c] + added) >> 16);
    out[2 * c + 1] = to_byte((m.y_scale * luma[2 * c + 1] + added) >> 16);
  }
  if (width % 2)
    out[width - 1] = to_byte((m.y_scale * luma[width - 1] + from_chroma(width / 2)) >> 16);
}

PYDS_ROW_KERNEL
void remap_grey_row(const uint8_t* __restrict luma, int width, const YuvMix& mix,
                    uint8_t* __restrict out) {
  const YuvMix m = mix;
  for (int x = 0; x < width; ++x)
    out[x] = to_byte(((m.y_scale * (luma[x] - m.y_from) + kHalf) >> 16) + m.y_to);
}

PYDS_ROW_KERNEL
void reorder_rgb32_row(const uint8_t* pixels, int width, bool swap_red_blue, bool keep_alpha,
                       uint8_t* out) {
  const uint32_t alpha = keep_alpha ? 0 : 0xff000000;
  if (swap_red_blue) {
    for (int x = 0; x < width; ++x) {
      const uint32_t pixel = load_pixel(pixels, x);
      store_pixel(out, x,
                  (pixel & 0xff00ff00) | ((pixel >> 16) & 0xff) | ((pixel & 0xff) << 16) | alpha);
    }
  } else {
    for (int x = 0; x < width; ++x) store_pixel(out, x, load_pixel(pixels, x) | alpha);
  }
}

PYDS_ROW_KERNEL
void grey_to_rgb_row(const uint8_t* grey, int width, int channels, uint8_t* out) {
  if (channels == 4) {
    for (int x = 0; x < width; ++x) store_pixel(out, x, grey[x] * 0x010101u | 0xff000000u);
  } else {
    for (int x = 0; x < width; ++x) out[3 * x] = out[3 * x + 1] = out[3 * x + 2] = grey[x];
  }
}

}  // namespace pyds
