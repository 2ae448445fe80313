#include "broker/sender.h"

#include <pthread.h>
#include <signal.h>

#include <iterator>

#include "base/streaming_thread.h"

namespace pyds::broker {
namespace {

constexpr size_t kBatch = 1000;  // messages sent together, and perhaps twice after an outage
// Some client libraries write to sockets that the other side has closed.
void block_broken_pipe_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::milliseconds kLongestPause{5000};

}  // namespace

Sender::Sender(std::unique_ptr<Adaptor> adaptor, size_t capacity, SenderListener& listener)
    : adaptor_(std::move(adaptor)), capacity_(capacity), listener_(listener) {
  thread_ = std::thread([this] {
    enter_streaming_thread();
    block_broken_pipe_signal();
    run();
  });
}

Sender::~Sender() { close(std::chrono::milliseconds(0)); }

void Sender::put(std::string_view message) {
  bool say_full = false;
  {
    const Lock lock(mutex_);
    if (is_over_) {
      ++counters_.dropped;
      return;
    }
    queue_.emplace_back(message);
    if (queue_.size() > capacity_) say_full = !std::exchange(said_full_, true);
    make_room();
  }
  changed_.notify_all();
  if (say_full) listener_.queue_is_full();
}

Sender::Drained Sender::drain(std::chrono::milliseconds timeout) {
  Lock lock(mutex_);
  const auto is_empty = [this] { return queue_.empty() && in_flight_ == 0; };
  changed_.wait_for(lock, timeout, [&] { return is_empty() || is_over_ || is_interrupted_; });
  if (is_interrupted_) return Drained::kInterrupted;
  return is_empty() && !is_over_ ? Drained::kAll : Drained::kNotAll;
}

void Sender::interrupt() {
  {
    const Lock lock(mutex_);
    is_interrupted_ = true;
  }
  changed_.notify_all();
}

void Sender::resume() {
  const Lock lock(mutex_);
  is_interrupted_ = false;
}

size_t Sender::close(std::chrono::milliseconds timeout) {
  {
    Lock lock(mutex_);
    changed_.wait_for(lock, timeout, [this] {
      return (queue_.empty() && in_flight_ == 0) || is_away_ || is_over_;
    });
    cancelled_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  const Lock lock(mutex_);
  is_over_ = true;
  const size_t left = queue_.size();
  counters_.dropped += left;
  queue_.clear();
  return left;
}

SenderCounters Sender::counters() const {
  const Lock lock(mutex_);
  SenderCounters counters = counters_;
  counters.queued = queue_.size() + in_flight_;
  return counters;
}

void Sender::run() {
  auto pause = kFirstPause;
  while (!cancelled_) {
    try {
      if (!connect()) break;
      pause = kFirstPause;
      serve();
    } catch (const UnavailableError& error) {
      adaptor_->disconnect();
      bool is_news;
      {
        const Lock lock(mutex_);
        is_news = !std::exchange(is_away_, true);
        counters_.outages += is_news;
      }
      changed_.notify_all();
      if (is_news) listener_.broker_is_away(error.what());
      Lock lock(mutex_);
      changed_.wait_for(lock, pause, [this] { return cancelled_.load(); });
      pause = std::min(2 * pause, kLongestPause);
    } catch (const std::exception& error) {
      stop_for_good(error.what());
      break;
    }
  }
  adaptor_->disconnect();
}

bool Sender::connect() {
  adaptor_->connect(cancelled_);
  if (cancelled_) return false;
  bool was_away;
  {
    const Lock lock(mutex_);
    was_away = std::exchange(is_away_, false);
    said_full_ = false;
  }
  changed_.notify_all();
  if (was_away) listener_.broker_is_back();
  return true;
}

void Sender::serve() {
  Lock lock(mutex_);
  while (!cancelled_) {
    if (!queue_.empty()) {
      deliver(lock);
    } else if (!changed_.wait_for(lock, adaptor_->service_interval(),
                                  [this] { return !queue_.empty() || cancelled_; })) {
      lock.unlock();
      adaptor_->service();
      lock.lock();
    }
  }
}

void Sender::deliver(Lock& lock) {
  Delivery delivery(take_batch(), cancelled_);
  lock.unlock();
  try {
    adaptor_->deliver(delivery);
  } catch (...) {
    lock.lock();
    settle(delivery);
    lock.unlock();
    throw;
  }
  if (delivery.refused()) listener_.messages_were_refused(delivery.refused(), delivery.reason());
  lock.lock();
  settle(delivery);
}

std::vector<std::string> Sender::take_batch() {
  const auto end = queue_.begin() + std::min(queue_.size(), kBatch);
  std::vector<std::string> batch(std::make_move_iterator(queue_.begin()),
                                 std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  in_flight_ = batch.size();
  return batch;
}

void Sender::settle(const Delivery& delivery) {
  for (size_t i = delivery.size(); i-- > 0;)
    if (delivery.is_pending(i)) queue_.push_front(delivery.message(i));
  counters_.refused += delivery.refused();
  counters_.sent += delivery.size() - delivery.pending() - delivery.refused();
  in_flight_ = 0;
  make_room();
  changed_.notify_all();
}

void Sender::make_room() {
  while (queue_.size() > capacity_) {
    queue_.pop_front();
    ++counters_.dropped;
  }
}

void Sender::stop_for_good(const std::string& reason) {
  {
    const Lock lock(mutex_);
    is_over_ = true;
    counters_.dropped += queue_.size();
    queue_.clear();
  }
  changed_.notify_all();
  listener_.broker_refused(reason);
}

}  // namespace pyds::broker
