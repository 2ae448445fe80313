#include "analytics/frame_analysis.h"

#include <gtest/gtest.h>

namespace pyds::analytics {
namespace {

// A frame twice as large as the configuration's, with one object.
class FrameAnalysisTest : public testing::Test {
 protected:
  FrameAnalysisTest() : batch_(nvds_create_batch_meta(1)) {
    frame_ = nvds_acquire_frame_meta_from_pool(batch_);
    frame_->pipeline_width = 1280;
    frame_->pipeline_height = 720;
    nvds_add_frame_meta_to_batch(batch_, frame_);
    object_ = nvds_acquire_obj_meta_from_pool(batch_);
    object_->object_id = UNTRACKED_OBJECT_ID;
    object_->rect_params.left = 200;
    object_->rect_params.top = 100;
    object_->rect_params.width = 40;
    object_->rect_params.height = 60;  // stands at (110, 80) of the configuration
    nvds_add_obj_meta_to_frame(frame_, object_, nullptr);
    config_.width = 640;
    config_.height = 360;
    config_.streams[0].roi = Roi{{{"RF", {{109, 79}, {111, 79}, {111, 81}, {109, 81}}}}, false, {}};
  }
  ~FrameAnalysisTest() override { nvds_destroy_batch_meta(batch_); }

  void analyze() {
    StreamAnalyzer analyzer(config_.streams.at(0));
    analyze_frame(frame_, config_, analyzer, 17);
  }

  NvDsBatchMeta* batch_;
  NvDsFrameMeta* frame_;
  NvDsObjectMeta* object_;
  Config config_;
};

TEST_F(FrameAnalysisTest, ResultsAreUserMetaThatSurvivesDeepCopies) {
  analyze();
  auto* copy = static_cast<NvDsBatchMeta*>(nvds_batch_meta_copy_func(batch_, nullptr));
  for (NvDsBatchMeta* batch : {batch_, copy}) {
    auto* frame = nvds_get_nth_frame_meta(batch->frame_meta_list, 0);
    ASSERT_NE(frame->frame_user_meta_list, nullptr);
    auto* user = static_cast<NvDsUserMeta*>(frame->frame_user_meta_list->data);
    EXPECT_EQ(user->base_meta.meta_type, NVDS_USER_FRAME_META_NVDSANALYTICS);
    auto* found = static_cast<NvDsAnalyticsFrameMeta*>(user->user_meta_data);
    EXPECT_EQ(found->objInROIcnt.at("RF"), 1u);
    EXPECT_EQ(found->unique_id, 17u);
    auto* object = static_cast<NvDsObjectMeta*>(frame->obj_meta_list->data);
    ASSERT_NE(object->obj_user_meta_list, nullptr);
    user = static_cast<NvDsUserMeta*>(object->obj_user_meta_list->data);
    EXPECT_EQ(user->base_meta.meta_type, NVDS_USER_OBJ_META_NVDSANALYTICS);
    const auto* info = static_cast<NvDsAnalyticsObjInfo*>(user->user_meta_data);
    EXPECT_EQ(info->roiStatus[0], "RF");
    EXPECT_EQ(info->objStatus, "ROI:RF");
  }
  nvds_destroy_batch_meta(copy);
}

TEST_F(FrameAnalysisTest, ObjectsWithNothingToSayGetNoMeta) {
  object_->rect_params.left = 600;
  analyze();
  EXPECT_EQ(object_->obj_user_meta_list, nullptr);
}

TEST_F(FrameAnalysisTest, ShapesAndCountsAreDrawnInFramePixels) {
  analyze();
  ASSERT_NE(frame_->display_meta_list, nullptr);
  auto* display = static_cast<NvDsDisplayMeta*>(frame_->display_meta_list->data);
  EXPECT_EQ(display->num_lines, 4u);
  EXPECT_EQ(display->line_params[0].x1, 218u);
  EXPECT_EQ(display->line_params[0].y1, 158u);
  EXPECT_STREQ(display->text_params[0].display_text, "RF=1");
}

TEST_F(FrameAnalysisTest, OsdModeSaysWhatIsDrawn) {
  config_.osd_mode = OsdMode::kShapes;
  analyze();
  auto* display = static_cast<NvDsDisplayMeta*>(frame_->display_meta_list->data);
  EXPECT_STREQ(display->text_params[0].display_text, "RF");
  nvds_clear_display_meta_list(frame_, frame_->display_meta_list);
  config_.osd_mode = OsdMode::kNothing;
  analyze();
  EXPECT_EQ(frame_->display_meta_list, nullptr);
}

TEST_F(FrameAnalysisTest, MoreShapesThanADisplayMetaHoldsTakeSeveral) {
  for (int i = 0; i < 20; ++i)
    config_.streams[0].roi->regions.push_back({"R" + std::to_string(i), {{0, 0}, {9, 0}, {9, 9}}});
  analyze();
  unsigned lines = 0, labels = 0;
  for (GList* node = frame_->display_meta_list; node; node = node->next) {
    lines += static_cast<NvDsDisplayMeta*>(node->data)->num_lines;
    labels += static_cast<NvDsDisplayMeta*>(node->data)->num_labels;
  }
  EXPECT_EQ(lines, 4u + 3u * 20u);
  EXPECT_EQ(labels, 21u);
}

}  // namespace
}  // namespace pyds::analytics
