#include "nvurisrcbin/restarter.h"

#include <algorithm>
#include <utility>

#include "base/streaming_thread.h"

namespace pyds::urisrc {
namespace {

constexpr std::chrono::seconds kLongestPause{60};

}  // namespace

Restarter::Restarter(const Plan& plan, Actions actions)
    : plan_(plan),
      actions_(std::move(actions)),
      last_frame_(Clock::now().time_since_epoch()),
      thread_([this] { run(); }) {}

void Restarter::stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stops_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Restarter::watch(bool watches) {
  const std::lock_guard<std::mutex> lock(mutex_);
  last_frame_ = Clock::now().time_since_epoch();
  watches_ = watches && plan_.interval.count() > 0;
  changed_.notify_all();
}

void Restarter::frame_arrived() {
  last_frame_ = Clock::now().time_since_epoch();
  failures_ = 0;
  has_frames_ = true;
}

void Restarter::play_again() {
  const std::lock_guard<std::mutex> lock(mutex_);
  request_ = Request::kPlayAgain;
  changed_.notify_all();
}

void Restarter::connection_lost(const std::string& reason) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (plan_.interval.count() == 0 || has_given_up_) return;
  if (request_ == Request::kReconnect) return;
  request_ = Request::kReconnect;
  reason_ = reason;
  changed_.notify_all();
}

std::chrono::seconds Restarter::patience() const {
  const bool starting = !has_frames_ && plan_.initial_interval.count() > 0;
  return starting ? plan_.initial_interval : plan_.interval;
}

void Restarter::run() {
  enter_streaming_thread();
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stops_) {
    if (request_ == Request::kPlayAgain) {
      request_ = Request::kNone;
      lock.unlock();
      if (!actions_.rewind()) actions_.rebuild();
      lock.lock();
    } else if (request_ == Request::kReconnect) {
      reconnect(lock);
    } else if (watches_) {
      const auto deadline = Clock::time_point(last_frame_.load()) + patience();
      if (Clock::now() < deadline) {
        changed_.wait_until(lock, deadline);
      } else {
        request_ = Request::kReconnect;
        reason_ = "no frame for " + std::to_string(patience().count()) + " s";
      }
    } else {
      changed_.wait(lock);
    }
  }
}

void Restarter::reconnect(std::unique_lock<std::mutex>& lock) {
  const int failures = ++failures_;
  if (plan_.attempts >= 0 && failures > plan_.attempts) {
    request_ = Request::kNone;
    watches_ = false;
    has_given_up_ = true;
    const std::string reason = reason_;
    lock.unlock();
    actions_.give_up(reason);
    lock.lock();
    return;
  }
  if (failures > 1) {  // at once the first time
    const auto pause = std::min(patience() * (1 << std::min(failures - 2, 6)),
                                std::chrono::seconds(kLongestPause));
    if (changed_.wait_for(lock, pause, [this] { return stops_; })) return;
  }
  lock.unlock();
  actions_.rebuild();
  lock.lock();
  // What the old connection said on its end is known.
  request_ = Request::kNone;
  last_frame_ = Clock::now().time_since_epoch();
}

}  // namespace pyds::urisrc
