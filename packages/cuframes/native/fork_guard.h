#pragma once

#include <sys/types.h>

#include <cstdint>

namespace cuframes {

/// Counts forks on the way to this process. Objects remember the value they were made under; in a
/// forked child it differs, and the object must not be used: its thread does not exist there, and
/// its lease page and sockets still belong to the parent.
uint64_t fork_epoch();

/// An owned descriptor that a forked child closes at once. Without that, the child would keep the
/// socket of a dead parent open, and its peer would never learn of the death.
class GuardedFd {
 public:
  GuardedFd() = default;
  explicit GuardedFd(int fd);
  ~GuardedFd() { reset(); }
  GuardedFd(GuardedFd&& other) noexcept : fd_(other.fd_), epoch_(other.epoch_) { other.fd_ = -1; }
  GuardedFd& operator=(GuardedFd&& other) noexcept;
  GuardedFd(const GuardedFd&) = delete;
  GuardedFd& operator=(const GuardedFd&) = delete;

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
  uint64_t epoch_ = 0;
};

}  // namespace cuframes
