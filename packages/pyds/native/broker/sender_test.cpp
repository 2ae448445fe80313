#include "broker/sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace pyds::broker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr auto kSoon = 10s;  // that something must happen; nothing waits that long

// A broker the test switches, in the memory of the test.
class Broker {
 public:
  enum State { kUp, kAway, kRefuses };

  void become(State state) {
    const std::lock_guard<std::mutex> guard(mutex_);
    state_ = state;
    changed_.notify_all();
  }
  void take_at_most(size_t count) { capacity_ = count; }
  std::vector<std::string> received() {
    const std::lock_guard<std::mutex> guard(mutex_);
    return received_;
  }

 private:
  friend class FakeAdaptor;

  std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = kUp;
  std::optional<size_t> capacity_;
  std::vector<std::string> received_;
};

class FakeAdaptor final : public Adaptor {
 public:
  explicit FakeAdaptor(Broker& broker) : broker_(broker) {}
  std::string place() const override { return "a broker"; }
  void connect(const std::atomic<bool>&) override {
    const std::lock_guard<std::mutex> guard(broker_.mutex_);
    answer();
  }
  void deliver(Delivery& delivery) override {
    for (size_t i = 0; i < delivery.size(); ++i) {
      const std::lock_guard<std::mutex> guard(broker_.mutex_);
      if (broker_.capacity_ && broker_.received_.size() == *broker_.capacity_) {
        broker_.capacity_.reset();
        broker_.state_ = Broker::kAway;
      }
      answer();
      if (delivery.message(i) == "bad") {
        delivery.refuse(i, "it is bad");
      } else {
        broker_.received_.push_back(delivery.message(i));
        delivery.confirm(i);
      }
    }
  }
  void disconnect() noexcept override {}

 private:
  void answer() const {
    if (broker_.state_ == Broker::kAway) throw UnavailableError("nobody there");
    if (broker_.state_ == Broker::kRefuses) throw RefusedError("wrong password");
  }

  Broker& broker_;
};

class Listener final : public SenderListener {
 public:
  void broker_is_away(const std::string& reason) override { note("away: " + reason); }
  void broker_is_back() override { note("back"); }
  void broker_refused(const std::string& reason) override { note("refused: " + reason); }
  void messages_were_refused(size_t count, const std::string& reason) override {
    note(std::to_string(count) + " refused: " + reason);
  }
  void queue_is_full() override { note("full"); }

  // Waits for as many, and gives all.
  std::vector<std::string> notes(size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_for(lock, kSoon, [&] { return notes_.size() >= count; });
    return notes_;
  }

 private:
  void note(const std::string& text) {
    const std::lock_guard<std::mutex> guard(mutex_);
    notes_.push_back(text);
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> notes_;
};

class SenderTest : public testing::Test {
 protected:
  std::unique_ptr<Sender> open(size_t capacity = 100) {
    return std::make_unique<Sender>(std::make_unique<FakeAdaptor>(broker_), capacity, listener_);
  }

  Broker broker_;
  Listener listener_;
};

TEST_F(SenderTest, SendsEverythingInOrder) {
  const auto sender = open(5000);
  std::vector<std::string> sent;
  for (int i = 0; i < 3000; ++i) {
    sent.push_back(std::to_string(i));
    sender->put(sent.back());
  }
  EXPECT_EQ(sender->drain(kSoon), Sender::Drained::kAll);
  EXPECT_EQ(broker_.received(), sent);
  EXPECT_EQ(sender->counters().sent, 3000u);
  EXPECT_EQ(sender->counters().queued, 0u);
}

TEST_F(SenderTest, KeepsMessagesUntilTheBrokerIsBack) {
  broker_.become(Broker::kAway);
  const auto sender = open();
  sender->put("one");
  EXPECT_THAT(listener_.notes(1), ElementsAre("away: nobody there"));
  sender->put("two");
  EXPECT_EQ(sender->counters().queued, 2u);
  broker_.become(Broker::kUp);
  EXPECT_EQ(sender->drain(kSoon), Sender::Drained::kAll);
  EXPECT_THAT(broker_.received(), ElementsAre("one", "two"));
  EXPECT_THAT(listener_.notes(2), ElementsAre("away: nobody there", "back"));
  EXPECT_EQ(sender->counters().outages, 1u);
}

TEST_F(SenderTest, SendsWhatABrokenDeliveryLeftBeforeWhatCameSince) {
  broker_.become(Broker::kAway);
  broker_.take_at_most(2);
  const auto sender = open();
  for (const char* message : {"1", "2", "3", "4"}) sender->put(message);
  listener_.notes(1);
  broker_.become(Broker::kUp);
  listener_.notes(3);  // back, and away again after two messages
  sender->put("5");
  broker_.become(Broker::kUp);
  EXPECT_EQ(sender->drain(kSoon), Sender::Drained::kAll);
  EXPECT_THAT(broker_.received(), ElementsAre("1", "2", "3", "4", "5"));
}

TEST_F(SenderTest, DropsTheOldestOfAFullQueueAndSaysSoOnce) {
  broker_.become(Broker::kAway);
  const auto sender = open(3);
  listener_.notes(1);
  for (const char* message : {"1", "2", "3", "4", "5"}) sender->put(message);
  EXPECT_THAT(listener_.notes(2), ElementsAre("away: nobody there", "full"));
  EXPECT_EQ(sender->counters().dropped, 2u);
  broker_.become(Broker::kUp);
  EXPECT_EQ(sender->drain(kSoon), Sender::Drained::kAll);
  EXPECT_THAT(broker_.received(), ElementsAre("3", "4", "5"));
}

TEST_F(SenderTest, CountsMessagesTheBrokerRefusesAndGoesOn) {
  const auto sender = open();
  for (const char* message : {"1", "bad", "2"}) sender->put(message);
  EXPECT_EQ(sender->drain(kSoon), Sender::Drained::kAll);
  EXPECT_THAT(broker_.received(), ElementsAre("1", "2"));
  EXPECT_THAT(listener_.notes(1), ElementsAre("1 refused: it is bad"));
  EXPECT_EQ(sender->counters().refused, 1u);
}

TEST_F(SenderTest, EndsWhenTheBrokerRefusesTheConnection) {
  broker_.become(Broker::kRefuses);
  const auto sender = open();
  EXPECT_THAT(listener_.notes(1), ElementsAre("refused: wrong password"));
  sender->put("1");
  EXPECT_EQ(sender->drain(kSoon), Sender::Drained::kNotAll);
  EXPECT_EQ(sender->counters().dropped, 1u);
}

TEST_F(SenderTest, DrainKeepsItsDeadlineAndCanBeInterrupted) {
  broker_.become(Broker::kAway);
  const auto sender = open();
  sender->put("1");
  EXPECT_EQ(sender->drain(1ms), Sender::Drained::kNotAll);
  sender->interrupt();
  EXPECT_EQ(sender->drain(kSoon), Sender::Drained::kInterrupted);
  sender->resume();
  broker_.become(Broker::kUp);
  EXPECT_EQ(sender->drain(kSoon), Sender::Drained::kAll);
}

TEST_F(SenderTest, CloseDropsAtOnceWhatABrokerThatIsAwayCannotTake) {
  broker_.become(Broker::kAway);
  const auto sender = open();
  sender->put("1");
  listener_.notes(1);
  EXPECT_EQ(sender->close(kSoon), 1u);
  EXPECT_EQ(sender->counters().dropped, 1u);
}

TEST_F(SenderTest, CloseSendsTheRestToABrokerThatIsThere) {
  const auto sender = open();
  for (int i = 0; i < 50; ++i) sender->put("x");
  EXPECT_EQ(sender->close(kSoon), 0u);
  EXPECT_EQ(broker_.received().size(), 50u);
}

}  // namespace
}  // namespace pyds::broker
