#include "osd/shapes.h"

#include <gtest/gtest.h>

#include <limits>

#include "osd/test_picture.h"

namespace pyds::osd {
namespace {

constexpr NvOSD_ColorParams kWhite{1, 1, 1, 1};
constexpr NvOSD_ColorParams kBlack{0, 0, 0, 1};
constexpr int kLumaWhite = 235;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

NvOSD_RectParams box(float left, float top, float width, float height, unsigned border) {
  NvOSD_RectParams params = {};
  params.left = left;
  params.top = top;
  params.width = width;
  params.height = height;
  params.border_width = border;
  params.border_color = kWhite;
  return params;
}

// Luma of a row or of the whole picture above grey, in pixels' worth of white.
double painted(const TestPicture& picture) {
  double sum = 0;
  for (int y = 0; y < picture.picture.height; ++y)
    for (int x = 0; x < picture.picture.width; ++x) sum += picture.luma(x, y) - TestPicture::kGray;
  return sum / (kLumaWhite - TestPicture::kGray);
}

class Shapes : public testing::Test {
 protected:
  TestPicture picture{GST_VIDEO_FORMAT_NV12, 101, 81};
  Canvas canvas{picture.picture};

  bool is_white(int x, int y) const { return picture.luma(x, y) == kLumaWhite; }
  bool is_grey(int x, int y) const { return picture.luma(x, y) == TestPicture::kGray; }
};

TEST_F(Shapes, box_border_is_centred_on_the_edge_with_the_larger_half_inside) {
  draw_box(canvas, box(20, 30, 40, 20, 3));
  for (int x = 0; x < 101; ++x) {
    const bool left = x >= 19 && x < 22, right = x >= 58 && x < 61;
    EXPECT_EQ(is_white(x, 40), left || right) << x;
  }
  for (int y = 0; y < 81; ++y) {
    const bool top = y >= 29 && y < 32, bottom = y >= 48 && y < 51;
    EXPECT_EQ(is_white(40, y), top || bottom) << y;
  }
}

TEST_F(Shapes, box_edges_are_rounded_to_whole_pixels) {
  draw_box(canvas, box(20.4f, 30.6f, 10, 10, 1));
  EXPECT_TRUE(is_white(20, 35));
  EXPECT_TRUE(is_white(25, 31));
  EXPECT_TRUE(is_grey(19, 35));
  EXPECT_TRUE(is_grey(25, 30));
}

TEST_F(Shapes, background_fills_the_inside_only) {
  NvOSD_RectParams params = box(20, 30, 40, 20, 2);
  params.has_bg_color = 1;
  params.bg_color = kBlack;
  draw_box(canvas, params);
  EXPECT_EQ(picture.luma(40, 40), 16);
  EXPECT_TRUE(is_white(20, 40));
  EXPECT_TRUE(is_grey(10, 40));
  TestPicture filled(GST_VIDEO_FORMAT_NV12, 101, 81);
  Canvas other(filled.picture);
  params.border_width = 0;
  draw_box(other, params);
  EXPECT_EQ(filled.luma(20, 30), 16);
  EXPECT_EQ(filled.luma(59, 49), 16);
  EXPECT_EQ(filled.luma(60, 50), TestPicture::kGray);
}

TEST_F(Shapes, box_with_a_border_wider_than_itself_is_filled) {
  draw_box(canvas, box(40, 40, 6, 6, 10));
  EXPECT_NEAR(painted(picture), 16 * 16, 0.01);
}

TEST_F(Shapes, senseless_boxes_draw_nothing) {
  for (const NvOSD_RectParams& params :
       {box(kNan, 1, 9, 9, 3), box(1, kNan, 9, 9, 3), box(1, 1, kNan, 9, 3), box(1, 1, 9, kNan, 3),
        box(9, 9, -5, 5, 3), box(9, 9, 0, 5, 3), box(1e30f, 1, 9, 9, 3), box(-1e30f, 1, 9, 9, 3),
        box(kInfinity, kInfinity, 9, 9, 3), box(-500, -500, 20, 20, 3)})
    draw_box(canvas, params);
  EXPECT_TRUE(picture.is_untouched());
}

TEST_F(Shapes, huge_boxes_are_clipped) {
  NvOSD_RectParams params = box(-1e20f, -kInfinity, kInfinity, kInfinity, 4000000000u);
  params.has_bg_color = 1;
  params.bg_color = kWhite;
  draw_box(canvas, params);
  draw_box(canvas, box(-5, -5, 1e9f, 1e9f, 12));
  EXPECT_TRUE(is_white(0, 40));
  EXPECT_TRUE(picture.guard_is_intact());
}

NvOSD_LineParams line(unsigned x1, unsigned y1, unsigned x2, unsigned y2, unsigned width) {
  return {x1, y1, x2, y2, width, kWhite};
}

TEST_F(Shapes, straight_line_is_as_wide_as_it_says) {
  draw_line(canvas, line(10, 20, 90, 20, 3));
  for (int y = 15; y < 26; ++y) EXPECT_EQ(is_white(50, y), y >= 19 && y <= 21) << y;
  EXPECT_TRUE(is_grey(5, 20));
  EXPECT_TRUE(is_grey(95, 20));
}

TEST_F(Shapes, slanted_line_covers_its_area) {
  for (const unsigned width : {1u, 2u, 5u}) {
    TestPicture slanted(GST_VIDEO_FORMAT_I420, 101, 81);
    Canvas other(slanted.picture);
    draw_line(other, line(20, 20, 80, 65, width));  // 75 pixels long
    EXPECT_NEAR(painted(slanted), 75.0 * width, 0.03 * 75 * width) << width;
  }
}

TEST_F(Shapes, lines_without_length_or_width_draw_nothing) {
  draw_line(canvas, line(10, 10, 10, 10, 3));
  draw_line(canvas, line(10, 10, 50, 50, 0));
  EXPECT_TRUE(picture.is_untouched());
}

TEST_F(Shapes, coordinates_that_were_negative_are_read_as_negative) {
  draw_line(canvas, line(-10, 40, 30, 40, 1));
  EXPECT_TRUE(is_white(0, 40));
  EXPECT_TRUE(is_white(29, 40));
  EXPECT_TRUE(is_grey(35, 40));
}

TEST_F(Shapes, extreme_lines_stay_in_the_picture) {
  const unsigned far = 0x7FFFFFFF, near_zero = 0x80000000u;
  draw_line(canvas, line(near_zero, near_zero, far, far, 3));
  draw_line(canvas, line(far, 0, near_zero, 80, 0xFFFFFFFF));
  draw_arrow(canvas, {near_zero, 5, far, 70, 4000000000u, BOTH_HEAD, kWhite, 0});
  EXPECT_TRUE(picture.guard_is_intact());
}

TEST_F(Shapes, arrow_heads_are_where_they_are_asked_for) {
  const auto height_at = [&](NvOSD_Arrow_Head_Direction heads, int x) {
    TestPicture drawn(GST_VIDEO_FORMAT_NV12, 101, 81);
    Canvas other(drawn.picture);
    draw_arrow(other, {10, 40, 90, 40, 3, heads, kWhite, 0});
    int height = 0;
    for (int y = 0; y < 81; ++y) height += drawn.luma(x, y) > 180;
    return height;
  };
  EXPECT_GT(height_at(START_HEAD, 18), 5);
  EXPECT_EQ(height_at(START_HEAD, 82), 3);
  EXPECT_EQ(height_at(END_HEAD, 18), 3);
  EXPECT_GT(height_at(END_HEAD, 82), 5);
  EXPECT_GT(height_at(BOTH_HEAD, 18), 5);
  EXPECT_GT(height_at(BOTH_HEAD, 82), 5);
}

TEST_F(Shapes, arrow_shaft_and_head_meet_without_seam_or_overlap) {
  draw_arrow(canvas, {20, 40, 80, 40, 3, END_HEAD, kWhite, 0});
  for (int x = 22; x < 78; ++x) EXPECT_TRUE(is_white(x, 40)) << x;
}

NvOSD_CircleParams circle(unsigned x, unsigned y, unsigned radius, unsigned width) {
  NvOSD_CircleParams params = {};
  params.xc = x;
  params.yc = y;
  params.radius = radius;
  params.circle_width = width;
  params.circle_color = kWhite;
  return params;
}

TEST_F(Shapes, circle_has_its_radius_and_width) {
  draw_circle(canvas, circle(50, 40, 20, 4));
  EXPECT_TRUE(is_white(70, 40));
  EXPECT_TRUE(is_white(30, 40));
  EXPECT_TRUE(is_white(50, 20));
  EXPECT_TRUE(is_grey(50, 40));
  EXPECT_TRUE(is_grey(74, 40));
  EXPECT_NEAR(painted(picture), 2 * M_PI * 20 * 4, 0.02 * 2 * M_PI * 20 * 4);
}

TEST_F(Shapes, circle_background_fills_it) {
  NvOSD_CircleParams params = circle(50, 40, 20, 2);
  params.has_bg_color = 1;
  params.bg_color = kBlack;
  draw_circle(canvas, params);
  EXPECT_EQ(picture.luma(50, 40), 16);
  EXPECT_TRUE(is_grey(50, 70));
}

TEST_F(Shapes, circle_without_width_is_two_pixels_wide) {
  draw_circle(canvas, circle(50, 40, 20, 0));
  EXPECT_NEAR(painted(picture), 2 * M_PI * 20 * 2, 10);
}

TEST_F(Shapes, extreme_circles_stay_in_the_picture) {
  draw_circle(canvas, circle(50, 40, 0, 3));
  draw_circle(canvas, circle(0x80000000u, 0x7FFFFFFF, 10, 3));
  EXPECT_TRUE(picture.is_untouched());
  draw_circle(canvas, circle(0, 0, 0xFFFFFFFF, 0xFFFFFFFF));
  draw_circle(canvas, circle(100, 80, 60, 9));
  EXPECT_TRUE(picture.guard_is_intact());
}

class Masks : public Shapes {
 protected:
  // 4x4, the right half belongs to the object.
  std::vector<float> data = {0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1};

  NvOSD_MaskParams mask() {
    return {data.data(), static_cast<unsigned>(data.size() * sizeof(float)), 0.5f, 4, 4};
  }
};

TEST_F(Masks, mask_is_stretched_over_its_box) {
  NvOSD_RectParams params = box(20, 20, 40, 40, 0);
  params.has_bg_color = 1;
  params.bg_color = kWhite;
  draw_mask(canvas, params, mask());
  EXPECT_TRUE(is_grey(30, 40));
  EXPECT_TRUE(is_white(50, 40));
  EXPECT_TRUE(is_white(59, 20));
  EXPECT_TRUE(is_grey(60, 40));
  EXPECT_NEAR(painted(picture), 20 * 40, 10);
}

TEST_F(Masks, mask_takes_the_border_color_half_transparent) {
  draw_mask(canvas, box(20, 20, 40, 40, 3), mask());
  EXPECT_NEAR(picture.luma(50, 40), (kLumaWhite + TestPicture::kGray) / 2, 1);
}

TEST_F(Masks, mask_that_does_not_hold_its_pixels_is_ignored) {
  NvOSD_MaskParams params = mask();
  params.size -= 1;
  draw_mask(canvas, box(20, 20, 40, 40, 3), params);
  params = mask();
  params.width = 0xFFFFFFFF;
  params.height = 0xFFFFFFFF;
  draw_mask(canvas, box(20, 20, 40, 40, 3), params);
  params = mask();
  params.data = nullptr;
  draw_mask(canvas, box(20, 20, 40, 40, 3), params);
  EXPECT_TRUE(picture.is_untouched());
}

TEST_F(Masks, mask_values_that_are_no_numbers_are_harmless) {
  data = {kNan, kInfinity, -kInfinity, 1, kNan,  kNan,   kInfinity, 1,
          0,    kInfinity, -kInfinity, 0, 1e38f, -1e38f, kNan,      1};
  draw_mask(canvas, box(-1e9f, -20, kInfinity, 4000, 3), mask());
  draw_mask(canvas, box(-10, -20, 400, 4000, 3), mask());
  EXPECT_TRUE(picture.guard_is_intact());
}

}  // namespace
}  // namespace pyds::osd
