#include "cadence.h"

#include <gtest/gtest.h>

#include <random>

#include "clock.h"

namespace cuframes {
namespace {

constexpr int64_t kSpin = 100'000;
constexpr int64_t kInterval = kSecond / 240;
constexpr int64_t kStart = 1000 * kSecond;

/// Frames of one stream, one after the other.
class Frames {
 public:
  explicit Frames(Cadence* cadence) : cadence_(cadence) {}

  /// Takes the frame `frames` after the last one, published `late_ns` after it was due.
  void take(int64_t late_ns, uint64_t frames = 1) {
    info_.seq += frames;
    due_ns_ += kInterval * static_cast<int64_t>(frames);
    info_.publish_ns = due_ns_ + late_ns;
    cadence_->taken(info_);
  }
  void restart() { ++info_.generation; }
  int64_t next_due_ns() const { return due_ns_ + kInterval; }
  /// Whether the next frame is awaited, and around the right time.
  bool predicted() const {
    const auto window = cadence_->next(due_ns_);
    if (!window) return false;
    EXPECT_LT(window->wake_at_ns, next_due_ns());
    EXPECT_GT(window->close_ns, next_due_ns());
    EXPECT_LE(window->close_ns - window->wake_at_ns, kSpin + kMillisecond);
    return true;
  }

 private:
  Cadence* cadence_;
  cuframes_frame_info info_{};
  int64_t due_ns_ = kStart;
};

TEST(Cadence, IsPredictedAfterAFewSteadyFrames) {
  Cadence cadence(kSpin);
  Frames frames(&cadence);
  frames.take(0);
  frames.take(0);
  EXPECT_FALSE(frames.predicted());
  for (int i = 0; i < 8; ++i) frames.take(i % 2 == 0 ? 20'000 : -20'000);
  EXPECT_TRUE(frames.predicted());
}

TEST(Cadence, OneLateFrameDoesNotEndIt) {
  Cadence cadence(kSpin);
  Frames frames(&cadence);
  for (int i = 0; i < 20; ++i) frames.take(0);
  frames.take(kInterval / 3);
  for (int i = 0; i < 8; ++i) frames.take(0);
  EXPECT_TRUE(frames.predicted());
}

TEST(Cadence, FramesThatWerePassedOverCountAsTime) {
  Cadence cadence(kSpin);
  Frames frames(&cadence);
  for (int i = 0; i < 20; ++i) frames.take(0, 1 + i % 3);
  EXPECT_TRUE(frames.predicted());
}

TEST(Cadence, AJitteryCameraIsNeverPredicted) {
  Cadence cadence(kSpin);
  Frames frames(&cadence);
  std::mt19937 random(5);
  int predicted = 0;
  for (int i = 0; i < 1000; ++i) {
    frames.take(static_cast<int64_t>(random() % 2'000'000));
    predicted += cadence.next(frames.next_due_ns()).has_value() ? 1 : 0;
  }
  EXPECT_LE(predicted, 5);
}

TEST(Cadence, IsForgottenWithANewGeneration) {
  Cadence cadence(kSpin);
  Frames frames(&cadence);
  for (int i = 0; i < 20; ++i) frames.take(0);
  ASSERT_TRUE(frames.predicted());
  frames.restart();
  frames.take(0);
  EXPECT_FALSE(frames.predicted());
  for (int i = 0; i < 20; ++i) frames.take(0);
  ASSERT_TRUE(frames.predicted());
}

TEST(Cadence, FollowsASourceThatSlips) {
  Cadence cadence(kSpin);
  Frames frames(&cadence);
  for (int i = 0; i < 100; ++i) frames.take(0);
  for (int i = 0; i < 20; ++i) frames.take(kInterval / 3);  // from here on always that late
  const auto window = cadence.next(frames.next_due_ns());
  ASSERT_TRUE(window);
  EXPECT_LT(window->wake_at_ns, frames.next_due_ns() + kInterval / 3);
  EXPECT_GT(window->close_ns, frames.next_due_ns() + kInterval / 3);
}

TEST(Cadence, AFrameIsLookedForOnceAndNotWhenItIsOverdue) {
  Cadence cadence(kSpin);
  Frames frames(&cadence);
  for (int i = 0; i < 20; ++i) frames.take(0);
  EXPECT_FALSE(cadence.next(frames.next_due_ns() + kSpin));
  cadence.looked();
  EXPECT_FALSE(frames.predicted());
  frames.take(0);
  EXPECT_TRUE(frames.predicted());
}

TEST(Cadence, WakesEarlierByWhatItOverslept) {
  Cadence cadence(kSpin);
  Frames frames(&cadence);
  for (int i = 0; i < 50; ++i) {
    frames.take(0);
    cadence.woke(kStart, kStart + 80'000);
  }
  const auto window = cadence.next(frames.next_due_ns() - kInterval / 2);
  ASSERT_TRUE(window);
  EXPECT_NEAR(static_cast<double>(frames.next_due_ns() - window->wake_at_ns), kSpin / 2 + 80'000,
              2'000);
}

TEST(Cadence, IsOffWithoutASpin) {
  Cadence cadence(0);
  Frames frames(&cadence);
  for (int i = 0; i < 50; ++i) frames.take(0);
  EXPECT_FALSE(frames.predicted());
}

TEST(Cadence, NonsenseOfAPublisherDoesNotOverflow) {
  Cadence cadence(kSpin);
  std::mt19937_64 random(9);
  cuframes_frame_info info{};
  for (int i = 0; i < 10'000; ++i) {
    info.seq = random() % 4 == 0 ? random() : info.seq + random() % 3;
    info.publish_ns = static_cast<int64_t>(random() % 2 == 0 ? random() : random() % kSecond);
    info.generation = random() % 2;
    cadence.taken(info);
    cadence.next(static_cast<int64_t>(random() >> 2));
  }
}

}  // namespace
}  // namespace cuframes
