#include "infer/unit_selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <limits>

#include "meta/test_batch.h"

namespace pyds {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kWidth = 64, kHeight = 48;

// A batch of two frames and what a secondary element selects of it.
class UnitSelectionTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { gst_init(nullptr, nullptr); }

  UnitSelectionTest() {
    config_.process_mode = ProcessMode::kSecondary;
    config_.network_type_key = NetworkType::kClassifier;
    format_.width = format_.height = 16;
    GstVideoInfo info;
    gst_video_info_set_format(&info, GST_VIDEO_FORMAT_NV12, kWidth, kHeight);
    const auto pool = BlockPool::create(info);
    memory_ = FrameMemory::create(2);
    for (unsigned index = 0; index < 2; ++index) {
      FrameMemory::from(memory_)->append(pool->acquire());
      frames_[index] = meta::add_frame(batch_.get(), index);
      frames_[index]->batch_id = index;
    }
  }
  ~UnitSelectionTest() override { gst_memory_unref(memory_); }

  NvDsObjectMeta* add(unsigned frame, NvOSD_RectParams rect, int class_id = 0, int component = 1,
                      guint64 object_id = UNTRACKED_OBJECT_ID) {
    NvDsObjectMeta* object = meta::add_object(frames_[frame], class_id);
    object->rect_params = rect;
    object->unique_component_id = component;
    object->object_id = object_id;
    return object;
  }
  static NvOSD_RectParams rect(float left, float top, float width, float height) {
    NvOSD_RectParams params = {};
    params.left = left;
    params.top = top;
    params.width = width;
    params.height = height;
    return params;
  }

  UnitSelector& selector() {
    if (!selector_) selector_ = std::make_unique<UnitSelector>(config_, format_);
    return *selector_;
  }
  Selection select() { return selector().select(batch_.get(), *FrameMemory::from(memory_)); }
  // The next frames of both sources.
  Selection select_next(int frames = 1) {
    for (NvDsFrameMeta* frame : frames_) frame->frame_num += frames;
    return select();
  }
  std::vector<NvDsObjectMeta*> selected() {
    std::vector<NvDsObjectMeta*> objects;
    for (const Unit& unit : select().units) objects.push_back(unit.object);
    return objects;
  }

  InferConfig config_;
  TensorFormat format_;
  meta::BatchPtr batch_ = meta::make_batch();
  NvDsFrameMeta* frames_[2];
  GstMemory* memory_;
  std::unique_ptr<UnitSelector> selector_;
};

TEST_F(UnitSelectionTest, PrimaryModeTakesWholeFrames) {
  config_.process_mode = ProcessMode::kPrimary;
  add(0, rect(1, 2, 3, 4));
  const Selection selection = select();
  ASSERT_EQ(selection.units.size(), 2u);
  EXPECT_EQ(selection.units[1].frame, frames_[1]);
  EXPECT_EQ(selection.units[1].object, nullptr);
  EXPECT_EQ(selection.units[1].placement.source.width, kWidth);
}

TEST_F(UnitSelectionTest, MetadataWithoutAPictureIsPassedOver) {
  config_.process_mode = ProcessMode::kPrimary;
  frames_[0]->batch_id = 2;
  ASSERT_EQ(select().units.size(), 1u);
}

TEST_F(UnitSelectionTest, RegionIsTheBoxToTheNearestPixelInsideTheFrame) {
  add(1, rect(10.4f, 20.6f, 12.2f, 8.1f));
  add(1, rect(-5, 40, 20, 100));
  const Selection selection = select();
  ASSERT_EQ(selection.units.size(), 2u);  // the newest object is the first of its frame
  const Rect &cut = selection.units[0].placement.source,
             &whole = selection.units[1].placement.source;
  EXPECT_THAT((std::vector{whole.left, whole.top, whole.width, whole.height}),
              ElementsAre(10, 21, 13, 8));
  EXPECT_THAT((std::vector{cut.left, cut.top, cut.width, cut.height}), ElementsAre(0, 40, 15, 8));
}

TEST_F(UnitSelectionTest, BoxesThatAreNoPictureArePassedOver) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kHuge = std::numeric_limits<float>::max();
  add(0, rect(kWidth + 1, 0, 10, 10));
  add(0, rect(kNan, kNan, kNan, kNan));
  add(0, rect(5, 5, 0.5f, 20));
  add(0, rect(-kHuge, -kHuge, 10, 10));
  EXPECT_THAT(selected(), IsEmpty());
}

TEST_F(UnitSelectionTest, OnlyObjectsOfTheComponentAndClassesAskedFor) {
  config_.operate_on_gie_id = 1;
  config_.operate_on_class_ids = {0, 2};
  add(0, rect(0, 0, 9, 9), 1, 1);
  NvDsObjectMeta* const wanted = add(0, rect(0, 0, 9, 9), 2, 1);
  add(1, rect(0, 0, 9, 9), 2, 7);
  EXPECT_THAT(selected(), ElementsAre(wanted));
}

TEST_F(UnitSelectionTest, OnlyObjectsOfTheSizeAskedFor) {
  config_.input_object_min_width = 10;
  config_.input_object_max_height = 20;
  NvDsObjectMeta* const wanted = add(0, rect(0, 0, 10, 20));
  add(0, rect(0, 0, 9.9f, 20));
  add(0, rect(0, 0, 10, 20.1f));
  EXPECT_THAT(selected(), ElementsAre(wanted));
}

TEST_F(UnitSelectionTest, UntrackedObjectsAreInferredInEveryFrame) {
  add(0, rect(0, 0, 9, 9));
  EXPECT_EQ(select().units.size(), 1u);
  const Selection again = select_next();
  EXPECT_EQ(again.units.size(), 1u);
  EXPECT_TRUE(again.has_untracked);
  EXPECT_THAT(again.labelled, IsEmpty());
}

TEST_F(UnitSelectionTest, TrackedObjectIsClassifiedOnceAndLabelledInEveryFrame) {
  add(0, rect(0, 0, 9, 9), 0, 1, 42);
  const Selection first = select();
  ASSERT_EQ(first.units.size(), 1u);
  ASSERT_EQ(first.labelled.size(), 1u);
  EXPECT_EQ(first.units[0].answer, first.labelled[0].answer);
  EXPECT_NE(first.units[0].answer, nullptr);
  const Selection second = select_next();
  EXPECT_THAT(second.units, IsEmpty());
  ASSERT_EQ(second.labelled.size(), 1u);
  EXPECT_EQ(second.labelled[0].track, first.labelled[0].track);
  EXPECT_EQ(second.labelled[0].answer, nullptr);
}

TEST_F(UnitSelectionTest, OneIdInTwoSourcesIsTwoObjects) {
  add(0, rect(0, 0, 9, 9), 0, 1, 42);
  add(1, rect(0, 0, 9, 9), 0, 1, 42);
  EXPECT_EQ(select().units.size(), 2u);
}

TEST_F(UnitSelectionTest, TrackedObjectIsClassifiedAgainWhenGrownOrAfterTheInterval) {
  config_.secondary_reinfer_interval = 5;
  NvDsObjectMeta* const object = add(0, rect(0, 0, 10, 10), 0, 1, 42);
  select();
  EXPECT_THAT(select_next(5).units, IsEmpty());
  EXPECT_EQ(select_next().units.size(), 1u);
  object->rect_params = rect(0, 0, 12, 11);
  EXPECT_EQ(select_next().units.size(), 1u);
  selector().forget(0);
  EXPECT_EQ(select_next().units.size(), 1u);
}

TEST_F(UnitSelectionTest, ObjectThatBecameTooSmallKeepsItsLabels) {
  config_.input_object_min_width = 10;
  NvDsObjectMeta* const object = add(0, rect(0, 0, 20, 20), 0, 1, 42);
  select();
  object->rect_params = rect(0, 0, 5, 5);
  const Selection selection = select_next();
  EXPECT_THAT(selection.units, IsEmpty());
  EXPECT_EQ(selection.labelled.size(), 1u);
}

TEST_F(UnitSelectionTest, DetectorsInferTrackedObjectsInEveryFrameUnlessAnIntervalIsSet) {
  config_.network_type_key = NetworkType::kDetector;
  add(0, rect(0, 0, 10, 10), 0, 1, 42);
  EXPECT_EQ(select().units.size(), 1u);
  const Selection next = select_next();
  EXPECT_EQ(next.units.size(), 1u);
  EXPECT_THAT(next.labelled, IsEmpty());

  config_.secondary_reinfer_interval = 2;
  selector_.reset();
  EXPECT_EQ(select_next().units.size(), 1u);
  EXPECT_THAT(select_next(2).units, IsEmpty());
  EXPECT_EQ(select_next().units.size(), 1u);
}

TEST_F(UnitSelectionTest, AsynchronousClassifierPassesOverUntrackedAndAwaitedObjects) {
  config_.classifier_async_mode = true;
  add(0, rect(0, 0, 10, 10));
  add(0, rect(0, 0, 10, 10), 0, 1, 42);
  const Selection first = select();
  EXPECT_TRUE(first.has_untracked);
  ASSERT_EQ(first.units.size(), 1u);
  EXPECT_EQ(first.units[0].answer, nullptr);
  EXPECT_THAT(select_next(1000).units, IsEmpty());
  first.units[0].track->cancel();
  EXPECT_EQ(select_next().units.size(), 1u);
}

}  // namespace
}  // namespace pyds
