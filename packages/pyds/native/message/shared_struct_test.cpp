#include "message/shared_struct.h"

#include <gtest/gtest.h>

namespace pyds::message {
namespace {

class UserMeta : public testing::Test {
 protected:
  UserMeta() {
    NvDsFrameMeta* frame = nvds_acquire_frame_meta_from_pool(batch_);
    nvds_add_frame_meta_to_batch(batch_, frame);
    user_ = nvds_acquire_user_meta_from_pool(batch_);
    nvds_add_user_meta_to_frame(frame, user_);
  }
  ~UserMeta() override { nvds_destroy_batch_meta(batch_); }

  static NvDsUserMeta* user_of(NvDsBatchMeta* batch) {
    auto* frame = static_cast<NvDsFrameMeta*>(batch->frame_meta_list->data);
    GList* list = frame->frame_user_meta_list;
    return list ? static_cast<NvDsUserMeta*>(list->data) : nullptr;
  }

  NvDsBatchMeta* batch_ = nvds_create_batch_meta(1);
  NvDsUserMeta* user_;
};

SharedStruct<NvDsEventMsgMeta>* vehicle_event() {
  auto* event = SharedStruct<NvDsEventMsgMeta>::make();
  event->contents().objType = NVDS_OBJECT_TYPE_VEHICLE;
  event->contents().objectId = g_strdup("car 7");
  event->contents().objSignature = {g_new0(gdouble, 3), 3};
  event->contents().objSignature.signature[2] = 0.5;
  auto* vehicle = SharedStruct<NvDsVehicleObject>::make();
  vehicle->contents().make = g_strdup("Simca");
  event->contents().extMsg = vehicle->value();
  event->contents().extMsgSize = sizeof(NvDsVehicleObject);
  event->hold(vehicle);
  vehicle->unref();
  return event;
}

TEST_F(UserMeta, DeepCopiesOfAnEventOutliveItsSource) {
  auto* event = vehicle_event();
  give_to(user_, event);
  event->unref();
  auto* copy = static_cast<NvDsBatchMeta*>(nvds_batch_meta_copy_func(batch_, nullptr));
  take_from(user_);
  const auto& copied = *static_cast<NvDsEventMsgMeta*>(user_of(copy)->user_meta_data);
  EXPECT_STREQ(copied.objectId, "car 7");
  EXPECT_EQ(copied.objSignature.signature[2], 0.5);
  EXPECT_STREQ(static_cast<NvDsVehicleObject*>(copied.extMsg)->make, "Simca");
  nvds_destroy_batch_meta(copy);
}

TEST_F(UserMeta, AnEventIsFreedWithItsMetaUnlessSomebodyHoldsIt) {
  auto* event = vehicle_event();
  give_to(user_, event);
  const void* address = event->value();
  nvds_remove_user_meta_from_frame(static_cast<NvDsFrameMeta*>(batch_->frame_meta_list->data),
                                   user_);
  EXPECT_EQ(find(address), event);
  event->unref();
  EXPECT_EQ(find(address), nullptr);
}

TEST_F(UserMeta, AnExtendedMessageOfUnknownTypeIsLeftOutOfCopies) {
  auto* event = SharedStruct<NvDsEventMsgMeta>::make();
  int unknown = 0;
  event->contents().objType = NVDS_OBJECT_TYPE_BAG;
  event->contents().extMsg = &unknown;
  event->contents().extMsgSize = sizeof(unknown);
  auto* copy = event->clone();
  EXPECT_EQ(copy->contents().extMsg, nullptr);
  EXPECT_EQ(copy->contents().extMsgSize, 0u);
  copy->unref();
  event->unref();
}

}  // namespace
}  // namespace pyds::message
