#include "reaper.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "error.h"
#include "fork_guard.h"

namespace cuframes {
namespace {

struct Reaper {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> jobs;
  const uint64_t epoch = fork_epoch();

  void run() {
    std::unique_lock<std::mutex> lock(mutex);
    for (;;) {
      changed.wait(lock, [&] { return !jobs.empty(); });
      const std::function<void()> job = std::move(jobs.front());
      jobs.pop_front();
      lock.unlock();
      try {
        job();
      } catch (const Error&) {
        // The device is lost: there is nothing left to give back.
      }
      lock.lock();
    }
  }
};

/// Never destroyed: leases may end while the process exits. A forked child gets its own.
Reaper& reaper() {
  static std::mutex* const mutex = std::make_unique<std::mutex>().release();
  static Reaper* instance = nullptr;
  const std::lock_guard<std::mutex> lock(*mutex);
  if (instance == nullptr || instance->epoch != fork_epoch()) {
    instance = std::make_unique<Reaper>().release();
    std::thread([r = instance] { r->run(); }).detach();
  }
  return *instance;
}

}  // namespace

void reap(std::function<void()> job) {
  Reaper& r = reaper();
  const std::lock_guard<std::mutex> lock(r.mutex);
  r.jobs.push_back(std::move(job));
  r.changed.notify_one();
}

}  // namespace cuframes
