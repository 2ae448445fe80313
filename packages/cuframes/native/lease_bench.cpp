// Cost of one frame without its pixels: begin + commit, and next + release, in nanoseconds, as a
// JSON line. Usage: lease_bench [rounds].

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "clock.h"
#include "cuframes.h"

namespace {

using cuframes::now_ns;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 21;
  const std::string path = "/tmp/cuframes-lease-bench-" + std::to_string(getpid()) + ".sock";
  cuframes_publisher_options options;
  cuframes_publisher_options_init(&options);
  options.key = "bench";
  options.path = path.c_str();
  options.width = 1920;
  options.height = 1080;
  cuframes_publisher* publisher = nullptr;
  if (cuframes_publisher_create(&options, &publisher) != CUFRAMES_OK) {
    std::fprintf(stderr, "%s\n", cuframes_last_error()->message);
    return 1;
  }
  cuframes_subscriber_options wanted;
  cuframes_subscriber_options_init(&wanted);
  wanted.key = "bench";
  wanted.path = path.c_str();
  cuframes_subscriber* subscriber = nullptr;
  if (cuframes_subscriber_create(&wanted, &subscriber) != CUFRAMES_OK) {
    std::fprintf(stderr, "%s\n", cuframes_last_error()->message);
    return 1;
  }
  cuframes_commit commit;
  cuframes_commit_init(&commit);
  constexpr int kFrames = 20'000;
  std::vector<double> publish, take, both;
  for (int round = 0; round < rounds; ++round) {
    int64_t publishing = 0;
    int64_t taking = 0;
    for (int half = 0; half < 2; ++half) {
      // First the two halves each timed by itself, then the whole, without the clock in between.
      const int64_t start = now_ns();
      for (int i = 0; i < kFrames; ++i) {
        const int64_t t0 = half == 0 ? now_ns() : 0;
        cuframes_writable* writable = nullptr;
        if (cuframes_publisher_begin(publisher, 0, &writable) != CUFRAMES_OK) return 1;
        if (cuframes_writable_commit(writable, &commit) != CUFRAMES_OK) return 1;
        cuframes_writable_destroy(writable);
        const int64_t t1 = half == 0 ? now_ns() : 0;
        cuframes_frame* frame = nullptr;
        if (cuframes_subscriber_next(subscriber, 0, &frame) != CUFRAMES_OK) return 1;
        cuframes_frame_unref(frame);
        if (half == 0) {
          publishing += t1 - t0;
          taking += now_ns() - t1;
        }
      }
      if (half == 1) both.push_back(static_cast<double>(now_ns() - start) / kFrames);
    }
    publish.push_back(static_cast<double>(publishing) / kFrames);
    take.push_back(static_cast<double>(taking) / kFrames);
  }
  std::printf("{\"begin_commit_ns\": %.0f, \"next_release_ns\": %.0f, \"whole_ns\": %.0f}\n",
              median(publish), median(take), median(both));
  cuframes_subscriber_destroy(subscriber);
  cuframes_publisher_destroy(publisher);
  return 0;
}
