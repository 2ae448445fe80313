#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "fork_guard.h"

namespace cuframes {

/// The one background thread of a process: it watches the control sockets of all publishers and
/// subscribers and runs their timers. It exists while somebody holds it.
class Reactor {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    virtual void on_ready(int fd, uint32_t events) noexcept = 0;
    virtual void on_timer() noexcept = 0;
  };

  static std::shared_ptr<Reactor> shared();
  Reactor();
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  /// Calls handler->on_ready for EPOLLIN and hang-up of `fd`, until the returned token is removed.
  uint64_t watch(int fd, Handler* handler);
  void unwatch(uint64_t token, int fd);
  /// Calls handler->on_timer once at `at_ns` (0: never). One timer per handler.
  void set_timer(Handler* handler, int64_t at_ns);
  /// Forgets the handler; on return none of its callbacks runs. Hold no lock that they take.
  void remove(Handler* handler);

 private:
  struct Watch {
    int fd;
    Handler* handler;
  };
  void run();
  void wake();
  int wait_ms();
  void run_timers();

  std::mutex mutex_;
  std::condition_variable idle_;
  std::map<uint64_t, Watch> watches_;
  std::map<Handler*, int64_t> timers_;
  uint64_t next_token_ = 1;
  Handler* running_ = nullptr;
  bool stop_ = false;
  GuardedFd epoll_;
  GuardedFd wake_;
  std::thread thread_;
};

}  // namespace cuframes
