#pragma once

#include <time.h>

#include <cstdint>
#include <limits>

namespace cuframes {

constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kSecond = 1'000'000'000;

/// CLOCK_MONOTONIC, which all processes of one machine share, also across containers.
inline int64_t now_ns() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * kSecond + t.tv_nsec;
}

/// Nanoseconds from `then` to `now`, at least 0; a peer may have written `then`, so nothing
/// overflows.
inline int64_t elapsed_ns(int64_t then, int64_t now) {
  return then < 0 || then > now ? 0 : now - then;
}

/// A point in time to wait until; built from a timeout where negative means for ever.
class Deadline {
 public:
  explicit Deadline(int64_t timeout_ns) {
    if (timeout_ns < 0) {
      at_ = std::numeric_limits<int64_t>::max();
      return;
    }
    const int64_t now = now_ns();
    at_ = timeout_ns > std::numeric_limits<int64_t>::max() - now
              ? std::numeric_limits<int64_t>::max()
              : now + timeout_ns;
  }
  int64_t remaining_ns() const {
    const int64_t left = at_ - now_ns();
    return left > 0 ? left : 0;
  }
  bool passed() const { return remaining_ns() == 0; }

 private:
  int64_t at_;
};

}  // namespace cuframes
