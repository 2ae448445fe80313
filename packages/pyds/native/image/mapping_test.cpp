#include "image/mapping.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace pyds {
namespace {

struct BatchDeleter {
  void operator()(NvDsBatchMeta* batch) const { nvds_destroy_batch_meta(batch); }
};

class MappingTest : public testing::Test {
 protected:
  void SetUp() override {
    batch_.reset(nvds_create_batch_meta(1));
    frame_ = nvds_acquire_frame_meta_from_pool(batch_.get());
    nvds_add_frame_meta_to_batch(batch_.get(), frame_);
    frame_->pipeline_width = 200;
    frame_->pipeline_height = 100;
    object_ = nvds_acquire_obj_meta_from_pool(batch_.get());
    object_->rect_params.left = 20;
    object_->rect_params.top = 10;
    object_->rect_params.width = 60;
    object_->rect_params.height = 40;
    object_->detector_bbox_info.org_bbox_coords = {20, 10, 60, 40};
    object_->tracker_bbox_info.org_bbox_coords = {22, 12, 58, 38};
    object_->text_params.x_offset = 20;
    object_->text_params.y_offset = 4;
    nvds_add_obj_meta_to_frame(frame_, object_, nullptr);
  }

  void expect_box(float left, float top, float width, float height) {
    EXPECT_FLOAT_EQ(object_->rect_params.left, left);
    EXPECT_FLOAT_EQ(object_->rect_params.top, top);
    EXPECT_FLOAT_EQ(object_->rect_params.width, width);
    EXPECT_FLOAT_EQ(object_->rect_params.height, height);
  }

  std::unique_ptr<NvDsBatchMeta, BatchDeleter> batch_;
  NvDsFrameMeta* frame_ = nullptr;
  NvDsObjectMeta* object_ = nullptr;
};

TEST_F(MappingTest, scaling_scales_boxes_of_every_origin_and_the_label) {
  remap_batch_meta(batch_.get(), {{0, 0, 200, 100}, {0, 0, 100, 200}}, 100, 200);
  expect_box(10, 20, 30, 80);
  EXPECT_FLOAT_EQ(object_->detector_bbox_info.org_bbox_coords.height, 80);
  EXPECT_FLOAT_EQ(object_->tracker_bbox_info.org_bbox_coords.left, 11);
  EXPECT_FLOAT_EQ(object_->tracker_bbox_info.org_bbox_coords.top, 24);
  EXPECT_EQ(object_->text_params.x_offset, 10u);
  EXPECT_EQ(object_->text_params.y_offset, 8u);
  EXPECT_EQ(frame_->pipeline_width, 100u);
  EXPECT_EQ(frame_->pipeline_height, 200u);
}

TEST_F(MappingTest, a_crop_moves_boxes_and_labels_stop_at_the_edge) {
  remap_batch_meta(batch_.get(), {{10, 6, 100, 50}, {0, 0, 200, 100}}, 200, 100);
  expect_box(20, 8, 120, 80);
  EXPECT_EQ(object_->text_params.x_offset, 20u);
  EXPECT_EQ(object_->text_params.y_offset, 0u);
}

TEST_F(MappingTest, a_destination_rectangle_offsets_boxes) {
  remap_batch_meta(batch_.get(), {{0, 0, 200, 100}, {50, 30, 100, 50}}, 200, 100);
  expect_box(60, 35, 30, 20);
}

TEST_F(MappingTest, a_clockwise_turn_turns_boxes_and_keeps_the_label_above) {
  remap_batch_meta(batch_.get(), {{0, 0, 200, 100}, {0, 0, 100, 200}, Flip::kClockwise}, 100, 200);
  expect_box(50, 20, 40, 60);
  EXPECT_EQ(object_->text_params.x_offset, 50u);
  EXPECT_EQ(object_->text_params.y_offset, 14u);
}

TEST_F(MappingTest, mirroring_mirrors_boxes) {
  remap_batch_meta(batch_.get(), {{0, 0, 200, 100}, {0, 0, 200, 100}, Flip::kHorizontal}, 200, 100);
  expect_box(120, 10, 60, 40);
}

TEST_F(MappingTest, a_flip_flips_masks) {
  object_->mask_params.width = 3;
  object_->mask_params.height = 2;
  object_->mask_params.size = 6 * sizeof(float);
  object_->mask_params.data = g_new(float, 6);
  std::vector<float> values = {1, 2, 3, 4, 5, 6};
  std::copy(values.begin(), values.end(), object_->mask_params.data);
  remap_batch_meta(batch_.get(), {{0, 0, 200, 100}, {0, 0, 100, 200}, Flip::kClockwise}, 100, 200);
  EXPECT_EQ(object_->mask_params.width, 2u);
  EXPECT_EQ(object_->mask_params.height, 3u);
  EXPECT_EQ(std::vector<float>(object_->mask_params.data, object_->mask_params.data + 6),
            (std::vector<float>{4, 1, 5, 2, 6, 3}));
}

TEST_F(MappingTest, display_meta_moves_with_the_picture) {
  NvDsDisplayMeta* display = nvds_acquire_display_meta_from_pool(batch_.get());
  display->num_rects = display->num_labels = display->num_lines = display->num_arrows =
      display->num_circles = 1;
  display->rect_params[0].left = 100;
  display->rect_params[0].width = 50;
  display->text_params[0].x_offset = 40;
  display->line_params[0].x2 = 200;
  display->line_params[0].y2 = 100;
  display->arrow_params[0].x1 = 10;
  display->circle_params[0].xc = 100;
  display->circle_params[0].yc = 50;
  display->circle_params[0].radius = 20;
  nvds_add_display_meta_to_frame(frame_, display);
  remap_batch_meta(batch_.get(), {{0, 0, 200, 100}, {0, 0, 400, 200}}, 400, 200);
  EXPECT_FLOAT_EQ(display->rect_params[0].left, 200);
  EXPECT_FLOAT_EQ(display->rect_params[0].width, 100);
  EXPECT_EQ(display->text_params[0].x_offset, 80u);
  EXPECT_EQ(display->line_params[0].x2, 400u);
  EXPECT_EQ(display->line_params[0].y2, 200u);
  EXPECT_EQ(display->arrow_params[0].x1, 20u);
  EXPECT_EQ(display->circle_params[0].xc, 200u);
  EXPECT_EQ(display->circle_params[0].radius, 40u);
}

TEST(Mapping, turns_points_the_way_convert_turns_pixels) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_GRAY8, 5, 3);
  const auto from = BlockPool::create(info)->acquire();
  for (int method = 0; method < 8; ++method) {
    const Flip flip = Flip(method);
    const int width = method % 2 ? 3 : 5, height = method % 2 ? 5 : 3;
    gst_video_info_set_format(&info, GST_VIDEO_FORMAT_GRAY8, width, height);
    const auto to = BlockPool::create(info)->acquire();
    Picture source = Picture::of(*from), destination = Picture::of(*to);
    for (int y = 0; y < 3; ++y)
      for (int x = 0; x < 5; ++x) source.plane[0][y * source.stride[0] + x] = uint8_t(10 * y + x);
    ASSERT_TRUE(
        convert(source, {0, 0, 5, 3}, destination, {0, 0, width, height}, Filter::kBilinear, flip));
    const Mapping mapping = {{0, 0, 5, 3}, {0, 0, width, height}, flip};
    for (int y = 0; y < 3; ++y)
      for (int x = 0; x < 5; ++x) {
        const Mapping::Point point = mapping.map({x + 0.5, y + 0.5});
        EXPECT_EQ(destination.plane[0][int(point.y) * destination.stride[0] + int(point.x)],
                  10 * y + x)
            << "flip " << method;
      }
  }
}

}  // namespace
}  // namespace pyds
