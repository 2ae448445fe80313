#include "meta/object_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "meta/test_batch.h"

namespace pyds::meta {
namespace {

using ::testing::ElementsAre;

ObjectRow row_of_frame(uint32_t frame_index, int32_t class_id, const char* label = nullptr) {
  ObjectRow row = {};
  row.frame_index = frame_index;
  row.class_id = class_id;
  row.object_id = UNTRACKED_OBJECT_ID;
  row.confidence = 0.5f;
  row.left = 10;
  row.top = 40;
  row.width = 30;
  row.height = 20;
  row.label_id = label_id(label);
  return row;
}

TEST(ObjectTable, HoldsWhatTheListsHold) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* a = add_frame(batch.get(), 4);
  NvDsFrameMeta* b = add_frame(batch.get(), 5);
  b->batch_id = 1;
  b->frame_num = 77;
  add_object(a, 1);
  NvDsObjectMeta* object = add_object(b, 2);
  object->object_id = 123456789012ULL;
  object->confidence = 0.25f;
  object->rect_params.left = 3.5f;
  std::strcpy(object->obj_label, "person");

  nvds_acquire_obj_meta_from_pool(batch.get());  // in no list
  std::vector<ObjectRow> rows(most_objects(batch.get()));
  ASSERT_GE(rows.size(), 2u);
  EXPECT_EQ(read_objects(batch.get(), rows.data(), rows.size()), 2u);
  EXPECT_EQ(rows[0].source_id, 4u);
  EXPECT_EQ(rows[0].label_id, 0u);
  EXPECT_EQ(rows[1].frame_index, 1u);
  EXPECT_EQ(rows[1].batch_id, 1u);
  EXPECT_EQ(rows[1].frame_num, 77);
  EXPECT_EQ(rows[1].class_id, 2);
  EXPECT_EQ(rows[1].object_id, 123456789012ULL);
  EXPECT_EQ(rows[1].confidence, 0.25f);
  EXPECT_EQ(rows[1].left, 3.5f);
  EXPECT_STREQ(label_text(rows[1].label_id), "person");
}

TEST(ObjectTable, NeverWritesMoreRowsThanThereIsRoomFor) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  for (int i = 0; i < 3; ++i) add_object(frame, i);
  std::vector<ObjectRow> rows(2);
  EXPECT_EQ(read_objects(batch.get(), rows.data(), rows.size()), 2u);
}

TEST(ObjectTable, TellsLabelsApartThatShareAClass) {
  const BatchPtr batch = make_batch();
  NvDsFrameMeta* frame = add_frame(batch.get());
  for (const char* label : {"a", "b", "a"}) std::strcpy(add_object(frame, 0)->obj_label, label);
  std::vector<ObjectRow> rows(3);
  read_objects(batch.get(), rows.data(), rows.size());
  EXPECT_STREQ(label_text(rows[0].label_id), "a");
  EXPECT_STREQ(label_text(rows[1].label_id), "b");
  EXPECT_EQ(rows[0].label_id, rows[2].label_id);
}

TEST(ObjectTable, RoundTrips) {
  const BatchPtr batch = make_batch();
  add_frame(batch.get());
  add_frame(batch.get());
  const std::vector<ObjectRow> rows = {row_of_frame(0, 1, "car"), row_of_frame(0, 2),
                                       row_of_frame(1, 3, "bus")};
  EXPECT_EQ(add_objects(batch.get(), rows.data(), rows.size()), rows.size());
  NvDsFrameMeta* first = nvds_get_nth_frame_meta(batch->frame_meta_list, 0);
  EXPECT_THAT(class_ids(first), ElementsAre(1, 2));
  EXPECT_EQ(first->num_obj_meta, 2u);
  const auto* object = static_cast<NvDsObjectMeta*>(first->obj_meta_list->data);
  EXPECT_STREQ(object->obj_label, "car");
  EXPECT_STREQ(object->text_params.display_text, "car");
  EXPECT_EQ(object->text_params.y_offset, 30u);
  EXPECT_EQ(object->rect_params.border_width, 3u);
  EXPECT_EQ(object->detector_bbox_info.org_bbox_coords.width, 30.f);

  std::vector<ObjectRow> read(3);
  read_objects(batch.get(), read.data(), read.size());
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(read[i].class_id, rows[i].class_id);
    EXPECT_EQ(read[i].label_id, rows[i].label_id);
    EXPECT_EQ(read[i].object_id, UNTRACKED_OBJECT_ID);
  }
}

TEST(ObjectTable, ARowOfAMissingFrameAddsNothing) {
  const BatchPtr batch = make_batch();
  add_frame(batch.get());
  const std::vector<ObjectRow> rows = {row_of_frame(0, 1), row_of_frame(1, 2)};
  EXPECT_EQ(add_objects(batch.get(), rows.data(), rows.size()), 1u);
  EXPECT_EQ(most_objects(batch.get()), 0u);
}

}  // namespace
}  // namespace pyds::meta
