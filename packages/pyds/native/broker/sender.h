// Sender: a bounded queue of messages and the thread that sends them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "broker/adaptor.h"

namespace pyds::broker {

// Told by the sender's thread, or by the one that puts messages in.
class SenderListener {
 public:
  virtual ~SenderListener() = default;
  // Messages wait until the broker is back.
  virtual void broker_is_away(const std::string& reason) = 0;
  virtual void broker_is_back() = 0;
  // Nothing more will be sent.
  virtual void broker_refused(const std::string& reason) = 0;
  virtual void messages_were_refused(size_t count, const std::string& reason) = 0;
  // The queue is full, and the oldest of it is dropped; told once in each outage.
  virtual void queue_is_full() = 0;
};

struct SenderCounters {
  uint64_t sent = 0;     // and confirmed, where brokers confirm
  uint64_t refused = 0;  // by the broker, one by one
  uint64_t dropped = 0;  // from a full queue, after a refusal, or at the end
  uint64_t queued = 0;   // still here
  uint64_t outages = 0;
};

// sent + refused + dropped + queued is what was put.
class Sender {
 public:
  // `listener` must outlive this. `capacity` is at least 1.
  Sender(std::unique_ptr<Adaptor> adaptor, size_t capacity, SenderListener& listener);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // Never waits for the broker.
  void put(std::string_view message);
  enum class Drained { kAll, kNotAll, kInterrupted };
  // Waits until nothing is left to send; not all if that takes longer than `timeout` or if nothing
  // more will be sent.
  Drained drain(std::chrono::milliseconds timeout);
  // Ends drain(), also later ones, until resume().
  void interrupt();
  void resume();
  // Sends what is left if the broker is there, for `timeout` at most, and drops the rest. Returns
  // how many were dropped by it.
  size_t close(std::chrono::milliseconds timeout);

  SenderCounters counters() const;

 private:
  using Lock = std::unique_lock<std::mutex>;

  void run();
  // False if the thread has to end.
  bool connect();
  void serve();
  void deliver(Lock& lock);
  // Takes the messages that are to be sent together.
  std::vector<std::string> take_batch();
  // Puts back what a delivery left, in its place before what came since.
  void settle(const Delivery& delivery);
  void make_room();
  void stop_for_good(const std::string& reason);

  const std::unique_ptr<Adaptor> adaptor_;
  const size_t capacity_;
  SenderListener& listener_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> queue_;  // all below: under the mutex
  size_t in_flight_ = 0;
  bool is_away_ = false;  // and the listener knows
  bool is_over_ = false;  // nothing more will be sent
  bool is_interrupted_ = false;
  bool said_full_ = false;
  SenderCounters counters_;

  std::atomic<bool> cancelled_{false};
  std::thread thread_;
};

}  // namespace pyds::broker
