#include "reactor.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "clock.h"
#include "error.h"

namespace cuframes {
namespace {

struct Shared {
  std::mutex mutex;
  std::weak_ptr<Reactor> reactor;
  const uint64_t epoch = fork_epoch();
};

}  // namespace

std::shared_ptr<Reactor> Reactor::shared() {
  // Never destroyed, and made anew in a forked child: the parent's mutex may be locked there.
  static Shared* shared = std::make_unique<Shared>().release();
  if (shared->epoch != fork_epoch()) {
    shared = std::make_unique<Shared>().release();
  }
  const std::lock_guard<std::mutex> lock(shared->mutex);
  std::shared_ptr<Reactor> reactor = shared->reactor.lock();
  if (reactor == nullptr) {
    reactor = std::make_shared<Reactor>();
    shared->reactor = reactor;
  }
  return reactor;
}

Reactor::Reactor()
    : epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!epoll_ || !wake_) throw system_error("cannot make the monitor's descriptors");
  epoll_event event{};
  event.events = EPOLLIN;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0) {
    throw system_error("epoll_ctl");
  }
  // Signals belong to the application's threads.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(thread_.native_handle(), "cuframes");
}

Reactor::~Reactor() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  wake();
  thread_.join();
}

uint64_t Reactor::watch(int fd, Handler* handler) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const uint64_t token = next_token_++;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP;
  event.data.u64 = token;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) throw system_error("epoll_ctl");
  watches_[token] = Watch{fd, handler};
  return token;
}

void Reactor::unwatch(uint64_t token, int fd) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (watches_.erase(token) != 0) epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void Reactor::set_timer(Handler* handler, int64_t at_ns) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (at_ns == 0) {
      timers_.erase(handler);
    } else {
      timers_[handler] = at_ns;
    }
  }
  if (std::this_thread::get_id() != thread_.get_id()) wake();
}

void Reactor::remove(Handler* handler) {
  std::unique_lock<std::mutex> lock(mutex_);
  timers_.erase(handler);
  for (auto it = watches_.begin(); it != watches_.end();) {
    if (it->second.handler == handler) {
      epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, it->second.fd, nullptr);
      it = watches_.erase(it);
    } else {
      ++it;
    }
  }
  if (std::this_thread::get_id() == thread_.get_id()) return;
  idle_.wait(lock, [&] { return running_ != handler; });
}

void Reactor::wake() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = write(wake_.get(), &one, sizeof one);
}

int Reactor::wait_ms() {
  const std::lock_guard<std::mutex> lock(mutex_);
  int64_t first = std::numeric_limits<int64_t>::max();
  for (const auto& timer : timers_) first = std::min(first, timer.second);
  if (first == std::numeric_limits<int64_t>::max()) return -1;
  const int64_t left = first - now_ns();
  return left <= 0 ? 0 : static_cast<int>(std::min<int64_t>(left / kMillisecond + 1, 60'000));
}

void Reactor::run_timers() {
  const int64_t now = now_ns();
  for (;;) {
    Handler* due = nullptr;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      for (auto it = timers_.begin(); it != timers_.end(); ++it) {
        if (it->second > now) continue;
        due = it->first;
        timers_.erase(it);
        break;
      }
      running_ = due;
    }
    if (due == nullptr) return;
    due->on_timer();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      running_ = nullptr;
    }
    idle_.notify_all();
  }
}

void Reactor::run() {
  std::vector<epoll_event> events(32);
  for (;;) {
    const int n =
        epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait_ms());
    for (int i = 0; i < n; ++i) {
      const uint64_t token = events[static_cast<size_t>(i)].data.u64;
      if (token == 0) {
        uint64_t count = 0;
        [[maybe_unused]] const ssize_t r = read(wake_.get(), &count, sizeof count);
        continue;
      }
      Watch watch{};
      {
        // Looked up per event: an earlier callback of this batch may have removed it.
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto found = watches_.find(token);
        if (found == watches_.end()) continue;
        watch = found->second;
        running_ = watch.handler;
      }
      watch.handler->on_ready(watch.fd, events[static_cast<size_t>(i)].events);
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        running_ = nullptr;
      }
      idle_.notify_all();
    }
    run_timers();
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stop_) return;
  }
}

}  // namespace cuframes
