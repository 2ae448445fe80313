#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "cadence.h"
#include "channel.h"
#include "clock.h"
#include "error.h"
#include "lease.h"
#include "reactor.h"
#include "reader_ring.h"

namespace cuframes {

struct SubscriberConfig {
  std::string key;
  std::string path;
  std::string name;
  uint32_t policy = CUFRAMES_POLICY_NEWEST;
  uint32_t max_leases = 2;
  uint32_t memory = CUFRAMES_MEMORY_AUTO;
  int device = -1;
  uintptr_t stream = 0;
  bool reconnect = true;
  int64_t spin_ns = 0;
};

/// One reader of one stream, through restarts of its publisher. Thread-safe.
class Subscriber final : public Reactor::Handler {
 public:
  explicit Subscriber(SubscriberConfig config);
  ~Subscriber() override;
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  /// Waits for the first connection. CUFRAMES_INTERRUPTED, or throws what kept it from coming.
  cuframes_status connect(int64_t timeout_ns);
  /// *lease on CUFRAMES_OK; CUFRAMES_NONE (only for timeout 0), CUFRAMES_INTERRUPTED, or throws.
  cuframes_status next(int64_t timeout_ns, Lease** lease);
  bool ready();
  int event_fd();
  void close();
  void stats(cuframes_subscriber_stats* stats);
  void info(cuframes_stream_info* info);
  void pin(int device);
  uintptr_t stream();
  std::optional<cuframes_event> poll_event();
  const std::string& key() const { return config_.key; }

  void on_ready(int fd, uint32_t events) noexcept override;
  void on_timer() noexcept override;

 private:
  enum class Phase { kSearching, kGreeting, kLive, kOver };

  // Connecting, on the reactor's thread or in connect(); with mutex_ held.
  void try_connect();
  void hang_up();
  void handle(Received received);
  void welcome(const wire::Welcome& message, std::vector<GuardedFd> fds);
  void retry_later();
  void push_event(uint32_t kind, uint64_t generation);
  void notify_fd();

  // Taking, with mutex_ held through `lock`.
  bool begin_turn(std::unique_lock<std::mutex>& lock, const Deadline& deadline);
  Lease* try_take();
  /// Makes the descriptor quiet, asks for the doorbell, and then still finds nothing: false.
  bool rearm();
  void account(const ReaderRing::Taken& taken);
  void note_demotion();
  [[noreturn]] void throw_missing();
  cuframes_status wait_a_while(std::unique_lock<std::mutex>& lock, const Deadline& deadline);
  /// Awake, for as long as the frame is due and nothing else happens.
  void look_for_frame(std::unique_lock<std::mutex>& lock, const ReaderRing& ring, int64_t until_ns);
  void throw_if_unusable();
  /// Gets a sleeping next() to look again. Call without the lock, after changing state under it.
  void interrupt(std::unique_lock<std::mutex>& lock);
  Error error(cuframes_status status, const std::string& text, int sys_errno = 0) const;

  const SubscriberConfig config_;
  const std::string path_;
  std::shared_ptr<ReaderStream> stream_;
  std::shared_ptr<Reactor> reactor_;

  std::mutex mutex_;
  Phase phase_ = Phase::kSearching;
  std::shared_ptr<GuardedFd> socket_;
  uint64_t token_ = 0;
  int64_t backoff_ns_ = 20 * kMillisecond;
  std::optional<Error> failure_;  // why the last attempt to connect failed
  bool ever_live_ = false;
  bool closed_ = false;
  bool eviction_to_report_ = false;
  bool ended_ = false;  // by a goodbye of the publisher

  std::deque<std::shared_ptr<ReaderRing>> rings_;  // front: being read; later ones replace it
  uint64_t last_generation_ = 0;
  int pin_device_ = -1;
  bool demotion_noted_ = false;

  bool busy_ = false;  // somebody is inside next()
  Cadence cadence_;    // theirs
  std::condition_variable turn_;
  std::atomic<uint32_t> changes_{0};  // a futex: state changed
  std::atomic<bool> sleeping_{false};
  std::atomic<uint64_t> sleep_count_{0};
  GuardedFd event_fd_;

  std::deque<cuframes_event> events_;
  uint64_t frames_received_ = 0;
  uint64_t drop_count_ = 0;
  uint64_t gap_count_ = 0;
  uint64_t last_seq_ = 0;
  uint64_t timeouts_ = 0;
  uint64_t errors_ = 0;
  uint64_t restarts_ = 0;
  uint64_t carried_deferred_ = 0;
  uint64_t held_peak_ = 0;
  int64_t last_latency_ns_ = -1;
  int64_t last_publish_ns_ = 0;
};

}  // namespace cuframes
