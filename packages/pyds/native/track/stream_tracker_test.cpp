#include "track/stream_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

namespace pyds::track {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class StreamTrackerTest : public testing::Test {
 protected:
  NvDsFrameMeta* new_frame(bool inferred = true) {
    if (batch_) nvds_destroy_batch_meta(batch_);
    batch_ = nvds_create_batch_meta(1);
    frame_ = nvds_acquire_frame_meta_from_pool(batch_);
    frame_->source_id = 3;
    frame_->frame_num = frame_num_++;
    frame_->bInferDone = inferred;
    frame_->pipeline_width = 640;
    frame_->pipeline_height = 480;
    nvds_add_frame_meta_to_batch(batch_, frame_);
    return frame_;
  }
  NvDsObjectMeta* detect(float left, int class_id = 0, NvDsObjectMeta* parent = nullptr,
                         float confidence = 0.9f) {
    NvDsObjectMeta* object = nvds_acquire_obj_meta_from_pool(batch_);
    object->class_id = class_id;
    object->unique_component_id = 1;
    object->object_id = UNTRACKED_OBJECT_ID;
    object->confidence = confidence;
    object->rect_params.left = left;
    object->rect_params.top = 100;
    object->rect_params.width = 60;
    object->rect_params.height = 90;
    object->rect_params.border_width = 3;
    object->text_params.display_text = g_strdup("person");
    g_strlcpy(object->obj_label, "person", sizeof(object->obj_label));
    nvds_add_obj_meta_to_frame(frame_, object, parent);
    return object;
  }
  std::vector<NvDsObjectMeta*> track() {
    BatchReport report;
    tracker_.track(frame_, options_, nullptr, &styles_, &report);
    report.attach(batch_);
    std::vector<NvDsObjectMeta*> objects;
    for (GList* node = frame_->obj_meta_list; node; node = node->next)
      objects.push_back(static_cast<NvDsObjectMeta*>(node->data));
    return objects;
  }
  void TearDown() override { nvds_destroy_batch_meta(batch_); }

  std::shared_ptr<Config> config_ = std::make_shared<Config>();
  TrackingOptions options_;
  ClassStyles styles_;
  StreamTracker tracker_{config_, std::make_shared<IdSource>()};
  NvDsBatchMeta* batch_ = nullptr;
  NvDsFrameMeta* frame_ = nullptr;
  int frame_num_ = 0;
};

TEST_F(StreamTrackerTest, WritesIdConfidenceBoxAndText) {
  new_frame();
  detect(600);
  const auto objects = track();
  ASSERT_THAT(objects, SizeIs(1));
  const NvDsObjectMeta& object = *objects[0];
  EXPECT_EQ(object.object_id, 0u);
  EXPECT_FLOAT_EQ(object.tracker_confidence, 1);
  EXPECT_FLOAT_EQ(object.confidence, 0.9f);
  EXPECT_FLOAT_EQ(object.tracker_bbox_info.org_bbox_coords.width, 60);
  EXPECT_FLOAT_EQ(object.rect_params.width, 40) << "clipped to the frame";
  EXPECT_STREQ(object.text_params.display_text, "person 0");
  EXPECT_EQ(object.text_params.x_offset, 600u);
  EXPECT_EQ(object.text_params.y_offset, 80u);
}

TEST_F(StreamTrackerTest, TextStaysAsItIsWhenIdsAreNotShown) {
  options_.display_id = false;
  new_frame();
  detect(10);
  EXPECT_STREQ(track().at(0)->text_params.display_text, "person");
}

TEST_F(StreamTrackerTest, IdsFollowTheOrderOfDetection) {
  new_frame();
  detect(10);
  detect(200);
  for (const NvDsObjectMeta* object : track())
    EXPECT_EQ(object->object_id, object->rect_params.left < 100 ? 0u : 1u);
}

TEST_F(StreamTrackerTest, FramesWithoutInferenceGetPredictedObjects) {
  for (int i = 0; i < 5; ++i) {
    new_frame();
    detect(10.0f + 10 * i);
    track();
  }
  new_frame(false);
  const auto objects = track();
  ASSERT_THAT(objects, SizeIs(1));
  const NvDsObjectMeta& object = *objects[0];
  EXPECT_EQ(object.object_id, 0u);
  EXPECT_EQ(object.unique_component_id, 1);
  EXPECT_FLOAT_EQ(object.confidence, -0.1f);
  EXPECT_FLOAT_EQ(object.detector_bbox_info.org_bbox_coords.width, 0);
  EXPECT_NEAR(object.rect_params.left, 60, 4);
  EXPECT_EQ(object.rect_params.border_width, 3u);
  EXPECT_STREQ(object.obj_label, "person");
  EXPECT_STREQ(object.text_params.display_text, "person 0");
}

TEST_F(StreamTrackerTest, ADetectorThatNeverSetsTheFlagLeavesNoGhosts) {
  for (int i = 0; i < 5; ++i) {
    new_frame(false);
    detect(10);
    EXPECT_THAT(track(), SizeIs(1));
  }
  for (int i = 0; i < 2; ++i) {
    new_frame(false);
    track();
  }
  new_frame(false);
  EXPECT_THAT(track(), IsEmpty());
}

TEST_F(StreamTrackerTest, UnreportedObjectsAreRemovedAndTheirChildrenStay) {
  config_->targets.probation_age = 2;
  options_.class_ids = {0};
  new_frame();
  NvDsObjectMeta* person = detect(10, 0);
  detect(20, 5, person);
  const auto objects = track();
  ASSERT_THAT(objects, SizeIs(1));
  EXPECT_EQ(objects[0]->class_id, 5);
  EXPECT_EQ(objects[0]->parent, nullptr);
  EXPECT_EQ(objects[0]->object_id, UNTRACKED_OBJECT_ID);
}

TEST_F(StreamTrackerTest, PastFramesComeAsBatchUserMeta) {
  config_->targets.probation_age = 2;
  for (int i = 0; i < 3; ++i) {
    new_frame();
    detect(10);
    track();
  }
  ASSERT_NE(batch_->batch_user_meta_list, nullptr);
  const auto* meta = static_cast<NvDsUserMeta*>(batch_->batch_user_meta_list->data);
  EXPECT_EQ(meta->base_meta.meta_type, NVDS_TRACKER_PAST_FRAME_META);
  const auto* data = static_cast<NvDsTargetMiscDataBatch*>(meta->user_meta_data);
  ASSERT_EQ(data->numFilled, 1u);
  EXPECT_EQ(data->list[0].streamID, 3u);
  EXPECT_EQ(data->list[0].list[0].numObj, 2u);
  EXPECT_STREQ(data->list[0].list[0].objLabel, "person");
}

}  // namespace
}  // namespace pyds::track
