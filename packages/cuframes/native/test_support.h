#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "clock.h"
#include "cuframes.h"

namespace cuframes::test {

/// A private runtime directory for the life of a test; checks at the end that nothing is left in
/// it.
class RuntimeDir {
 public:
  RuntimeDir() {
    char name[] = "/tmp/cuframes-test-XXXXXX";
    path_ = mkdtemp(name);
    setenv("CUFRAMES_DIR", path_.c_str(), 1);
  }
  ~RuntimeDir() {
    unsetenv("CUFRAMES_DIR");
    EXPECT_EQ(rmdir(path_.c_str()), 0) << "something was left behind in " << path_;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

template <class T, void (*Destroy)(T*)>
struct Destroyer {
  void operator()(T* object) const { Destroy(object); }
};
using PublisherPtr =
    std::unique_ptr<cuframes_publisher, Destroyer<cuframes_publisher, cuframes_publisher_destroy>>;
using SubscriberPtr = std::unique_ptr<cuframes_subscriber,
                                      Destroyer<cuframes_subscriber, cuframes_subscriber_destroy>>;
using FramePtr = std::unique_ptr<cuframes_frame, Destroyer<cuframes_frame, cuframes_frame_unref>>;
using WritablePtr =
    std::unique_ptr<cuframes_writable, Destroyer<cuframes_writable, cuframes_writable_destroy>>;

inline cuframes_publisher_options publisher_options(const char* key) {
  cuframes_publisher_options options;
  cuframes_publisher_options_init(&options);
  options.key = key;
  options.width = 64;
  options.height = 16;
  options.format = CUFRAMES_FORMAT_GRAY8;
  options.max_readers = 4;
  return options;
}

inline PublisherPtr publish(const cuframes_publisher_options& options) {
  cuframes_publisher* publisher = nullptr;
  EXPECT_EQ(cuframes_publisher_create(&options, &publisher), CUFRAMES_OK)
      << cuframes_last_error()->message;
  return PublisherPtr(publisher);
}

inline cuframes_subscriber_options subscriber_options(const char* key, uint32_t policy) {
  cuframes_subscriber_options options;
  cuframes_subscriber_options_init(&options);
  options.key = key;
  options.policy = policy;
  return options;
}

inline SubscriberPtr subscribe(const cuframes_subscriber_options& options) {
  cuframes_subscriber* subscriber = nullptr;
  EXPECT_EQ(cuframes_subscriber_create(&options, &subscriber), CUFRAMES_OK)
      << cuframes_last_error()->message;
  return SubscriberPtr(subscriber);
}

/// Publishes one frame whose every pixel is `value`.
inline cuframes_status write_frame(cuframes_publisher* publisher, int value,
                                   int64_t timeout_ns = 0) {
  cuframes_writable* raw = nullptr;
  const cuframes_status status = cuframes_publisher_begin(publisher, timeout_ns, &raw);
  if (status != CUFRAMES_OK) return status;
  const WritablePtr writable(raw);
  const cuframes_plane& plane = cuframes_writable_info(raw)->planes[0];
  std::memset(reinterpret_cast<void*>(plane.address), value,
              size_t{plane.pitch_bytes} * plane.height);
  cuframes_commit commit;
  cuframes_commit_init(&commit);
  commit.pts_ns = value;
  return cuframes_writable_commit(raw, &commit);
}

inline FramePtr next_frame(cuframes_subscriber* subscriber, int64_t timeout_ns = 5 * kSecond) {
  cuframes_frame* frame = nullptr;
  cuframes_status status = CUFRAMES_INTERRUPTED;
  while (status == CUFRAMES_INTERRUPTED) {
    status = cuframes_subscriber_next(subscriber, timeout_ns, &frame);
  }
  EXPECT_EQ(status, CUFRAMES_OK) << cuframes_last_error()->message;
  return FramePtr(frame);
}

inline const cuframes_frame_info& info_of(const FramePtr& frame) {
  return *cuframes_frame_get_info(frame.get());
}

/// The value of all pixels, or -1 when they differ: a torn frame.
inline int pixel_value(const cuframes_frame_info& info) {
  const cuframes_plane& plane = info.planes[0];
  const auto* p = reinterpret_cast<const uint8_t*>(plane.address);
  for (size_t i = 1; i < size_t{plane.pitch_bytes} * plane.height; ++i) {
    if (p[i] != p[0]) return -1;
  }
  return p[0];
}

inline cuframes_subscriber_stats stats_of(cuframes_subscriber* subscriber) {
  cuframes_subscriber_stats stats{};
  stats.struct_size = sizeof stats;
  EXPECT_EQ(cuframes_subscriber_get_stats(subscriber, &stats), CUFRAMES_OK);
  return stats;
}

inline cuframes_stream_info info_of(cuframes_publisher* publisher) {
  cuframes_stream_info info{};
  info.struct_size = sizeof info;
  EXPECT_EQ(cuframes_publisher_info(publisher, &info), CUFRAMES_OK);
  return info;
}

/// Waits for something another thread or process brings about, at most `limit_ns`.
inline bool eventually(const std::function<bool()>& condition, int64_t limit_ns = 5 * kSecond) {
  const Deadline deadline(limit_ns);
  while (!condition()) {
    if (deadline.passed()) return false;
    usleep(1000);
  }
  return true;
}

}  // namespace cuframes::test
