#include "infer/infer_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <random>
#include <thread>

namespace pyds {
namespace {

using ::testing::ElementsAre;

constexpr size_t kTensorBytes = 100;

class InferQueueTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { gst_init(nullptr, nullptr); }
  InferQueueTest() { queue_.set_flushing(false); }

  static GstMiniObject* buffer(guint64 number) {
    GstBuffer* buffer = gst_buffer_new();
    GST_BUFFER_OFFSET(buffer) = number;
    return GST_MINI_OBJECT_CAST(buffer);
  }
  static GstMiniObject* eos() { return GST_MINI_OBJECT_CAST(gst_event_new_eos()); }

  // A buffer with one job, as the streaming thread does it.
  void enqueue(guint64 number) {
    InferQueue::Item* item = queue_.push(buffer(number));
    InferQueue::Job job;
    job.item = item;
    job.tensor = queue_.acquire_tensor();
    queue_.submit(std::move(job));
    queue_.close(item);
  }
  // The next buffer's number, or -1 for an event, -2 when flushing.
  gint64 pop(std::string* error = nullptr) {
    std::string text;
    GstMiniObject* object = queue_.pop(error ? error : &text);
    if (!object) return -2;
    const gint64 number = GST_IS_BUFFER(object) ? gint64(GST_BUFFER_OFFSET(object)) : -1;
    gst_mini_object_unref(object);
    queue_.left();
    return number;
  }

  InferQueue queue_{4, 3, kTensorBytes};
};

TEST_F(InferQueueTest, BuffersLeaveInOrderWhateverOrderTheirJobsEndIn) {
  enqueue(0);
  enqueue(1);
  InferQueue::Job first, second;
  ASSERT_TRUE(queue_.next(&first));
  ASSERT_TRUE(queue_.next(&second));
  queue_.done(second, "");
  auto popped = std::async(std::launch::async, [&] { return pop(); });
  queue_.done(first, "");
  EXPECT_EQ(popped.get(), 0);
  EXPECT_EQ(pop(), 1);
}

TEST_F(InferQueueTest, EventsStayBetweenTheirBuffers) {
  enqueue(0);
  queue_.close(queue_.push(eos()));
  queue_.close(queue_.push(buffer(1)));  // without a job: passes through
  EXPECT_TRUE(queue_.holds_eos());
  InferQueue::Job job;
  ASSERT_TRUE(queue_.next(&job));
  queue_.done(job, "");
  EXPECT_EQ(pop(), 0);
  EXPECT_EQ(pop(), -1);
  EXPECT_EQ(pop(), 1);
}

TEST_F(InferQueueTest, FirstErrorOfABuffersJobsComesWithIt) {
  enqueue(0);
  InferQueue::Job job;
  ASSERT_TRUE(queue_.next(&job));
  queue_.done(job, "it broke");
  std::string error;
  EXPECT_EQ(pop(&error), 0);
  EXPECT_EQ(error, "it broke");
}

TEST_F(InferQueueTest, BuffersAreFinishedInOrderWhenAllBeforeThemAreDone) {
  std::vector<int> finished;
  const auto close = [&](InferQueue::Item* item, int number) {
    queue_.close(item, [&finished, number] { finished.push_back(number); });
  };
  InferQueue::Job submitted;
  submitted.item = queue_.push(buffer(0));
  queue_.submit(submitted);
  close(submitted.item, 0);
  close(queue_.push(buffer(1)), 1);
  EXPECT_THAT(finished, ElementsAre());
  InferQueue::Job job;
  ASSERT_TRUE(queue_.next(&job));
  queue_.done(job, "");
  EXPECT_EQ(pop(), 0);
  EXPECT_THAT(finished, ElementsAre(0));
  EXPECT_EQ(pop(), 1);
  EXPECT_THAT(finished, ElementsAre(0, 1));
}

TEST_F(InferQueueTest, JobWithoutABufferHoldsNoneUpButReportsItsError) {
  InferQueue::Job late;
  late.tensor = queue_.try_acquire_tensor();
  queue_.submit(late);
  queue_.close(queue_.push(buffer(0)));
  EXPECT_EQ(pop(), 0);
  InferQueue::Job job;
  ASSERT_TRUE(queue_.next(&job));
  queue_.done(job, "it broke");
  queue_.close(queue_.push(eos()));
  std::string error;
  EXPECT_EQ(pop(&error), -1);
  EXPECT_EQ(error, "it broke");
}

TEST_F(InferQueueTest, TensorsInUseAreNotWaitedForWhenOneIsTried) {
  const std::vector held = {queue_.acquire_tensor(), queue_.acquire_tensor(),
                            queue_.acquire_tensor()};
  EXPECT_EQ(queue_.try_acquire_tensor(), nullptr);
  InferQueue::Job job;
  job.tensor = held.front();
  queue_.release_tensor(&job);
  EXPECT_NE(queue_.try_acquire_tensor(), nullptr);
}

TEST_F(InferQueueTest, FullQueueMakesTheStreamingThreadWait) {
  for (guint64 number = 0; number < 4; ++number) queue_.close(queue_.push(buffer(number)));
  auto pushed = std::async(std::launch::async, [&] { return queue_.push(buffer(4)) != nullptr; });
  EXPECT_EQ(pop(), 0);
  EXPECT_TRUE(pushed.get());
}

TEST_F(InferQueueTest, FlushingEndsAllWaitingAndDropsWhatIsInside) {
  for (guint64 number = 0; number < 3; ++number) enqueue(number);
  auto tensor = std::async(std::launch::async, [&] { return queue_.acquire_tensor() != nullptr; });
  auto drained = std::async(std::launch::async, [&] { return queue_.drain(); });
  auto popped = std::async(std::launch::async, [&] { return pop(); });
  queue_.set_flushing(true);
  EXPECT_FALSE(tensor.get());
  EXPECT_FALSE(drained.get());
  EXPECT_EQ(popped.get(), -2);
  EXPECT_EQ(queue_.push(buffer(9)), nullptr);
  queue_.clear(nullptr);
  queue_.set_flushing(false);
  EXPECT_TRUE(queue_.drain());
  for (guint64 number = 5; number < 8; ++number) enqueue(number);  // all tensors are free again
  InferQueue::Job job;
  ASSERT_TRUE(queue_.next(&job));
  queue_.done(job, "");
  EXPECT_EQ(pop(), 5);
}

TEST_F(InferQueueTest, ClearKeepsStickyEventsOnThePad) {
  GstPad* pad = gst_pad_new("src", GST_PAD_SRC);
  gst_pad_set_active(pad, TRUE);
  queue_.close(queue_.push(GST_MINI_OBJECT_CAST(gst_event_new_stream_start("here"))));
  queue_.close(queue_.push(eos()));
  queue_.set_flushing(true);
  queue_.clear(pad);
  GstEvent* kept = gst_pad_get_sticky_event(pad, GST_EVENT_STREAM_START, 0);
  EXPECT_NE(kept, nullptr);
  EXPECT_EQ(gst_pad_get_sticky_event(pad, GST_EVENT_EOS, 0), nullptr);
  gst_event_unref(kept);
  gst_object_unref(pad);
}

TEST_F(InferQueueTest, ManyThreadsKeepTheOrder) {
  constexpr guint64 kBuffers = 2000;
  std::vector<std::thread> workers;
  for (unsigned seed = 0; seed < 4; ++seed)
    workers.emplace_back([this, seed] {
      std::mt19937 random(seed);
      InferQueue::Job job;
      while (queue_.next(&job)) {
        if (random() % 3 == 0) std::this_thread::yield();
        queue_.release_tensor(&job);
        queue_.done(job, "");
      }
    });
  std::thread streaming([this] {
    for (guint64 number = 0; number < kBuffers; ++number) enqueue(number);
  });
  std::vector<gint64> wrong;
  for (guint64 number = 0; number < kBuffers; ++number)
    if (const gint64 seen = pop(); seen != gint64(number)) wrong.push_back(seen);
  streaming.join();
  queue_.stop();
  for (std::thread& worker : workers) worker.join();
  EXPECT_THAT(wrong, ElementsAre());
}

}  // namespace
}  // namespace pyds
