#include "mux/timeline.h"

#include <gtest/gtest.h>

namespace pyds::mux {
namespace {

constexpr uint64_t kRate = 40;  // ns per frame, for short numbers

struct At {
  unsigned source;
  uint64_t time;
};

std::vector<Frame> batch(std::initializer_list<At> frames) {
  std::vector<Frame> result;
  for (const At& at : frames) {
    Frame frame;
    frame.source_id = at.source;
    frame.running_time = at.time;
    frame.duration = kRate;
    result.push_back(std::move(frame));
  }
  return result;
}

uint64_t pts(Timeline& timeline, std::initializer_list<At> frames) {
  return timeline.stamp(batch(frames), kRate).pts;
}

TEST(Timeline, keeps_the_time_of_one_source) {
  Timeline timeline;
  EXPECT_EQ(pts(timeline, {{0, 7}}), 7u);
  EXPECT_EQ(pts(timeline, {{0, 47}}), 47u);
  EXPECT_EQ(pts(timeline, {{0, 1000}}), 1000u);
  EXPECT_EQ(timeline.stamp(batch({{0, 1040}}), kRate).duration, kRate);
}

TEST(Timeline, does_not_go_back_for_a_source_that_starts_late) {
  Timeline timeline;
  EXPECT_EQ(pts(timeline, {{0, 400}}), 400u);
  EXPECT_EQ(pts(timeline, {{0, 440}, {1, 0}}), 440u);
  EXPECT_EQ(pts(timeline, {{0, 480}, {1, 40}}), 480u);
}

TEST(Timeline, runs_on_when_the_leading_source_ends) {
  Timeline timeline;
  pts(timeline, {{0, 400}, {1, 0}});
  EXPECT_EQ(pts(timeline, {{0, 440}, {1, 40}}), 440u);
  EXPECT_EQ(pts(timeline, {{1, 80}}), 480u);
  EXPECT_EQ(pts(timeline, {{1, 120}}), 520u);
}

TEST(Timeline, advances_for_batches_of_a_lagging_source_alone) {
  Timeline timeline;
  pts(timeline, {{0, 100}, {1, 0}});
  uint64_t last = pts(timeline, {{1, 40}});
  EXPECT_EQ(last, 140u);
  EXPECT_GE(pts(timeline, {{0, 120}}), last);
}

TEST(Timeline, first_frame_of_a_source_that_is_alone_and_behind_advances_by_the_rate) {
  Timeline timeline;
  pts(timeline, {{0, 400}});
  EXPECT_EQ(pts(timeline, {{1, 0}}), 440u);
}

TEST(Timeline, counts_frames_without_timestamps) {
  Timeline timeline;
  EXPECT_EQ(pts(timeline, {{0, GST_CLOCK_TIME_NONE}}), 0u);
  EXPECT_EQ(pts(timeline, {{0, GST_CLOCK_TIME_NONE}}), 40u);
  EXPECT_EQ(timeline.stamp(batch({{0, GST_CLOCK_TIME_NONE}}), 0).pts, GST_CLOCK_TIME_NONE);
}

TEST(Timeline, begins_anew_after_reset) {
  Timeline timeline;
  pts(timeline, {{0, 400}});
  timeline.reset();
  EXPECT_EQ(pts(timeline, {{0, 0}}), 0u);
}

}  // namespace
}  // namespace pyds::mux
