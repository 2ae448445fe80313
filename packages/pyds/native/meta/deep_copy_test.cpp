#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "meta/test_batch.h"

namespace pyds::meta {
namespace {

using ::testing::ElementsAre;

BatchPtr copy_of(const BatchPtr& batch) {
  return BatchPtr(static_cast<NvDsBatchMeta*>(nvds_batch_meta_copy_func(batch.get(), nullptr)));
}

NvDsFrameMeta* first_frame(const BatchPtr& batch) {
  return nvds_get_nth_frame_meta(batch->frame_meta_list, 0);
}

TEST(DeepCopy, IteratesInTheOrderOfItsSource) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get(), 9);
  add_frame(batch.get(), 8);
  for (gint id : {1, 2, 3}) add_object(frame, id);
  const BatchPtr copy = copy_of(copy_of(batch));
  ASSERT_EQ(copy->num_frames_in_batch, 2u);
  EXPECT_EQ(first_frame(copy)->source_id, 9u);
  EXPECT_THAT(class_ids(first_frame(copy)), ElementsAre(3, 2, 1));
  EXPECT_EQ(first_frame(copy)->num_obj_meta, 3u);
  EXPECT_EQ(first_frame(copy)->base_meta.batch_meta, copy.get());
}

TEST(DeepCopy, OwnsItsStringsAndMasks) {
  BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  NvDsObjectMeta* object = add_object(frame);
  object->text_params.display_text = g_strdup("car 1");
  object->mask_params.data = static_cast<float*>(g_malloc0(4 * sizeof(float)));
  object->mask_params.data[3] = 0.5f;
  object->mask_params.size = 4 * sizeof(float);
  NvDsClassifierMeta* classifier = nvds_acquire_classifier_meta_from_pool(batch.get());
  nvds_add_classifier_meta_to_object(object, classifier);
  NvDsLabelInfo* label = nvds_acquire_label_info_meta_from_pool(batch.get());
  label->pResult_label = g_strdup("red");
  nvds_add_label_info_meta_to_classifier(classifier, label);
  NvDsDisplayMeta* display = nvds_acquire_display_meta_from_pool(batch.get());
  display->num_labels = 1;
  display->text_params[0].display_text = g_strdup("hello");
  nvds_add_display_meta_to_frame(frame, display);

  const BatchPtr copy = copy_of(batch);
  batch.reset();
  frame = first_frame(copy);
  object = static_cast<NvDsObjectMeta*>(frame->obj_meta_list->data);
  EXPECT_STREQ(object->text_params.display_text, "car 1");
  EXPECT_EQ(object->mask_params.data[3], 0.5f);
  classifier = static_cast<NvDsClassifierMeta*>(object->classifier_meta_list->data);
  EXPECT_EQ(classifier->num_labels, 1u);
  EXPECT_STREQ(static_cast<NvDsLabelInfo*>(classifier->label_info_list->data)->pResult_label,
               "red");
  display = static_cast<NvDsDisplayMeta*>(frame->display_meta_list->data);
  EXPECT_STREQ(display->text_params[0].display_text, "hello");
}

TEST(DeepCopy, FindsParentsBeforeAndBehindTheirChildren) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  NvDsObjectMeta* late = nvds_acquire_obj_meta_from_pool(batch.get());
  late->class_id = 1;
  NvDsObjectMeta* early = add_object(frame, 2);
  add_object(frame, 3, early);
  add_object(frame, 4, late);
  nvds_add_obj_meta_to_frame(frame, late, nullptr);

  const BatchPtr copy = copy_of(batch);
  for (GList* node = first_frame(copy)->obj_meta_list; node; node = node->next) {
    const auto* object = static_cast<NvDsObjectMeta*>(node->data);
    if (object->class_id < 3) {
      EXPECT_EQ(object->parent, nullptr);
      continue;
    }
    ASSERT_NE(object->parent, nullptr);
    EXPECT_EQ(object->parent->class_id, object->class_id == 3 ? 2 : 1);
    EXPECT_EQ(object->parent->base_meta.batch_meta, copy.get());
  }
}

TEST(DeepCopy, TakesUserMetasThatCanBeCopiedAndDropsTheOthers) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  nvds_add_user_meta_to_frame(frame, nvds_acquire_user_meta_from_pool(batch.get()));
  NvDsUserMeta* user = nvds_acquire_user_meta_from_pool(batch.get());
  user->base_meta.meta_type = nvds_get_user_meta_type("TEST.STRING");
  user->user_meta_data = g_strdup("payload");
  user->base_meta.copy_func = [](gpointer data, gpointer) -> gpointer {
    return g_strdup(static_cast<char*>(static_cast<NvDsUserMeta*>(data)->user_meta_data));
  };
  user->base_meta.release_func = [](gpointer data, gpointer) {
    g_free(static_cast<NvDsUserMeta*>(data)->user_meta_data);
  };
  nvds_add_user_meta_to_frame(frame, user);

  const BatchPtr copy = copy_of(batch);
  GList* metas = first_frame(copy)->frame_user_meta_list;
  ASSERT_EQ(g_list_length(metas), 1u);
  const auto* copied = static_cast<NvDsUserMeta*>(metas->data);
  EXPECT_STREQ(static_cast<char*>(copied->user_meta_data), "payload");
  EXPECT_NE(copied->user_meta_data, user->user_meta_data);
  EXPECT_EQ(copied->base_meta.meta_type, user->base_meta.meta_type);
  EXPECT_EQ(copy->user_meta_pool->num_full_elements, 1u);
}

TEST(DeepCopy, OfAListKeepsWhatIsThereAlready) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* from = add_frame(batch.get());
  NvDsFrameMeta* to = add_frame(batch.get());
  for (gint id : {1, 2}) add_object(from, id);
  add_object(to, 9);
  nvds_copy_obj_meta_list(from->obj_meta_list, to);
  EXPECT_THAT(class_ids(to), ElementsAre(2, 1, 9));
  EXPECT_THAT(class_ids(from), ElementsAre(2, 1));
}

TEST(DeepCopy, OfAListIntoItselfDoublesIt) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  for (gint id : {1, 2}) add_object(frame, id);
  nvds_copy_obj_meta_list(frame->obj_meta_list, frame);
  EXPECT_THAT(class_ids(frame), ElementsAre(2, 1, 2, 1));
  nvds_copy_frame_meta_list(batch->frame_meta_list, batch.get());
  EXPECT_EQ(batch->num_frames_in_batch, 2u);
}

}  // namespace
}  // namespace pyds::meta
