#include "osd/canvas.h"

#include <gtest/gtest.h>

#include <cstring>

#include "osd/test_picture.h"

namespace pyds::osd {
namespace {

constexpr NvOSD_ColorParams kRed{1, 0, 0, 1};
constexpr NvOSD_ColorParams kWhite{1, 1, 1, 1};
constexpr GstVideoFormat kYuv[] = {GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_I420};

TEST(Canvas, paints_red_in_the_matrix_and_range_of_the_picture) {
  struct Case {
    GstVideoColorMatrix matrix;
    bool full_range;
    int y, u, v;
  };
  const Case cases[] = {{GST_VIDEO_COLOR_MATRIX_BT601, false, 81, 90, 240},
                        {GST_VIDEO_COLOR_MATRIX_BT709, false, 63, 102, 240},
                        {GST_VIDEO_COLOR_MATRIX_BT601, true, 76, 85, 255},
                        {GST_VIDEO_COLOR_MATRIX_BT2020, false, 74, 97, 240}};
  for (const Case& c : cases)
    for (const GstVideoFormat format : kYuv) {
      TestPicture picture(format, 16, 16, c.matrix, c.full_range);
      Canvas canvas(picture.picture);
      canvas.fill({4, 4, 8, 8}, canvas.ink(kRed));
      EXPECT_NEAR(picture.luma(5, 5), c.y, 1);
      EXPECT_NEAR(picture.chroma(5, 5).first, c.u, 1);
      EXPECT_NEAR(picture.chroma(5, 5).second, c.v, 1);
    }
}

TEST(Canvas, unknown_matrix_is_bt601_below_720_rows_and_bt709_from_there) {
  TestPicture small(GST_VIDEO_FORMAT_NV12, 16, 480, GST_VIDEO_COLOR_MATRIX_UNKNOWN);
  TestPicture large(GST_VIDEO_FORMAT_NV12, 16, 720, GST_VIDEO_COLOR_MATRIX_UNKNOWN);
  for (TestPicture* picture : {&small, &large}) {
    Canvas canvas(picture->picture);
    canvas.fill({0, 0, 8, 8}, canvas.ink(kRed));
  }
  EXPECT_NEAR(small.luma(0, 0), 81, 1);
  EXPECT_NEAR(large.luma(0, 0), 63, 1);
}

TEST(Canvas, paints_every_rgb_order) {
  for (const GstVideoFormat format :
       {GST_VIDEO_FORMAT_RGBA, GST_VIDEO_FORMAT_RGBx, GST_VIDEO_FORMAT_BGRA, GST_VIDEO_FORMAT_BGRx,
        GST_VIDEO_FORMAT_RGB, GST_VIDEO_FORMAT_BGR}) {
    TestPicture picture(format, 9, 5);
    Canvas canvas(picture.picture);
    canvas.fill({2, 1, 3, 2}, canvas.ink({1, 0.5, 0, 1}));
    const GstVideoFormatInfo* info = gst_video_format_get_info(format);
    const uint8_t* pixel = picture.picture.plane[0] + picture.picture.stride[0] +
                           2 * GST_VIDEO_FORMAT_INFO_PSTRIDE(info, 0);
    EXPECT_EQ(pixel[GST_VIDEO_FORMAT_INFO_POFFSET(info, 0)], 255);
    EXPECT_EQ(pixel[GST_VIDEO_FORMAT_INFO_POFFSET(info, 1)], 128);
    EXPECT_EQ(pixel[GST_VIDEO_FORMAT_INFO_POFFSET(info, 2)], 0);
  }
}

TEST(Canvas, alpha_blends) {
  TestPicture picture(GST_VIDEO_FORMAT_RGBA, 8, 8);
  Canvas canvas(picture.picture);
  canvas.fill({0, 0, 4, 4}, canvas.ink({1, 0, 0, 0.25}));
  EXPECT_NEAR(picture.rgba(1, 1)[0], 128 + 127 * 0.25, 1);
  EXPECT_NEAR(picture.rgba(1, 1)[1], 128 * 0.75, 1);
  EXPECT_EQ(picture.rgba(5, 5)[0], 128);
}

TEST(Canvas, colors_outside_0_to_1_are_clamped_and_nan_is_nothing) {
  TestPicture picture(GST_VIDEO_FORMAT_RGBA, 8, 8);
  Canvas canvas(picture.picture);
  canvas.fill({0, 0, 8, 8}, canvas.ink({1, 1, 1, NAN}));
  EXPECT_TRUE(picture.is_untouched());
  canvas.fill({0, 0, 8, 8}, canvas.ink({7, -3, NAN, 9}));
  EXPECT_EQ(picture.rgba(0, 0)[0], 255);
  EXPECT_EQ(picture.rgba(0, 0)[1], 0);
  EXPECT_EQ(picture.rgba(0, 0)[2], 0);
}

TEST(Canvas, odd_edges_are_exact_in_luma_and_shared_in_chroma) {
  for (const GstVideoFormat format : kYuv) {
    TestPicture picture(format, 16, 16);
    Canvas canvas(picture.picture);
    canvas.fill({3, 5, 9, 11}, canvas.ink(kRed));
    for (int y = 0; y < 16; ++y)
      for (int x = 0; x < 16; ++x) {
        const bool inside = x >= 3 && x < 9 && y >= 5 && y < 11;
        EXPECT_EQ(picture.luma(x, y) != TestPicture::kGray, inside) << x << "," << y;
      }
    const int v = 240 - 128;
    EXPECT_NEAR(picture.chroma(4, 6).second, 128 + v, 1);      // whole sample
    EXPECT_NEAR(picture.chroma(2, 6).second, 128 + v / 2, 1);  // one column of two
    EXPECT_NEAR(picture.chroma(2, 4).second, 128 + v / 4, 1);  // one pixel of four
    EXPECT_NEAR(picture.chroma(8, 10).second, 128 + v / 4, 1);
    EXPECT_EQ(picture.chroma(10, 6).second, 128);
  }
}

TEST(Canvas, last_column_and_row_of_odd_sizes_are_whole) {
  for (const GstVideoFormat format : kYuv) {
    TestPicture picture(format, 7, 5);
    Canvas canvas(picture.picture);
    canvas.fill({6, 4, 7, 5}, canvas.ink(kRed));
    EXPECT_NEAR(picture.chroma(6, 4).second, 240, 1);
    TestPicture blended(format, 7, 5);
    Canvas other(blended.picture);
    Coverage coverage = other.coverage({6, 4, 7, 5});
    coverage.row(4)[6 - coverage.box.left] = 255;
    other.blend(coverage, other.ink(kRed));
    EXPECT_EQ(blended.bytes(), picture.bytes());
  }
}

TEST(Canvas, frame_is_the_difference_of_its_boxes_in_every_plane) {
  // The chroma of a thin frame must be what its pixels cover, also where two sides meet in a
  // sample.
  for (const GstVideoFormat format : {GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_I420,
                                      GST_VIDEO_FORMAT_RGBA, GST_VIDEO_FORMAT_RGB}) {
    for (int shift = 0; shift < 4; ++shift)
      for (int width = 1; width < 4; ++width) {
        const Box outer{1 + shift, 2 + shift / 2, 12 + shift, 13};
        const Box inner{outer.left + width, outer.top + width, outer.right - width,
                        outer.bottom - width};
        TestPicture framed(format, 19, 17), covered(format, 19, 17);
        Canvas canvas(framed.picture), other(covered.picture);
        canvas.fill_frame(outer, inner, canvas.ink(kRed));
        Coverage coverage = other.coverage(outer);
        for (int y = outer.top; y < outer.bottom; ++y)
          for (int x = outer.left; x < outer.right; ++x)
            if (x < inner.left || x >= inner.right || y < inner.top || y >= inner.bottom)
              coverage.row(y)[x - coverage.box.left] = 255;
        other.blend(coverage, other.ink(kRed));
        for (size_t i = 0; i < framed.bytes().size(); ++i)
          ASSERT_NEAR(framed.bytes()[i], covered.bytes()[i], 1) << i;
      }
  }
}

TEST(Canvas, clips_at_every_side) {
  for (const GstVideoFormat format :
       {GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_RGBA}) {
    TestPicture picture(format, 33, 17);
    Canvas canvas(picture.picture);
    const Ink ink = canvas.ink(kWhite);
    canvas.fill({-100, -100, -1, -1}, ink);
    canvas.fill({33, 17, 100, 100}, ink);
    canvas.fill({10, 10, 10, 20}, ink);
    canvas.fill({20, 10, 10, 20}, ink);
    EXPECT_TRUE(picture.is_untouched());
    EXPECT_TRUE(canvas.coverage({-9, -9, 0, 0}).box.empty());
    EXPECT_TRUE(canvas.coverage({33, 0, 40, 9}).box.empty());
    canvas.fill({-1000, -1000, 1000, 1000}, ink);
    EXPECT_EQ(picture.luma(32, 16), format == GST_VIDEO_FORMAT_RGBA ? 255 : 235);
    Coverage all = canvas.coverage({-1000, -1000, 1000, 1000});
    std::memset(all.data, 255, all.stride * (all.box.bottom - all.box.top));
    canvas.blend(all, canvas.ink(kRed));
    EXPECT_TRUE(picture.guard_is_intact());
  }
}

TEST(Canvas, draws_nothing_into_formats_it_does_not_know) {
  EXPECT_FALSE(Canvas::supports(GST_VIDEO_FORMAT_v210));
  TestPicture picture(GST_VIDEO_FORMAT_v210, 48, 16);
  Canvas canvas(picture.picture);
  canvas.fill({0, 0, 48, 16}, canvas.ink(kWhite));
  EXPECT_TRUE(picture.is_untouched());
}

}  // namespace
}  // namespace pyds::osd
