// Restarter: the thread that plays a source again, when it ended or when a camera went silent.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace pyds::urisrc {

class Restarter {
 public:
  struct Plan {
    // Silence after which a camera is connected anew, and the pause before the second attempt in
    // a row, which doubles from attempt to attempt, up to a minute. 0: never.
    std::chrono::seconds interval{0};
    std::chrono::seconds initial_interval{0};  // until the first frame
    int attempts = -1;                         // in a row; -1: without end
  };
  // Called on the restarter's thread.
  struct Actions {
    std::function<bool()> rewind;  // false if the source cannot
    std::function<void()> rebuild;
    std::function<void(const std::string& reason)> give_up;
  };

  Restarter(const Plan& plan, Actions actions);
  ~Restarter() { stop(); }
  Restarter(const Restarter&) = delete;
  Restarter& operator=(const Restarter&) = delete;

  // Waits until the action under way is done; nothing happens from then on.
  void stop();

  // These may be called from any thread and return at once. Silence is looked for after
  // watch(true): a pipeline that is paused is silent too.
  void watch(bool watches);
  void frame_arrived();
  void play_again();
  void connection_lost(const std::string& reason);

 private:
  using Clock = std::chrono::steady_clock;
  enum class Request { kNone, kPlayAgain, kReconnect };

  void run();
  void reconnect(std::unique_lock<std::mutex>& lock);
  std::chrono::seconds patience() const;

  const Plan plan_;
  const Actions actions_;
  std::atomic<bool> has_frames_{false};
  std::atomic<Clock::duration> last_frame_;
  std::atomic<int> failures_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  Request request_ = Request::kNone;
  std::string reason_;
  bool watches_ = false;
  bool has_given_up_ = false;
  bool stops_ = false;
  std::thread thread_;  // last: it uses the rest
};

}  // namespace pyds::urisrc
