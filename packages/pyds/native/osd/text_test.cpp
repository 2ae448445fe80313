#include "osd/text.h"

#include <gtest/gtest.h>

#include "osd/test_picture.h"

namespace pyds::osd {
namespace {

// cairo keeps the fonts it has opened until it is told not to, which looks like a leak.
class CairoCaches : public testing::Environment {
  void TearDown() override { cairo_debug_reset_static_data(); }
};
const testing::Environment* const caches = testing::AddGlobalTestEnvironment(new CairoCaches);

class Text : public testing::Test {
 protected:
  TestPicture picture{GST_VIDEO_FORMAT_NV12, 320, 120};
  Canvas canvas{picture.picture};
  TextPainter painter;

  static NvOSD_TextParams params(const char* text, unsigned x = 10, unsigned y = 10) {
    NvOSD_TextParams result = {};
    result.display_text = const_cast<char*>(text);
    result.x_offset = x;
    result.y_offset = y;
    result.font_params.font_name = const_cast<char*>("Serif");
    result.font_params.font_size = 12;
    result.font_params.font_color = {1, 1, 1, 1};
    return result;
  }
  // The smallest box around everything that is not grey.
  Box extent() const {
    Box box{1000, 1000, 0, 0};
    for (int y = 0; y < 120; ++y)
      for (int x = 0; x < 320; ++x)
        if (picture.luma(x, y) != TestPicture::kGray)
          box = {std::min(box.left, x), std::min(box.top, y), std::max(box.right, x + 1),
                 std::max(box.bottom, y + 1)};
    return box;
  }
};

TEST_F(Text, is_drawn_where_it_is_asked_for) {
  painter.draw(canvas, params("Vehicle 0.87"));
  const Box box = extent();
  EXPECT_GE(box.left, 9);
  EXPECT_LE(box.left, 13);
  EXPECT_GE(box.top, 10);
  EXPECT_NEAR(box.right - box.left, 95, 15);
  EXPECT_LE(box.bottom, 30);
}

TEST_F(Text, has_full_contrast) {
  painter.draw(canvas, params("Vehicle"));
  int white = 0;
  for (int y = 0; y < 120; ++y)
    for (int x = 0; x < 320; ++x) white += picture.luma(x, y) >= 225;
  EXPECT_GT(white, 40);
}

TEST_F(Text, background_starts_at_the_offset_and_encloses_the_text) {
  NvOSD_TextParams text = params("gjÅ");
  text.set_bg_clr = 1;
  text.text_bg_clr = {0, 0, 0, 1};
  painter.draw(canvas, text);
  const Box box = extent();
  EXPECT_EQ(box.left, 10);
  EXPECT_EQ(box.top, 10);
  for (int x = box.left; x < box.right; ++x) {
    EXPECT_NE(picture.luma(x, box.top), TestPicture::kGray);
    EXPECT_NE(picture.luma(x, box.bottom - 1), TestPicture::kGray);
  }
  for (int y = box.top; y < box.bottom; ++y) EXPECT_LT(picture.luma(box.left, y), 40);
}

TEST_F(Text, point_size_is_that_of_pango) {
  NvOSD_TextParams text = params("H");
  text.font_params.font_size = 36;  // 48 pixels; a capital is about 0.73 of that
  painter.draw(canvas, text);
  const Box box = extent();
  EXPECT_NEAR(box.bottom - box.top, 35, 3);
}

TEST_F(Text, new_line_starts_below) {
  NvOSD_TextParams text = params("H\nH");
  painter.draw(canvas, text);
  const Box two = extent();
  EXPECT_GT(two.bottom - two.top, 25);
  EXPECT_LT(two.right - two.left, 20);
}

TEST_F(Text, looks_the_same_in_every_format_and_at_every_place) {
  painter.draw(canvas, params("Same", 10, 10));
  painter.draw(canvas, params("Same", 111, 63));
  for (int y = 10; y < 30; ++y)
    for (int x = 5; x < 60; ++x)
      ASSERT_EQ(picture.luma(x, y), picture.luma(x + 101, y + 53)) << x << "," << y;
}

TEST_F(Text, missing_characters_and_bad_utf8_are_drawn_as_something) {
  painter.draw(canvas, params("\xff\xfe"));
  const Box box = extent();
  EXPECT_GT(box.right - box.left, 10);
  TestPicture other(GST_VIDEO_FORMAT_NV12, 320, 120);
  Canvas canvas_of_other(other.picture);
  painter.draw(canvas_of_other, params("\U000F1234"));  // private use
  EXPECT_FALSE(other.is_untouched());
}

TEST_F(Text, unset_fields_have_defaults_and_empty_text_draws_nothing) {
  NvOSD_TextParams text = params("");
  painter.draw(canvas, text);
  text.display_text = nullptr;
  text.set_bg_clr = 1;
  text.text_bg_clr = {1, 0, 0, 1};
  painter.draw(canvas, text);
  EXPECT_TRUE(picture.is_untouched());
  text = params("default");
  text.font_params.font_name = nullptr;
  text.font_params.font_size = 0;
  painter.draw(canvas, text);
  EXPECT_FALSE(picture.is_untouched());
}

TEST_F(Text, is_clipped_at_every_side) {
  const std::string longest(100000, 'W');
  for (const auto& [x, y] : {std::pair<unsigned, unsigned>{250, 110},
                             {-40, -8},
                             {0x7FFFFFFF, 5},
                             {5, 0x80000000u},
                             {319, 119}}) {
    NvOSD_TextParams text = params(longest.c_str(), x, y);
    text.set_bg_clr = 1;
    text.text_bg_clr = {0, 0, 0, 0.5};
    painter.draw(canvas, text);
    text.display_text = const_cast<char*>("A\nB\n\n\nC\tD\r\nE\n\n\n\n\n\n\n\nF");
    painter.draw(canvas, text);
  }
  EXPECT_TRUE(picture.guard_is_intact());
}

TEST_F(Text, extreme_sizes_and_many_fonts_are_harmless) {
  for (unsigned size : {1u, 119u, 100000u, 0xFFFFFFFFu}) {
    NvOSD_TextParams text = params("Ag");
    text.font_params.font_size = size;
    painter.draw(canvas, text);
  }
  for (int i = 0; i < 100; ++i) {
    const std::string name = "No Such Font " + std::to_string(i) + " Bold Italic";
    NvOSD_TextParams text = params("Ag");
    text.font_params.font_name = const_cast<char*>(name.c_str());
    painter.draw(canvas, text);
  }
  EXPECT_TRUE(picture.guard_is_intact());
}

TEST_F(Text, bold_is_heavier) {
  const auto ink = [](const char* font) {
    TestPicture drawn(GST_VIDEO_FORMAT_GRAY8, 320, 120);
    Canvas other(drawn.picture);
    TextPainter fresh;
    NvOSD_TextParams text = params("Weight");
    text.font_params.font_name = const_cast<char*>(font);
    fresh.draw(other, text);
    long sum = 0;
    for (const uint8_t byte : drawn.bytes()) sum += byte - TestPicture::kGray;
    return sum;
  };
  EXPECT_GT(ink("Sans Bold"), 1.2 * ink("Sans"));
}

}  // namespace
}  // namespace pyds::osd
