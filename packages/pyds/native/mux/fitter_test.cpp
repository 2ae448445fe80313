#include "mux/fitter.h"

#include <gtest/gtest.h>

#include <cstring>

namespace pyds::mux {
namespace {

GstVideoInfo info(GstVideoFormat format, int width, int height) {
  GstVideoInfo result;
  gst_video_info_set_format(&result, format, width, height);
  return result;
}

// A block of one luma (or byte) value, chroma neutral.
BlockRef flat(GstVideoFormat format, int width, int height, uint8_t value) {
  BlockRef block = BlockPool::create(info(format, width, height))->acquire();
  std::memset(block->data(), value, GST_VIDEO_INFO_SIZE(&block->info()));
  if (format == GST_VIDEO_FORMAT_NV12 || format == GST_VIDEO_FORMAT_I420)
    std::memset(
        block->plane(1), 128,
        GST_VIDEO_INFO_SIZE(&block->info()) - GST_VIDEO_INFO_PLANE_OFFSET(&block->info(), 1));
  return block;
}

int luma(const Block& block, int x, int y) { return block.plane(0)[y * block.stride(0) + x]; }

TEST(Fitter, passes_a_fitting_picture_by_reference) {
  Fitter fitter(info(GST_VIDEO_FORMAT_NV12, 64, 48), {});
  const BlockRef picture = flat(GST_VIDEO_FORMAT_NV12, 64, 48, 90);
  EXPECT_EQ(fitter.fit(picture), picture);
}

TEST(Fitter, scales_and_converts_what_does_not_fit) {
  Fitter fitter(info(GST_VIDEO_FORMAT_NV12, 64, 48), {});
  for (const GstVideoFormat format :
       {GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_RGBA}) {
    const BlockRef fitted = fitter.fit(flat(format, 101, 37, 255));
    ASSERT_TRUE(fitted);
    EXPECT_EQ(GST_VIDEO_INFO_FORMAT(&fitted->info()), GST_VIDEO_FORMAT_NV12);
    EXPECT_EQ(fitted->info().width, 64);
    EXPECT_EQ(fitted->info().height, 48);
    EXPECT_NEAR(luma(*fitted, 32, 24), format == GST_VIDEO_FORMAT_RGBA ? 235 : 255, 2);
  }
}

TEST(Fitter, keeps_the_colorimetry_of_yuv_sources) {
  Fitter fitter(info(GST_VIDEO_FORMAT_NV12, 64, 48), {});
  GstVideoInfo full_range = info(GST_VIDEO_FORMAT_I420, 32, 32);
  full_range.colorimetry.range = GST_VIDEO_COLOR_RANGE_0_255;
  full_range.colorimetry.matrix = GST_VIDEO_COLOR_MATRIX_BT709;
  const BlockRef fitted = fitter.fit(BlockPool::create(full_range)->acquire());
  EXPECT_TRUE(gst_video_colorimetry_is_equal(&fitted->info().colorimetry, &full_range.colorimetry));
}

TEST(Fitter, refuses_unknown_formats) {
  Fitter fitter(info(GST_VIDEO_FORMAT_NV12, 64, 48), {});
  EXPECT_EQ(fitter.fit(flat(GST_VIDEO_FORMAT_v210, 48, 16, 0)), nullptr);
}

struct Geometry {
  int width, height;  // source
  Rect place;         // in 640 x 360
};

class Padding : public testing::TestWithParam<Geometry> {};

TEST_P(Padding, keeps_aspect_between_centred_borders) {
  Fitter::Settings settings;
  settings.keep_aspect = true;
  Fitter fitter(info(GST_VIDEO_FORMAT_NV12, 640, 360), settings);
  const Geometry& given = GetParam();
  const Rect place = fitter.place(given.width, given.height);
  EXPECT_EQ(place.left, given.place.left);
  EXPECT_EQ(place.top, given.place.top);
  EXPECT_EQ(place.width, given.place.width);
  EXPECT_EQ(place.height, given.place.height);

  const BlockRef fitted = fitter.fit(flat(GST_VIDEO_FORMAT_NV12, given.width, given.height, 200));
  for (int y = 0; y < 360; y += 1)
    for (int x = 0; x < 640; x += 1) {
      const bool inside = x >= place.left && x < place.left + place.width && y >= place.top &&
                          y < place.top + place.height;
      ASSERT_EQ(luma(*fitted, x, y), inside ? 200 : 16) << x << "," << y;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, Padding,
    testing::Values(Geometry{1280, 720, {0, 0, 640, 360}}, Geometry{640, 480, {80, 0, 480, 360}},
                    Geometry{360, 640, {218, 0, 204, 360}}, Geometry{1280, 360, {0, 90, 640, 180}},
                    Geometry{1, 1, {140, 0, 360, 360}}, Geometry{5000, 2, {0, 178, 640, 4}}));

}  // namespace
}  // namespace pyds::mux
