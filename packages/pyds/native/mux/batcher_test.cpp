#include "mux/batcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <random>
#include <thread>

namespace pyds::mux {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::SizeIs;
using Pushed = Batcher::Pushed;
using Taken = Batcher::Taken;

constexpr auto kSoon = std::chrono::seconds(5);  // by then it has happened, or never will
constexpr auto kLongEnough = milliseconds(30);   // to see that something does not happen

Frame frame(unsigned source_id, int number) {
  Frame result;
  result.source_id = source_id;
  result.number = number;
  return result;
}

// "source:number" of each frame.
std::vector<std::string> names(const Batcher::Batch& batch) {
  std::vector<std::string> result;
  for (const Frame& f : batch.frames)
    result.push_back(std::to_string(f.source_id) + ":" + std::to_string(f.number));
  return result;
}

class BatcherTest : public testing::Test {
 protected:
  void SetUp() override { batcher.start(); }
  void TearDown() override { batcher.stop(); }

  void set(unsigned batch_size, std::optional<microseconds> timeout = {}) {
    Batcher::Settings settings;
    settings.batch_size = batch_size;
    settings.timeout = timeout;
    batcher.set_settings(settings);
  }
  Batcher::SourceRef add_linked(unsigned id) {
    auto source = batcher.add(id);
    batcher.set_linked(*source, true);
    return source;
  }
  Pushed push(const Batcher::SourceRef& source, unsigned id, int number) {
    return batcher.push(*source, frame(id, number));
  }
  std::future<Taken> take_async() {
    return std::async(std::launch::async, [this] { return batcher.take(batch); });
  }

  Batcher batcher;
  Batcher::Batch batch;
};

TEST_F(BatcherTest, full_batch_is_ready_at_once) {
  set(2);
  auto a = add_linked(0), b = add_linked(1), c = add_linked(2);
  push(a, 0, 0);
  push(b, 1, 0);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(names(batch), ElementsAre("0:0", "1:0"));
}

TEST_F(BatcherTest, waits_for_every_linked_source) {
  set(4);
  auto a = add_linked(0), b = add_linked(1);
  push(a, 0, 0);
  auto taken = take_async();
  EXPECT_EQ(taken.wait_for(kLongEnough), std::future_status::timeout);
  push(b, 1, 0);
  EXPECT_EQ(taken.get(), Taken::kBatch);
  EXPECT_THAT(names(batch), ElementsAre("0:0", "1:0"));
}

TEST_F(BatcherTest, does_not_wait_for_sources_without_a_link) {
  set(4);
  auto a = add_linked(0);
  auto requested_only = batcher.add(1);
  push(a, 0, 0);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(names(batch), ElementsAre("0:0"));
}

TEST_F(BatcherTest, unlinking_a_silent_source_releases_the_others) {
  set(4);
  auto a = add_linked(0), b = add_linked(1);
  push(a, 0, 0);
  auto taken = take_async();
  EXPECT_EQ(taken.wait_for(kLongEnough), std::future_status::timeout);
  batcher.set_linked(*b, false);
  EXPECT_EQ(taken.get(), Taken::kBatch);
}

TEST_F(BatcherTest, timeout_gives_a_partial_batch) {
  set(2, milliseconds(20));
  auto a = add_linked(0), b = add_linked(1);
  const auto before = Batcher::Clock::now();
  push(a, 0, 0);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_GE(Batcher::Clock::now() - before, milliseconds(20));
  EXPECT_THAT(names(batch), ElementsAre("0:0"));
}

TEST_F(BatcherTest, timeout_zero_never_waits_for_others) {
  set(2, microseconds(0));
  auto a = add_linked(0), b = add_linked(1);
  push(b, 1, 0);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(names(batch), ElementsAre("1:0"));
}

TEST_F(BatcherTest, time_spent_downstream_does_not_count_for_the_next_batch) {
  set(2, milliseconds(500));
  auto a = add_linked(0), b = add_linked(1);
  push(a, 0, 0);
  push(b, 1, 0);
  push(a, 0, 1);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  auto taken = take_async();  // source 0 has been ready for long, source 1 only now
  EXPECT_EQ(taken.wait_for(kLongEnough), std::future_status::timeout);
  push(b, 1, 1);
  EXPECT_EQ(taken.get(), Taken::kBatch);
  EXPECT_THAT(names(batch), ElementsAre("0:1", "1:1"));
}

TEST_F(BatcherTest, shorter_timeout_takes_effect_while_waiting) {
  set(2);
  auto a = add_linked(0), b = add_linked(1);
  push(a, 0, 0);
  auto taken = take_async();
  EXPECT_EQ(taken.wait_for(kLongEnough), std::future_status::timeout);
  set(2, microseconds(0));
  EXPECT_EQ(taken.get(), Taken::kBatch);
}

TEST_F(BatcherTest, holds_one_frame_of_a_source) {
  set(8);
  auto a = add_linked(0);
  push(a, 0, 0);
  push(a, 0, 1);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(names(batch), ElementsAre("0:0"));
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(names(batch), ElementsAre("0:1"));
}

TEST_F(BatcherTest, orders_frames_by_arrival_or_by_source) {
  set(3);
  auto a = add_linked(0), b = add_linked(1), c = add_linked(2);
  const auto push_all = [&] {
    push(c, 2, 0);
    push(a, 0, 0);
    push(b, 1, 0);
    EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  };
  push_all();
  EXPECT_THAT(names(batch), ElementsAre("2:0", "0:0", "1:0"));
  Batcher::Settings settings;
  settings.batch_size = 3;
  settings.sort_by_source = true;
  batcher.set_settings(settings);
  push_all();
  EXPECT_THAT(names(batch), ElementsAre("0:0", "1:0", "2:0"));
}

TEST_F(BatcherTest, more_sources_than_places_take_turns) {
  set(2);
  std::vector<Batcher::SourceRef> sources;
  for (unsigned id = 0; id < 5; ++id) sources.push_back(add_linked(id));
  std::map<unsigned, int> next, taken;
  for (int round = 0; round < 20; ++round) {
    // Every source always has a frame; source 0 is always the first to bring the next one.
    for (unsigned id = 0; id < 5; ++id)
      while (next[id] - taken[id] < 2) push(sources[id], id, next[id]++);
    ASSERT_EQ(batcher.take(batch), Taken::kBatch);
    ASSERT_THAT(batch.frames, SizeIs(2));
    for (const Frame& f : batch.frames) EXPECT_EQ(f.number, taken[f.source_id]++);
  }
  for (unsigned id = 0; id < 5; ++id) EXPECT_EQ(taken[id], 8) << id;
}

TEST_F(BatcherTest, batch_size_zero_means_one_of_each_source) {
  set(0);
  auto a = add_linked(0), b = add_linked(1), c = add_linked(2);
  push(a, 0, 0);
  push(b, 1, 0);
  auto taken = take_async();
  EXPECT_EQ(taken.wait_for(kLongEnough), std::future_status::timeout);
  push(c, 2, 0);
  EXPECT_EQ(taken.get(), Taken::kBatch);
  EXPECT_THAT(batch.frames, SizeIs(3));
}

TEST_F(BatcherTest, full_queue_holds_its_source_back) {
  set(2);
  auto a = add_linked(0), b = add_linked(1);
  push(a, 0, 0);
  push(a, 0, 1);
  auto pushed = std::async(std::launch::async, [&] { return push(a, 0, 2); });
  EXPECT_EQ(pushed.wait_for(kLongEnough), std::future_status::timeout);
  push(b, 1, 0);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_EQ(pushed.get(), Pushed::kAccepted);
}

TEST_F(BatcherTest, end_of_one_source_leaves_the_others_running) {
  set(2);
  auto a = add_linked(0), b = add_linked(1);
  push(a, 0, 0);
  push(b, 1, 0);
  batcher.end(*a);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(names(batch), ElementsAre("0:0", "1:0"));
  EXPECT_EQ(batcher.take(batch), Taken::kSourceEnded);
  EXPECT_EQ(batch.source_id, 0u);
  for (int number = 1; number < 4; ++number) {
    push(b, 1, number);
    EXPECT_EQ(batcher.take(batch), Taken::kBatch);
    EXPECT_THAT(names(batch), ElementsAre("1:" + std::to_string(number)));
  }
  EXPECT_EQ(push(a, 0, 9), Pushed::kEnded);
}

TEST_F(BatcherTest, all_ended_comes_after_the_last_frame) {
  set(2);
  auto a = add_linked(0), b = add_linked(1);
  push(a, 0, 0);
  batcher.end(*b);
  batcher.end(*a);
  EXPECT_EQ(batcher.take(batch), Taken::kSourceEnded);
  EXPECT_EQ(batch.source_id, 1u);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_EQ(batcher.take(batch), Taken::kSourceEnded);
  EXPECT_EQ(batch.source_id, 0u);
  EXPECT_EQ(batcher.take(batch), Taken::kAllEnded);
  auto taken = take_async();  // said once
  EXPECT_EQ(taken.wait_for(kLongEnough), std::future_status::timeout);
  batcher.stop();
  EXPECT_EQ(taken.get(), Taken::kStopped);
}

TEST_F(BatcherTest, the_end_can_be_asked_for_again) {
  set(2);
  auto a = add_linked(0);
  batcher.end(*a);
  EXPECT_EQ(batcher.take(batch), Taken::kSourceEnded);
  EXPECT_EQ(batcher.take(batch), Taken::kAllEnded);
  batcher.repeat_end(milliseconds(1));
  EXPECT_EQ(batcher.take(batch), Taken::kAllEnded);
  batcher.repeat_end(milliseconds(1));
  auto b = add_linked(1);
  push(b, 1, 0);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
}

TEST_F(BatcherTest, a_requested_source_holds_up_the_end_until_it_is_removed) {
  set(2);
  auto a = add_linked(0);
  auto b = batcher.add(1);
  batcher.end(*a);
  EXPECT_EQ(batcher.take(batch), Taken::kSourceEnded);
  auto taken = take_async();
  EXPECT_EQ(taken.wait_for(kLongEnough), std::future_status::timeout);
  batcher.remove(*b);
  EXPECT_EQ(taken.get(), Taken::kAllEnded);
}

TEST_F(BatcherTest, removing_every_source_is_not_the_end) {
  set(2);
  auto a = add_linked(0);
  push(a, 0, 0);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  batcher.remove(*a);
  auto taken = take_async();
  EXPECT_EQ(taken.wait_for(kLongEnough), std::future_status::timeout);
  auto b = add_linked(0);
  push(b, 0, 0);
  EXPECT_EQ(taken.get(), Taken::kBatch);
}

TEST_F(BatcherTest, removal_wakes_a_waiting_source_and_keeps_what_was_accepted) {
  set(2);
  auto a = add_linked(0), b = add_linked(1);
  push(a, 0, 0);
  push(a, 0, 1);
  auto pushed = std::async(std::launch::async, [&] { return push(a, 0, 2); });
  EXPECT_EQ(pushed.wait_for(kLongEnough), std::future_status::timeout);
  batcher.remove(*a);
  EXPECT_EQ(pushed.get(), Pushed::kFlushing);
  push(b, 1, 0);
  push(b, 1, 1);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(names(batch), ElementsAre("0:0", "1:0"));
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(names(batch), ElementsAre("0:1", "1:1"));
}

TEST_F(BatcherTest, gap_lets_others_pass_until_the_next_frame) {
  set(2);
  auto a = add_linked(0), b = add_linked(1);
  batcher.gap(*b);
  push(a, 0, 0);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(names(batch), ElementsAre("0:0"));
  push(b, 1, 0);
  auto taken = take_async();
  EXPECT_EQ(taken.wait_for(kLongEnough), std::future_status::timeout);
  push(a, 0, 1);
  EXPECT_EQ(taken.get(), Taken::kBatch);
  EXPECT_THAT(names(batch), ElementsAre("1:0", "0:1"));
}

TEST_F(BatcherTest, flush_drops_frames_of_one_source_only) {
  set(2);
  auto a = add_linked(0), b = add_linked(1);
  push(a, 0, 0);
  push(b, 1, 0);
  batcher.flush_start(*a);
  EXPECT_EQ(push(a, 0, 1), Pushed::kFlushing);
  batcher.flush_stop(*a);
  push(a, 0, 2);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(names(batch), ElementsAre("1:0", "0:2"));
}

TEST_F(BatcherTest, flush_and_new_stream_undo_an_end) {
  set(1);
  auto a = add_linked(0);
  batcher.end(*a);
  batcher.flush_stop(*a);
  EXPECT_EQ(push(a, 0, 0), Pushed::kAccepted);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  batcher.end(*a);
  EXPECT_EQ(batcher.take(batch), Taken::kSourceEnded);
  EXPECT_EQ(batcher.take(batch), Taken::kAllEnded);
  batcher.resume(*a);
  EXPECT_EQ(push(a, 0, 1), Pushed::kAccepted);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  batcher.end(*a);
  EXPECT_EQ(batcher.take(batch), Taken::kSourceEnded);
  EXPECT_EQ(batcher.take(batch), Taken::kAllEnded);
}

// "kind:source" of each change before a batch.
std::vector<std::string> changes(const Batcher::Batch& batch) {
  static const char* const kKinds[] = {"added", "removed", "restarted"};
  std::vector<std::string> result;
  for (const Batcher::Change& change : batch.changes)
    result.push_back(std::string(kKinds[change.kind]) + ":" + std::to_string(change.source_id));
  return result;
}

TEST_F(BatcherTest, tells_of_sources_before_their_first_frame) {
  set(2);
  const auto a = add_linked(0), b = add_linked(1);
  push(a, 0, 0);
  push(b, 1, 0);
  ASSERT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(changes(batch), ElementsAre("added:0", "added:1"));
  push(a, 0, 1);
  push(b, 1, 1);
  ASSERT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(changes(batch), SizeIs(0));
}

TEST_F(BatcherTest, tells_of_a_removal_after_the_last_frame_and_of_a_new_source_of_that_id) {
  set(1, microseconds(0));
  const auto a = add_linked(0);
  push(a, 0, 0);
  push(a, 0, 1);
  ASSERT_EQ(batcher.take(batch), Taken::kBatch);
  batcher.remove(*a);
  const auto again = add_linked(0);
  push(again, 0, 100);
  ASSERT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(names(batch), ElementsAre("0:1"));
  EXPECT_THAT(changes(batch), SizeIs(0));
  ASSERT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(names(batch), ElementsAre("0:100"));
  EXPECT_THAT(changes(batch), ElementsAre("removed:0", "added:0"));
}

TEST_F(BatcherTest, tells_of_a_restart_before_the_first_frame_after_it) {
  set(1, microseconds(0));
  const auto a = add_linked(3);
  push(a, 3, 0);
  batcher.restart(*a);
  push(a, 3, 1);
  ASSERT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(changes(batch), ElementsAre("added:3"));
  ASSERT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(changes(batch), ElementsAre("restarted:3"));
}

TEST_F(BatcherTest, held_batcher_accepts_but_does_not_give) {
  set(1);
  auto a = add_linked(0);
  batcher.hold(true);
  EXPECT_EQ(push(a, 0, 0), Pushed::kAccepted);
  EXPECT_EQ(batcher.take(batch), Taken::kStopped);
  batcher.hold(false);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
}

TEST_F(BatcherTest, stop_wakes_everybody_and_start_begins_anew) {
  set(2);
  auto a = add_linked(0), b = add_linked(1);
  push(a, 0, 0);
  push(a, 0, 1);
  auto pushed = std::async(std::launch::async, [&] { return push(a, 0, 2); });
  auto taken = take_async();
  EXPECT_EQ(pushed.wait_for(kLongEnough), std::future_status::timeout);
  batcher.stop();
  EXPECT_EQ(pushed.get(), Pushed::kFlushing);
  EXPECT_EQ(taken.get(), Taken::kStopped);
  batcher.start();
  push(a, 0, 10);
  push(b, 1, 10);
  EXPECT_EQ(batcher.take(batch), Taken::kBatch);
  EXPECT_THAT(names(batch), ElementsAre("0:10", "1:10"));
}

// Everything at once, from many threads: what a source was told is accepted comes out once, in
// order, and nothing hangs.
TEST_F(BatcherTest, accepts_and_delivers_exactly_under_concurrent_use) {
  set(3, milliseconds(1));
  constexpr unsigned kSources = 6;
  constexpr int kFrames = 400;
  std::vector<int> accepted(kSources, 0);
  std::vector<std::thread> threads;
  // One source that never ends while the others come and go, so that there is one end of all.
  auto anchor = add_linked(99);
  for (unsigned id = 0; id < kSources; ++id)
    threads.emplace_back([&, id] {
      std::mt19937 random(id);
      auto source = add_linked(id);
      const int frames = kFrames - 50 * static_cast<int>(id);
      for (int number = 0; number < frames; ++number) {
        if (random() % 64 == 0) batcher.gap(*source);
        ASSERT_EQ(push(source, id, number), Pushed::kAccepted);
        ++accepted[id];
        if (random() % 16 == 0) std::this_thread::yield();
      }
      if (id % 2) batcher.end(*source);
      batcher.remove(*source);
    });
  std::map<unsigned, int> delivered;
  int ends = 0;
  auto consumer = std::async(std::launch::async, [&] {
    for (Taken taken; (taken = batcher.take(batch)) != Taken::kAllEnded;) {
      ASSERT_NE(taken, Taken::kStopped);
      if (taken == Taken::kSourceEnded) {
        ++ends;
        continue;
      }
      ASSERT_LE(batch.frames.size(), 3u);
      for (const Frame& f : batch.frames) ASSERT_EQ(f.number, delivered[f.source_id]++);
    }
  });
  for (std::thread& thread : threads) thread.join();
  batcher.end(*anchor);
  ASSERT_EQ(consumer.wait_for(kSoon), std::future_status::ready);
  for (unsigned id = 0; id < kSources; ++id) EXPECT_EQ(delivered[id], accepted[id]) << id;
  EXPECT_EQ(ends, 1 + int(kSources) / 2);
}

}  // namespace
}  // namespace pyds::mux
