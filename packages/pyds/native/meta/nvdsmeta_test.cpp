#include "nvdsmeta.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <thread>

#include "meta/test_batch.h"

namespace pyds::meta {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Collects what g_critical() says instead of printing it.
class Criticals {
 public:
  Criticals() : previous_(g_log_set_default_handler(&Criticals::log, this)) {}
  ~Criticals() { g_log_set_default_handler(previous_, nullptr); }
  const std::string& text() const { return text_; }

 private:
  static void log(const gchar*, GLogLevelFlags, const gchar* message, gpointer self) {
    static_cast<Criticals*>(self)->text_ += message;
  }
  GLogFunc previous_;
  std::string text_;
};

TEST(Lists, FramesAreAppendedAndCounted) {
  const BatchPtr batch = make_batch();
  for (guint source : {5u, 6u, 7u}) add_frame(batch.get(), source);
  EXPECT_EQ(batch->num_frames_in_batch, 3u);
  for (guint i : {0u, 1u, 2u})
    EXPECT_EQ(nvds_get_nth_frame_meta(batch->frame_meta_list, i)->source_id, 5 + i);
  EXPECT_EQ(nvds_get_nth_frame_meta(batch->frame_meta_list, 3), nullptr);
}

TEST(Lists, ObjectsArePrependedAndCounted) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  for (gint id : {1, 2, 3}) add_object(frame, id);
  EXPECT_EQ(frame->num_obj_meta, 3u);
  EXPECT_THAT(class_ids(frame), ElementsAre(3, 2, 1));
}

TEST(Lists, UserMetasAreAppendedToTheBatchAndPrependedElsewhere) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  for (int i = 1; i <= 2; ++i) {
    NvDsUserMeta* to_batch = nvds_acquire_user_meta_from_pool(batch.get());
    to_batch->user_meta_data = GINT_TO_POINTER(i);
    nvds_add_user_meta_to_batch(batch.get(), to_batch);
    NvDsUserMeta* to_frame = nvds_acquire_user_meta_from_pool(batch.get());
    to_frame->user_meta_data = GINT_TO_POINTER(i);
    nvds_add_user_meta_to_frame(frame, to_frame);
  }
  const auto payload = [](GList* node) {
    return GPOINTER_TO_INT(static_cast<NvDsUserMeta*>(node->data)->user_meta_data);
  };
  EXPECT_EQ(payload(batch->batch_user_meta_list), 1);
  EXPECT_EQ(payload(frame->frame_user_meta_list), 2);
}

TEST(Lists, RemovingFromTheMiddleKeepsTheRest) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  add_object(frame, 1);
  NvDsObjectMeta* middle = add_object(frame, 2);
  add_object(frame, 3);
  nvds_remove_obj_meta_from_frame(frame, middle);
  EXPECT_THAT(class_ids(frame), ElementsAre(3, 1));
  EXPECT_EQ(frame->num_obj_meta, 2u);
  EXPECT_EQ(batch->obj_meta_pool->num_full_elements, 2u);
}

TEST(Lists, RemovingWhileWalkingWithNextFetchedFirstVisitsAll) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  for (gint id = 0; id < 6; ++id) add_object(frame, id);
  int visited = 0;
  for (GList* node = frame->obj_meta_list; node;) {
    GList* next = node->next;
    auto* object = static_cast<NvDsObjectMeta*>(node->data);
    if (object->class_id % 2) nvds_remove_obj_meta_from_frame(frame, object);
    ++visited;
    node = next;
  }
  EXPECT_EQ(visited, 6);
  EXPECT_THAT(class_ids(frame), ElementsAre(4, 2, 0));
}

TEST(Lists, ClearingReturnsEverythingToThePools) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  NvDsObjectMeta* object = add_object(frame);
  NvDsClassifierMeta* classifier = nvds_acquire_classifier_meta_from_pool(batch.get());
  nvds_add_classifier_meta_to_object(object, classifier);
  NvDsLabelInfo* label = nvds_acquire_label_info_meta_from_pool(batch.get());
  label->pResult_label = g_strdup("a label that is long");
  nvds_add_label_info_meta_to_classifier(classifier, label);
  EXPECT_EQ(classifier->num_labels, 1u);
  nvds_add_display_meta_to_frame(frame, nvds_acquire_display_meta_from_pool(batch.get()));
  nvds_clear_display_meta_list(frame, frame->display_meta_list);
  nvds_clear_frame_meta_list(batch.get(), batch->frame_meta_list);
  EXPECT_EQ(batch->num_frames_in_batch, 0u);
  for (NvDsMetaPool* pool :
       {batch->frame_meta_pool, batch->obj_meta_pool, batch->classifier_meta_pool,
        batch->label_info_meta_pool, batch->display_meta_pool, batch->user_meta_pool}) {
    EXPECT_EQ(pool->num_full_elements, 0u) << pool->meta_type;
    EXPECT_EQ(pool->full_list, nullptr);
    EXPECT_EQ(g_list_length(pool->empty_list), pool->max_elements_in_pool);
  }
}

TEST(Pools, GrowWithoutBoundAndHandOutZeroedElements) {
  const BatchPtr batch = make_batch(1);
  NvDsFrameMeta* frame = add_frame(batch.get());
  for (int i = 0; i < 3000; ++i) std::strcpy(add_object(frame, i)->obj_label, "dirty");
  EXPECT_EQ(frame->num_obj_meta, 3000u);
  nvds_clear_obj_meta_list(frame, frame->obj_meta_list);
  NvDsObjectMeta* object = nvds_acquire_obj_meta_from_pool(batch.get());
  EXPECT_STREQ(object->obj_label, "");
  EXPECT_EQ(object->base_meta.batch_meta, batch.get());
  EXPECT_EQ(object->base_meta.meta_type, NVDS_OBJ_META);
}

TEST(Pools, UserMetaComesBackWithoutItsFunctions) {
  const BatchPtr batch = make_batch();
  NvDsUserMeta* user = nvds_acquire_user_meta_from_pool(batch.get());
  user->base_meta.copy_func = [](gpointer, gpointer) -> gpointer { return nullptr; };
  nvds_add_user_meta_to_batch(batch.get(), user);
  nvds_remove_user_meta_from_batch(batch.get(), user);
  EXPECT_EQ(nvds_acquire_user_meta_from_pool(batch.get()), user);
  EXPECT_EQ(user->base_meta.copy_func, nullptr);
}

TEST(Pools, ThreadsMayAcquireFromOneBatch) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  const auto work = [&] {
    for (int i = 0; i < 500; ++i) add_object(frame);
  };
  std::thread other(work);
  work();
  other.join();
  EXPECT_EQ(frame->num_obj_meta, 1000u);
  EXPECT_EQ(g_list_length(frame->obj_meta_list), 1000u);
}

TEST(Release, CallsTheUserFunctionExactlyOnceWhereverTheMetaIs) {
  static int calls;
  calls = 0;
  const auto acquire = [](NvDsBatchMeta* batch) {
    NvDsUserMeta* user = nvds_acquire_user_meta_from_pool(batch);
    user->base_meta.release_func = [](gpointer, gpointer) { ++calls; };
    return user;
  };
  BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  NvDsObjectMeta* object = add_object(frame);
  nvds_add_user_meta_to_batch(batch.get(), acquire(batch.get()));
  nvds_add_user_meta_to_frame(frame, acquire(batch.get()));
  nvds_add_user_meta_to_obj(object, acquire(batch.get()));
  acquire(batch.get());  // never added
  nvds_remove_obj_meta_from_frame(frame, object);
  EXPECT_EQ(calls, 1);
  batch.reset();
  EXPECT_EQ(calls, 4);
}

TEST(Release, ForgetsAParentThatIsGone) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  NvDsObjectMeta* car = add_object(frame, 0);
  NvDsObjectMeta* plate = add_object(frame, 1, car);
  EXPECT_EQ(plate->parent, car);
  nvds_remove_obj_meta_from_frame(frame, car);
  EXPECT_EQ(plate->parent, nullptr);
}

TEST(Generations, TellAnElementFromItsSuccessor) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  NvDsObjectMeta* object = add_object(frame);
  const Element* element = element_of(object);
  const uint64_t generation = element->generation;
  EXPECT_TRUE(element->in_use());
  nvds_remove_obj_meta_from_frame(frame, object);
  EXPECT_FALSE(element->in_use());
  EXPECT_EQ(add_object(frame), object);
  EXPECT_NE(element->generation, generation);
}

TEST(Generations, SurviveTheirBatchWhileItsMemoryIsReferenced) {
  BatchPtr batch = make_batch();
  NvDsObjectMeta* object = add_object(add_frame(batch.get()));
  Element* element = element_of(object);
  const uint64_t generation = element->generation;
  element->memory->ref();
  batch.reset();
  const BatchPtr other = make_batch();  // must not get the referenced memory
  add_object(add_frame(other.get()));
  EXPECT_EQ(element->generation, generation + 1);
  element->memory->unref();
}

TEST(BatchMemory, IsRecycled) {
  BatchPtr batch = make_batch();
  const NvDsBatchMeta* first = batch.get();
  batch->misc_batch_info[0] = 7;
  batch.reset();
  batch = make_batch(2);
  EXPECT_EQ(batch.get(), first);
  EXPECT_EQ(batch->misc_batch_info[0], 0);
  EXPECT_EQ(batch->max_frames_in_batch, 2u);
}

TEST(BatchMemory, KnowsEveryElementByItsAddress) {
  const BatchPtr batch = make_batch();
  NvDsObjectMeta* object = add_object(add_frame(batch.get()));
  EXPECT_EQ(find_element(object), element_of(object));
  EXPECT_EQ(find_element(batch.get()), element_of(batch.get()));
  EXPECT_EQ(find_element(&object->rect_params), nullptr);
  EXPECT_EQ(find_element(nullptr), nullptr);
}

TEST(Misuse, AddingTwiceIsRefused) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  NvDsFrameMeta* other = add_frame(batch.get());
  NvDsObjectMeta* object = add_object(frame);
  Criticals criticals;
  nvds_add_obj_meta_to_frame(frame, object, nullptr);
  EXPECT_THAT(criticals.text(), HasSubstr("already in this list"));
  nvds_add_obj_meta_to_frame(other, object, nullptr);
  EXPECT_THAT(criticals.text(), HasSubstr("another parent"));
  EXPECT_EQ(frame->num_obj_meta, 1u);
  EXPECT_EQ(other->num_obj_meta, 0u);
}

TEST(Misuse, AMetaOfAnotherBatchIsRefused) {
  const BatchPtr batch = make_batch(), other = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  Criticals criticals;
  nvds_add_obj_meta_to_frame(frame, nvds_acquire_obj_meta_from_pool(other.get()), nullptr);
  EXPECT_THAT(criticals.text(), HasSubstr("belongs to another batch"));
  EXPECT_EQ(frame->obj_meta_list, nullptr);
}

TEST(Misuse, RemovingWhatIsNotThereIsRefused) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  NvDsFrameMeta* other = add_frame(batch.get());
  NvDsObjectMeta* object = add_object(frame);
  Criticals criticals;
  nvds_remove_obj_meta_from_frame(other, object);
  EXPECT_THAT(criticals.text(), HasSubstr("not in this list"));
  nvds_remove_obj_meta_from_frame(frame, object);
  nvds_remove_obj_meta_from_frame(frame, object);
  EXPECT_THAT(criticals.text(), HasSubstr("already returned"));
  EXPECT_EQ(frame->num_obj_meta, 0u);
}

TEST(UserMetaTypes, AreStablePerNameAndAboveTheFixedOnes) {
  const NvDsMetaType a = nvds_get_user_meta_type("ORG.A.TYPE");
  EXPECT_GT(a, NVDS_START_USER_META);
  EXPECT_EQ(a, nvds_get_user_meta_type("ORG.A.TYPE"));
  EXPECT_NE(a, nvds_get_user_meta_type("ORG.B.TYPE"));
}

}  // namespace
}  // namespace pyds::meta
