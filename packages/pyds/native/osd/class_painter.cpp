#include "osd/class_painter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

// Looking colours up is a gather, blending them arithmetic on bytes: vectorise both.
#pragma GCC optimize("O3")

namespace pyds::osd {
namespace {

constexpr int kColours = 255;

uint32_t pack(const std::array<uint8_t, 4>& rgba) {
  uint32_t packed;
  std::memcpy(&packed, rgba.data(), sizeof packed);
  return packed;
}

// The bits of the number, dealt out to red, green and blue from the highest bit down: neighbours
// differ much. The colours of the PASCAL VOC data set are made in this way, too.
uint32_t deal_out(unsigned number) {
  std::array<uint8_t, 4> rgba = {0, 0, 0, 255};
  for (int bit = 7; number; --bit, number >>= 3)
    for (size_t channel = 0; channel < 3; ++channel)
      rgba[channel] = uint8_t(rgba[channel] | ((number >> channel & 1) << bit));
  return pack(rgba);
}

// Index 0 is no class.
const std::array<uint32_t, kColours + 1>& palette() {
  static const auto colours = [] {
    std::array<uint32_t, kColours + 1> made;
    for (unsigned i = 0; i <= kColours; ++i) made[i] = deal_out(i);
    return made;
  }();
  return colours;
}

size_t palette_index(int class_id) { return class_id < 0 ? 0 : size_t(class_id % kColours) + 1; }

// Calls row(y, classes) with the class of each pixel of a row of the picture; rows that show the
// same row of the map get the same pointer.
template <typename Row>
void for_each_row(const NvDsInferSegmentationMeta& map, const Picture& picture, Row row) {
  if (map.width == 0 || map.height == 0 || !map.class_map) return;
  thread_local std::vector<int> classes;
  classes.resize(size_t(picture.width));
  unsigned last = map.height;
  for (int y = 0; y < picture.height; ++y) {
    const unsigned map_y = unsigned(uint64_t(y) * map.height / unsigned(picture.height));
    if (map_y != last) {
      const int* source = map.class_map + size_t(map_y) * map.width;
      // 16.16 steps from the middle of the first pixel.
      const uint64_t step = (uint64_t{map.width} << 16) / unsigned(picture.width);
      uint64_t x = step / 2;
      for (int& id : classes) {
        id = source[x >> 16];
        x += step;
      }
      last = map_y;
    }
    row(y, classes);
  }
}

uint8_t* row_of(Picture& picture, int y) {
  return picture.plane[0] + ptrdiff_t{y} * picture.stride[0];
}

}  // namespace

uint32_t class_colour(int class_id) { return palette()[palette_index(class_id)]; }

void paint_classes(const NvDsInferSegmentationMeta& map, Picture& picture) {
  const auto& colours = palette();
  for_each_row(map, picture, [&](int y, const std::vector<int>& classes) {
    auto* pixels = reinterpret_cast<uint32_t*>(row_of(picture, y));
    for (size_t x = 0; x < classes.size(); ++x) pixels[x] = colours[palette_index(classes[x])];
  });
}

void blend_classes(const NvDsInferSegmentationMeta& map, int background, float alpha,
                   Picture& picture) {
  const auto& colours = palette();
  const int opacity = int(std::lround(std::clamp(alpha, 0.0f, 1.0f) * 256.0f));
  for_each_row(map, picture, [&](int y, const std::vector<int>& classes) {
    uint8_t* pixel = row_of(picture, y);
    for (size_t x = 0; x < classes.size(); ++x, pixel += 4) {
      if (classes[x] < 0 || classes[x] == background) continue;
      uint8_t colour[4];
      std::memcpy(colour, &colours[palette_index(classes[x])], sizeof colour);
      for (int c = 0; c < 3; ++c)
        pixel[c] = uint8_t((pixel[c] * (256 - opacity) + colour[c] * opacity) >> 8);
    }
  });
}

}  // namespace pyds::osd
