#include "osd/class_painter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

// Blending is arithmetic on bytes: vectorise it.
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

uint8_t* row_of(Picture& picture, int y) {
  return picture.plane[0] + ptrdiff_t{y} * picture.stride[0];
}

// Calls paint(y, colours) for each row of the picture, with the colour of each of its pixels as
// look_up(class) gives it. Colours are looked up once per pixel of the map.
template <typename Colour, typename LookUp, typename Paint>
void for_each_row(const NvDsInferSegmentationMeta& map, const Picture& picture, LookUp look_up,
                  Paint paint) {
  if (map.width == 0 || map.height == 0 || !map.class_map) return;
  thread_local std::vector<Colour> of_map, colours;
  thread_local std::vector<unsigned> columns;
  of_map.resize(map.width);
  colours.resize(size_t(picture.width));
  columns.resize(size_t(picture.width));
  for (size_t x = 0; x < columns.size(); ++x)
    columns[x] = unsigned((2 * x + 1) * map.width / (2 * columns.size()));
  unsigned last = map.height;
  for (int y = 0; y < picture.height; ++y) {
    const auto map_y =
        unsigned((2 * uint64_t(y) + 1) * map.height / (2 * unsigned(picture.height)));
    if (map_y != last) {
      const int* classes = map.class_map + size_t{map_y} * map.width;
      for (unsigned x = 0; x < map.width; ++x) of_map[x] = look_up(classes[x]);
      for (size_t x = 0; x < columns.size(); ++x) colours[x] = of_map[columns[x]];
      last = map_y;
    }
    paint(y, colours);
  }
}

// What becomes of the red, green, blue and alpha of a pixel: (value * keep + add) / 256.
struct Mix {
  std::array<uint16_t, 4> keep, add;
};

Mix mix_with(uint32_t colour, int opacity) {
  Mix mix = {{256, 256, 256, 256}, {}};
  std::array<uint8_t, 4> rgba;
  std::memcpy(rgba.data(), &colour, sizeof colour);
  for (size_t channel = 0; channel < 3; ++channel) {
    mix.keep[channel] = uint16_t(256 - opacity);
    mix.add[channel] = uint16_t(rgba[channel] * opacity);
  }
  return mix;
}

}  // namespace

uint32_t class_colour(int class_id) { return palette()[palette_index(class_id)]; }

void paint_classes(const NvDsInferSegmentationMeta& map, Picture& picture) {
  for_each_row<uint32_t>(
      map, picture, class_colour, [&](int y, const std::vector<uint32_t>& colours) {
        std::memcpy(row_of(picture, y), colours.data(), colours.size() * sizeof colours[0]);
      });
}

void blend_classes(const NvDsInferSegmentationMeta& map, int background, float alpha,
                   Picture& picture) {
  const int opacity = int(std::lround(std::clamp(alpha, 0.0f, 1.0f) * 256.0f));
  std::array<Mix, kColours + 1> mixes;
  for (size_t i = 0; i < mixes.size(); ++i) mixes[i] = mix_with(palette()[i], opacity);
  mixes[0] = mix_with(0, 0);  // no class
  const Mix unchanged = mixes[0];
  for_each_row<Mix>(
      map, picture, [&](int id) { return id == background ? unchanged : mixes[palette_index(id)]; },
      [&](int y, const std::vector<Mix>& row) {
        uint8_t* pixel = row_of(picture, y);
        for (const Mix& mix : row) {
          for (size_t channel = 0; channel < 4; ++channel)
            pixel[channel] = uint8_t((pixel[channel] * mix.keep[channel] + mix.add[channel]) >> 8);
          pixel += 4;
        }
      });
}

}  // namespace pyds::osd
