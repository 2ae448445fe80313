#include "preprocess/batch_meta.h"

#include <gtest/gtest.h>

#include "meta/test_batch.h"
#include "preprocess/tensor_pool.h"

namespace pyds::preprocess {
namespace {

PreparedTensor tensor_of(TensorPool* pool, NvDsFrameMeta* frame, NvDsObjectMeta* object) {
  PreparedTensor prepared;
  prepared.memory = pool->acquire();
  prepared.target_ids = {4};
  prepared.tensor.tensor_shape = {1, 3, 2, 2};
  NvDsRoiMeta region = {};
  region.frame_meta = frame;
  region.object_meta = object;
  prepared.regions.push_back(region);
  return prepared;
}

const GstNvDsPreProcessBatchMeta& first_of(const meta::BatchPtr& batch) {
  const auto* user_meta = static_cast<NvDsUserMeta*>(batch->batch_user_meta_list->data);
  EXPECT_EQ(user_meta->base_meta.meta_type, NVDS_PREPROCESS_BATCH_META);
  return *static_cast<const GstNvDsPreProcessBatchMeta*>(user_meta->user_meta_data);
}

TEST(PreprocessBatchMeta, NamesTheFramesAndObjectsOfACopyInTheCopy) {
  TensorPool pool(48);
  meta::BatchPtr batch = meta::make_batch();
  meta::add_frame(batch.get(), 7);
  NvDsFrameMeta* frame = meta::add_frame(batch.get(), 8);
  meta::add_object(frame, 1);
  NvDsObjectMeta* object = meta::add_object(frame, 2);
  meta::add_object(frame, 3);
  attach_tensor(batch.get(), tensor_of(&pool, frame, object));
  const void* tensor = first_of(batch).tensor_meta->raw_tensor_buffer;

  const meta::BatchPtr copy(
      static_cast<NvDsBatchMeta*>(nvds_batch_meta_copy_func(batch.get(), nullptr)));
  batch.reset();
  const GstNvDsPreProcessBatchMeta& copied = first_of(copy);
  EXPECT_EQ(copied.tensor_meta->raw_tensor_buffer, tensor);
  EXPECT_EQ(copied.target_unique_ids, std::vector<guint64>{4});
  const NvDsRoiMeta& region = copied.roi_vector.at(0);
  ASSERT_EQ(region.frame_meta, nvds_get_nth_frame_meta(copy->frame_meta_list, 1));
  EXPECT_EQ(region.frame_meta->source_id, 8u);
  EXPECT_EQ(region.object_meta->class_id, 2);
  EXPECT_EQ(region.object_meta->base_meta.batch_meta, copy.get());
}

TEST(PreprocessBatchMeta, NamesNoFrameInACopyOfOtherFrames) {
  TensorPool pool(48);
  const meta::BatchPtr batch = meta::make_batch();
  attach_tensor(batch.get(), tensor_of(&pool, meta::add_frame(batch.get()), nullptr));
  const meta::BatchPtr other = meta::make_batch();
  nvds_copy_batch_user_meta_list(batch->batch_user_meta_list, other.get());
  EXPECT_EQ(first_of(other).roi_vector.at(0).frame_meta, nullptr);
}

TEST(PreprocessBatchMeta, GivesItsMemoryBackWithTheLastCopy) {
  TensorPool pool(48);
  meta::BatchPtr batch = meta::make_batch();
  attach_tensor(batch.get(), tensor_of(&pool, meta::add_frame(batch.get()), nullptr));
  const void* used = first_of(batch).tensor_meta->raw_tensor_buffer;
  meta::BatchPtr copy(static_cast<NvDsBatchMeta*>(nvds_batch_meta_copy_func(batch.get(), nullptr)));
  batch.reset();
  EXPECT_NE(pool.acquire().get(), used);
  copy.reset();
  EXPECT_EQ(pool.acquire().get(), used);
}

}  // namespace
}  // namespace pyds::preprocess
