#include "osd/frame_painter.h"

#include <gtest/gtest.h>

#include "osd/blur.h"
#include "osd/test_picture.h"

namespace pyds::osd {
namespace {

class FramePainter : public testing::Test {
 protected:
  FramePainter() {
    batch = nvds_create_batch_meta(1);
    frame = nvds_acquire_frame_meta_from_pool(batch);
    nvds_add_frame_meta_to_batch(batch, frame);
  }
  ~FramePainter() override { nvds_destroy_batch_meta(batch); }

  NvDsObjectMeta* add_object() {
    NvDsObjectMeta* object = nvds_acquire_obj_meta_from_pool(batch);
    object->rect_params.left = object->rect_params.top = 20;
    object->rect_params.width = object->rect_params.height = 30;
    nvds_add_obj_meta_to_frame(frame, object, nullptr);
    return object;
  }
  NvDsDisplayMeta* add_display() {
    NvDsDisplayMeta* display = nvds_acquire_display_meta_from_pool(batch);
    nvds_add_display_meta_to_frame(frame, display);
    return display;
  }
  void paint(const Shown& shown = {}) {
    Canvas canvas(picture.picture);
    paint_frame(canvas, text, *frame, shown);
  }

  NvDsBatchMeta* batch;
  NvDsFrameMeta* frame;
  TextPainter text;
  TestPicture picture{GST_VIDEO_FORMAT_NV12, 100, 80};
};

TEST_F(FramePainter, empty_frame_has_nothing_to_draw) {
  EXPECT_FALSE(has_something_to_draw(*frame, {}));
  add_object();
  add_display();
  EXPECT_FALSE(has_something_to_draw(*frame, {}));
  paint();
  EXPECT_TRUE(picture.is_untouched());
}

TEST_F(FramePainter, what_is_not_shown_is_not_something_to_draw) {
  NvDsObjectMeta* object = add_object();
  object->rect_params.border_width = 3;
  object->rect_params.border_color = {1, 1, 1, 1};
  object->text_params.display_text = g_strdup("label");
  Shown shown{false, false, false};
  EXPECT_FALSE(has_something_to_draw(*frame, shown));
  paint(shown);
  EXPECT_TRUE(picture.is_untouched());
  shown.boxes = true;
  EXPECT_TRUE(has_something_to_draw(*frame, shown));
  paint(shown);
  EXPECT_EQ(picture.luma(20, 35), 235);
}

TEST_F(FramePainter, lines_arrows_and_circles_are_always_shown) {
  NvDsDisplayMeta* display = add_display();
  display->num_lines = 1;
  display->line_params[0] = {10, 70, 90, 70, 3, {1, 1, 1, 1}};
  const Shown nothing{false, false, false};
  EXPECT_TRUE(has_something_to_draw(*frame, nothing));
  paint(nothing);
  EXPECT_EQ(picture.luma(50, 70), 235);
}

TEST_F(FramePainter, counters_beyond_the_arrays_are_harmless) {
  NvDsDisplayMeta* display = add_display();
  display->num_rects = display->num_labels = display->num_lines = 0xFFFFFFFF;
  display->num_arrows = display->num_circles = 17;
  display->rect_params[15] = {5, 5, 10, 10, 1, {1, 1, 1, 1}};
  paint();
  EXPECT_EQ(picture.luma(5, 8), 235);
  EXPECT_TRUE(picture.guard_is_intact());
}

TEST_F(FramePainter, text_lies_on_top) {
  NvDsObjectMeta* object = add_object();
  object->rect_params.has_bg_color = 1;
  object->rect_params.bg_color = {0, 0, 0, 1};
  object->text_params.display_text = g_strdup("XXX");
  object->text_params.x_offset = 22;
  object->text_params.y_offset = 24;
  object->text_params.font_params.font_color = {1, 1, 1, 1};
  paint();
  int white = 0;
  for (int y = 24; y < 45; ++y)
    for (int x = 22; x < 50; ++x) white += picture.luma(x, y) > 220;
  EXPECT_GT(white, 10);
}

class Blurring : public FramePainter {
 protected:
  Blurring() {
    for (int y = 0; y < 80; ++y)
      for (int x = 0; x < 100; ++x)
        picture.picture.plane[0][y * picture.picture.stride[0] + x] = (x + y) % 2 ? 235 : 16;
    blur.enabled = true;
  }

  Blur blur;
};

TEST_F(Blurring, averages_the_inside_of_the_box_and_nothing_else) {
  add_object();
  ASSERT_TRUE(blur.applies_to(*frame));
  blur.paint(picture.picture, *frame);
  for (int y = 0; y < 80; ++y)
    for (int x = 0; x < 100; ++x) {
      const bool inside = x >= 20 && x < 50 && y >= 20 && y < 50;
      if (inside)
        EXPECT_NEAR(picture.luma(x, y), 126, 4) << x << "," << y;
      else
        EXPECT_EQ(picture.luma(x, y), (x + y) % 2 ? 235 : 16) << x << "," << y;
    }
}

TEST_F(Blurring, selects_by_component_and_class) {
  NvDsObjectMeta* object = add_object();
  object->unique_component_id = 1;
  object->class_id = 2;
  EXPECT_TRUE(blur.set_class_ids("1:0;1:2"));
  EXPECT_TRUE(blur.applies_to(*frame));
  EXPECT_TRUE(blur.set_class_ids("2:2;"));
  EXPECT_FALSE(blur.applies_to(*frame));
}

TEST_F(Blurring, text_that_is_no_selection_is_refused_and_changes_nothing) {
  EXPECT_TRUE(blur.set_class_ids("1:0"));
  for (const char* bad : {"person", "1", "1:", ":1", "1:2,3:4", "1:x"})
    EXPECT_FALSE(blur.set_class_ids(bad)) << bad;
  EXPECT_EQ(blur.class_ids(), "1:0");
}

TEST_F(Blurring, extreme_boxes_are_clipped) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float value : {-1e30f, 1e30f, infinity, -infinity, std::nanf(""), 99.5f, -3.f}) {
    NvDsObjectMeta* object = add_object();
    object->rect_params.left = value;
    object->rect_params.top = -value;
    object->rect_params.width = infinity;
  }
  blur.paint(picture.picture, *frame);
  EXPECT_TRUE(picture.guard_is_intact());
}

}  // namespace
}  // namespace pyds::osd
