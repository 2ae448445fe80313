#include "fork_guard.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace cuframes {
namespace {

struct Registry {
  std::mutex mutex;
  std::vector<int> fds;
  std::atomic<uint64_t> epoch{1};
};

void before_fork();
void after_fork_in_parent();
void after_fork_in_child();

/// Never destroyed: descriptors may be closed by other threads while the process exits.
Registry& registry() {
  static Registry* const instance = [] {
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
    return std::make_unique<Registry>().release();
  }();
  return *instance;
}

void before_fork() { registry().mutex.lock(); }
void after_fork_in_parent() { registry().mutex.unlock(); }
void after_fork_in_child() {
  Registry& r = registry();
  for (int fd : r.fds) close(fd);
  r.fds.clear();
  r.epoch.fetch_add(1);
  r.mutex.unlock();
}

}  // namespace

uint64_t fork_epoch() { return registry().epoch.load(std::memory_order_acquire); }

GuardedFd::GuardedFd(int fd) : fd_(fd), epoch_(fork_epoch()) {
  if (fd_ < 0) return;
  Registry& r = registry();
  const std::lock_guard<std::mutex> lock(r.mutex);
  r.fds.push_back(fd_);
}

GuardedFd& GuardedFd::operator=(GuardedFd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.fd_;
    epoch_ = other.epoch_;
    other.fd_ = -1;
  }
  return *this;
}

void GuardedFd::reset() {
  const int fd = fd_;
  fd_ = -1;
  if (fd < 0 || epoch_ != fork_epoch()) return;  // in a child it is closed already
  Registry& r = registry();
  const std::lock_guard<std::mutex> lock(r.mutex);
  r.fds.erase(std::remove(r.fds.begin(), r.fds.end(), fd), r.fds.end());
  close(fd);
}

}  // namespace cuframes
