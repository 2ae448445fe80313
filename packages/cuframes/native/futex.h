#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstdint>

#include "clock.h"

namespace cuframes {

/// Sleeps while *word == expected, at most `timeout_ns`. Returns 0, or the errno of futex(2):
/// EAGAIN (another value), ETIMEDOUT, EINTR. Works on a read-only shared mapping.
inline int futex_wait(const std::atomic<uint32_t>& word, uint32_t expected, int64_t timeout_ns) {
  const timespec timeout{timeout_ns / kSecond, timeout_ns % kSecond};
  const long r = syscall(SYS_futex, &word, FUTEX_WAIT, expected, &timeout, nullptr, 0);
  return r == 0 ? 0 : errno;
}

inline void futex_wake_all(const std::atomic<uint32_t>& word) {
  syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace cuframes
