#include "infer/object_history.h"

#include <gtest/gtest.h>

#include <climits>

namespace pyds {
namespace {

constexpr float kArea = 100.0f;

TEST(TrackedObject, IsDueOnceAndThenAfterTheInterval) {
  TrackedObject object;
  EXPECT_TRUE(object.is_due(7, kArea, 10, true));
  object.start(7, kArea);
  EXPECT_FALSE(object.is_due(8, kArea, 10, true));
  EXPECT_FALSE(object.is_due(17, kArea, 10, true));
  EXPECT_TRUE(object.is_due(18, kArea, 10, true));
}

TEST(TrackedObject, LargestIntervalMeansNeverAgain) {
  TrackedObject object;
  object.start(0, kArea);
  EXPECT_FALSE(object.is_due(INT_MAX, kArea, INT_MAX, true));
}

TEST(TrackedObject, IsDueWhenItHasGrownByMoreThanAFifth) {
  TrackedObject object;
  object.start(0, kArea);
  EXPECT_FALSE(object.is_due(1, kArea * 1.19f, INT_MAX, true));
  EXPECT_TRUE(object.is_due(1, kArea * 1.21f, INT_MAX, true));
  EXPECT_FALSE(object.is_due(1, kArea * 1.21f, INT_MAX, false));
  EXPECT_FALSE(object.is_due(1, kArea / 2, INT_MAX, true));
}

TEST(TrackedObject, IsDueWhenFramesAreCountedAnew) {
  TrackedObject object;
  object.start(1000, kArea);
  EXPECT_TRUE(object.is_due(0, kArea, INT_MAX, true));
}

TEST(TrackedObject, IsNotDueWhileAnAnswerIsAwaitedAndIsAgainWhenCancelled) {
  TrackedObject object;
  object.start(0, kArea);
  object.set_awaited(true);
  EXPECT_FALSE(object.is_due(500, 10 * kArea, 0, true));
  object.set_awaited(false);
  EXPECT_TRUE(object.is_due(500, kArea, 0, true));
  object.start(500, kArea);
  object.set_awaited(true);
  object.cancel();
  EXPECT_TRUE(object.is_due(500, kArea, INT_MAX, true));
}

TEST(TrackedObject, LatestAnswerReplacesTheOneBefore) {
  TrackedObject object;
  EXPECT_EQ(object.classification(), nullptr);
  object.set_classification({{0, 1, 0.9f, "gray"}, {1, 0, 0.8f, "car"}});
  object.set_classification({{0, 2, 0.9f, "white"}});
  ASSERT_EQ(object.classification()->size(), 1u);
  EXPECT_EQ(object.classification()->front().label, "white");
}

TEST(ObjectHistory, OneIdInTwoSourcesIsTwoObjects) {
  ObjectHistory history;
  const auto first = history.find(0, 5), second = history.find(1, 5);
  EXPECT_NE(first, second);
  EXPECT_EQ(history.find(0, 5), first);
  history.forget(0);
  EXPECT_NE(history.find(0, 5), first);
  EXPECT_EQ(history.find(1, 5), second);
}

TEST(ObjectHistory, ObjectsNobodySeesAnyMoreAreDropped) {
  ObjectHistory history;
  history.find(0, 1);
  history.find(1, 2);
  for (uint64_t batch = 0; batch < 2 * ObjectHistory::kKeptBatches; ++batch) {
    history.find(0, 1);
    history.find(0, 1000 + batch);
    history.next_batch();
  }
  // Those of the last batches are kept, and the one that is always there.
  EXPECT_GE(history.size(), ObjectHistory::kKeptBatches);
  EXPECT_LE(history.size(), ObjectHistory::kKeptBatches + 301);
  history.forget_all();
  EXPECT_EQ(history.size(), 0u);
}

}  // namespace
}  // namespace pyds
