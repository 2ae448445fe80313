#include "osd/class_painter.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <vector>

namespace pyds::osd {
namespace {

// An RGBA picture whose rows are longer than its pixels, all of one colour.
struct Canvas4 {
  explicit Canvas4(int width, int height, uint32_t colour = 0)
      : pixels(size_t(width + 3) * size_t(height), colour) {
    picture.format = GST_VIDEO_FORMAT_RGBA;
    picture.width = width;
    picture.height = height;
    picture.plane[0] = reinterpret_cast<uint8_t*>(pixels.data());
    picture.stride[0] = (width + 3) * 4;
  }
  uint32_t at(int x, int y) const { return pixels[size_t(y * (picture.width + 3) + x)]; }

  std::vector<uint32_t> pixels;
  Picture picture;
};

struct Map {
  Map(unsigned width, unsigned height, std::vector<int> ids) : values(std::move(ids)) {
    meta.width = width;
    meta.height = height;
    meta.class_map = values.data();
  }
  std::vector<int> values;
  NvDsInferSegmentationMeta meta = {};
};

uint32_t rgba(uint8_t r, uint8_t g, uint8_t b, uint8_t a) {
  const uint8_t bytes[4] = {r, g, b, a};
  uint32_t packed;
  std::memcpy(&packed, bytes, 4);
  return packed;
}

TEST(ClassPainter, EveryClassHasAColourOfItsOwn) {
  std::set<uint32_t> colours;
  for (int id = -1; id < 255; ++id) colours.insert(class_colour(id));
  EXPECT_EQ(colours.size(), 256u);
  EXPECT_EQ(class_colour(-1), rgba(0, 0, 0, 255));
  EXPECT_EQ(class_colour(0), rgba(128, 0, 0, 255));
  EXPECT_EQ(class_colour(255), class_colour(0));
}

TEST(ClassPainter, MapIsStretchedOverThePicture) {
  Map map(2, 2, {0, 1, 2, -1});
  Canvas4 canvas(8, 4);
  paint_classes(map.meta, canvas.picture);
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 8; ++x)
      EXPECT_EQ(canvas.at(x, y), class_colour(map.values[size_t(y / 2 * 2 + x / 4)])) << x << y;
}

TEST(ClassPainter, LargerMapsAndOddSizesStayInside) {
  Map map(257, 255, std::vector<int>(257 * 255, 3));
  map.values.back() = 4;
  Canvas4 canvas(33, 17);
  paint_classes(map.meta, canvas.picture);
  for (int y = 0; y < 17; ++y) {
    for (int x = 0; x < 33; ++x) EXPECT_EQ(canvas.at(x, y), class_colour(3));
    EXPECT_EQ(canvas.at(33, y), 0u);  // behind the row
  }
}

TEST(ClassPainter, BackgroundAndNoClassShowThePicture) {
  const uint32_t grey = rgba(100, 100, 100, 255);
  Map map(4, 1, {0, -1, 1, 2});
  Canvas4 canvas(4, 1, grey);
  blend_classes(map.meta, 0, 0.5f, canvas.picture);
  EXPECT_EQ(canvas.at(0, 0), grey);
  EXPECT_EQ(canvas.at(1, 0), grey);
  EXPECT_EQ(canvas.at(2, 0), rgba(50, 114, 50, 255));  // half of green 128
  EXPECT_EQ(canvas.at(3, 0), rgba(114, 114, 50, 255));
}

TEST(ClassPainter, FullAlphaHidesThePicture) {
  Map map(1, 1, {5});
  Canvas4 canvas(3, 2, rgba(9, 9, 9, 255));
  blend_classes(map.meta, 0, 1.0f, canvas.picture);
  EXPECT_EQ(canvas.at(2, 1), class_colour(5));
}

TEST(ClassPainter, EmptyMapPaintsNothing) {
  NvDsInferSegmentationMeta none = {};
  Canvas4 canvas(2, 2, 7);
  paint_classes(none, canvas.picture);
  EXPECT_EQ(canvas.at(1, 1), 7u);
}

}  // namespace
}  // namespace pyds::osd
