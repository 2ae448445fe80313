#include "track/target_data.h"

#include <gtest/gtest.h>

namespace pyds::track {
namespace {

Tracklet tracklet(uint64_t id, std::vector<uint32_t> frame_nums) {
  Tracklet tracklet{id, 2, 1, {}};
  for (uint32_t frame_num : frame_nums)
    tracklet.frames.push_back(
        {frame_num, {1.0f * frame_num, 2, 3, 4}, 0.5f, frame_num + 1, TargetState::kShadow});
  return tracklet;
}

const NvDsTargetMiscDataBatch* data_of(const NvDsBatchMeta* batch) {
  if (!batch->batch_user_meta_list) return nullptr;
  const auto* meta = static_cast<NvDsUserMeta*>(batch->batch_user_meta_list->data);
  EXPECT_EQ(meta->base_meta.meta_type, NVDS_TRACKER_PAST_FRAME_META);
  return static_cast<NvDsTargetMiscDataBatch*>(meta->user_meta_data);
}

void expect_two_streams(const NvDsTargetMiscDataBatch& data) {
  ASSERT_EQ(data.numFilled, 2u);
  EXPECT_EQ(data.list[0].streamID, 4u);
  EXPECT_EQ(data.list[1].streamID, 7u);
  ASSERT_EQ(data.list[0].numFilled, 2u);
  ASSERT_EQ(data.list[1].numFilled, 1u);
  EXPECT_EQ(data.list[0].list[1].uniqueId, 11u);
  EXPECT_STREQ(data.list[0].list[1].objLabel, "label 2");
  const NvDsTargetMiscDataObject& last = data.list[1].list[0];
  EXPECT_EQ(last.uniqueId, 12u);
  EXPECT_EQ(last.classId, 2);
  ASSERT_EQ(last.numObj, 2u);
  EXPECT_EQ(last.list[1].frameNum, 9u);
  EXPECT_FLOAT_EQ(last.list[1].tBbox.left, 9);
  EXPECT_EQ(last.list[1].age, 10u);
  EXPECT_EQ(last.list[1].trackerState, INACTIVE);
}

TEST(TargetData, HoldsStreamsTargetsAndFramesAndSurvivesADeepCopyOfTheBatch) {
  NvDsBatchMeta* batch = nvds_create_batch_meta(1);
  auto data = std::make_unique<TargetData>();
  const auto label = [](const Tracklet& t) { return "label " + std::to_string(t.class_id); };
  data->add_stream(4, {tracklet(10, {5}), tracklet(11, {6, 7, 8})}, label);
  data->add_stream(5, {}, label);
  data->add_stream(7, {tracklet(12, {8, 9})}, label);
  TargetData::attach(std::move(data), NVDS_TRACKER_PAST_FRAME_META, batch);

  auto* copy = static_cast<NvDsBatchMeta*>(nvds_batch_meta_copy_func(batch, nullptr));
  expect_two_streams(*data_of(batch));
  nvds_destroy_batch_meta(batch);
  expect_two_streams(*data_of(copy));
  nvds_destroy_batch_meta(copy);
}

TEST(TargetData, NothingToTellAttachesNothing) {
  NvDsBatchMeta* batch = nvds_create_batch_meta(1);
  TargetData::attach(std::make_unique<TargetData>(), NVDS_TRACKER_PAST_FRAME_META, batch);
  EXPECT_EQ(data_of(batch), nullptr);
  nvds_destroy_batch_meta(batch);
}

}  // namespace
}  // namespace pyds::track
