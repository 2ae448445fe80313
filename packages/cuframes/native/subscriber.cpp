#include "subscriber.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "futex.h"
#include "rendezvous.h"

namespace cuframes {
namespace {

constexpr int64_t kFirstBackoff = 20 * kMillisecond;
constexpr int64_t kLongestBackoff = kSecond;
constexpr int64_t kLongestFirstBackoff = 100 * kMillisecond;  // somebody waits in subscribe()
constexpr int64_t kTurnSlice = 50 * kMillisecond;
// A signal that comes just before the sleep, or on another thread, does not end it: who waits
// without limit is sent back now and then to look for one.
constexpr int64_t kSignalSlice = 250 * kMillisecond;
constexpr size_t kEventsKept = 64;

/// Leaves the core to its sibling thread while looking at a word again and again.
inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Trying again cannot help: the peer answered, and the answer is about us.
bool is_final(cuframes_status status) {
  return status != CUFRAMES_E_PUBLISHER_GONE && status != CUFRAMES_E_SHM;
}

}  // namespace

Subscriber::Subscriber(SubscriberConfig config)
    : config_(std::move(config)),
      path_(socket_path(config_.key, config_.path)),
      stream_(std::make_shared<ReaderStream>(config_.stream)),
      reactor_(Reactor::shared()),
      cadence_(config_.spin_ns) {}

Subscriber::~Subscriber() { close(); }

Error Subscriber::error(cuframes_status status, const std::string& text, int sys_errno) const {
  return Error(status, "stream '" + config_.key + "': " + text, sys_errno)
      .about(config_.key, last_generation_);
}

// --- Connecting ---------------------------------------------------------------------------------

cuframes_status Subscriber::connect(int64_t timeout_ns) {
  const Deadline deadline(timeout_ns), signals(timeout_ns < 0 ? kSignalSlice : -1);
  std::unique_lock<std::mutex> lock(mutex_);
  try_connect();
  while (!ever_live_) {
    if (failure_ && is_final(failure_->status())) throw Error(*failure_).about(config_.key);
    if (deadline.passed()) {
      const std::string why = failure_ ? failure_->what() : "it does not answer";
      throw error(CUFRAMES_E_PUBLISHER_GONE,
                  "no publisher at " + path_ + " (" + why +
                      "); start it, or see `python -m cuframes ls` for the streams there are");
    }
    // A publisher that takes its time to answer is not asked anew.
    if (signals.passed() && phase_ == Phase::kSearching) return CUFRAMES_INTERRUPTED;
    const uint32_t seen = changes_.load(std::memory_order_seq_cst);
    lock.unlock();
    const int r = futex_wait(changes_, seen, std::min(deadline.remaining_ns(), kSignalSlice));
    if (r == EINTR) return CUFRAMES_INTERRUPTED;
    lock.lock();
  }
  return CUFRAMES_OK;
}

void Subscriber::try_connect() {
  try {
    socket_ = std::make_shared<GuardedFd>(connect_socket(path_));
    wire::Hello hello = wire::make<wire::Hello>();
    hello.policy = config_.policy;
    hello.max_leases = config_.max_leases;
    std::strncpy(hello.name, config_.name.c_str(), sizeof hello.name - 1);
    if (!send_message(socket_->get(), hello)) throw system_error("cannot greet the publisher");
    phase_ = Phase::kGreeting;
    token_ = reactor_->watch(socket_->get(), this);
  } catch (const Error& e) {
    failure_ = e;
    retry_later();
  }
}

void Subscriber::retry_later() {
  phase_ = Phase::kSearching;
  socket_.reset();
  token_ = 0;
  const bool again = !closed_ && (!ever_live_ || config_.reconnect);
  if (!again) {
    phase_ = Phase::kOver;
  } else if (ever_live_ || !failure_ || !is_final(failure_->status())) {
    reactor_->set_timer(this, now_ns() + backoff_ns_);
    backoff_ns_ = std::min(backoff_ns_ * 2, ever_live_ ? kLongestBackoff : kLongestFirstBackoff);
  }
}

void Subscriber::on_timer() noexcept {
  std::unique_lock<std::mutex> lock(mutex_);
  if (closed_ || phase_ != Phase::kSearching) return;
  try_connect();
  interrupt(lock);
}

void Subscriber::on_ready(int fd, uint32_t events) noexcept {
  std::unique_lock<std::mutex> lock(mutex_);
  if (closed_ || socket_ == nullptr || socket_->get() != fd) return;
  try {
    bool open = (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) == 0;
    for (;;) {
      Received received = receive_message(fd);
      if (received.kind == Received::Kind::kNothing) break;
      if (received.kind == Received::Kind::kHangup) {
        open = false;
        break;
      }
      handle(std::move(received));
      if (socket_ == nullptr) break;
    }
    if (!open && socket_ != nullptr) hang_up();
  } catch (const Error& e) {
    failure_ = e;
    ++errors_;
    hang_up();
  } catch (const std::exception& e) {
    failure_ = Error(CUFRAMES_E_INTERNAL, e.what());
    ++errors_;
    hang_up();
  }
  interrupt(lock);
}

void Subscriber::handle(Received received) {
  if (received.size == 1 && received.bytes[0] == wire::kDoorbell) {
    notify_fd();
    return;
  }
  switch (wire::type_of(received.bytes, received.size)) {
    case wire::kWelcome:
      welcome(wire::parse<wire::Welcome>(received.bytes, received.size), std::move(received.fds));
      break;
    case wire::kRefuse: {
      const wire::Refuse refuse = wire::parse<wire::Refuse>(received.bytes, received.size);
      const bool known =
          refuse.status <= CUFRAMES_E_PUBLISHER_GONE && refuse.status >= CUFRAMES_E_INTERNAL;
      throw Error(known ? static_cast<cuframes_status>(refuse.status) : CUFRAMES_E_SHM,
                  "the publisher of '" + config_.key + "' refused: " + refuse.text,
                  refuse.sys_errno);
    }
    case wire::kBye:
      if (wire::parse<wire::Bye>(received.bytes, received.size).reason == wire::kByeEvicted) {
        eviction_to_report_ = true;
        push_event(CUFRAMES_EVENT_EVICTED, last_generation_);
      } else {
        ended_ = true;
      }
      hang_up();
      break;
    default:
      throw Error(CUFRAMES_E_SHM, "the publisher sent a message that only readers send");
  }
}

void Subscriber::welcome(const wire::Welcome& message, std::vector<GuardedFd> fds) {
  const ReaderMemory memory{config_.memory, config_.device, pin_device_, config_.max_leases};
  auto ring = std::make_shared<ReaderRing>(message, std::move(fds), socket_, stream_, memory);
  const bool same_publisher = phase_ == Phase::kLive;
  if (ever_live_) {
    push_event(same_publisher ? CUFRAMES_EVENT_RECONFIGURED : CUFRAMES_EVENT_RESTARTED,
               ring->generation());
    if (!same_publisher) ++restarts_;
  }
  rings_.push_back(std::move(ring));
  // "newest" wants the new ring at once, the others read the old one to its end first.
  while (config_.policy == CUFRAMES_POLICY_NEWEST && rings_.size() > 1) {
    drop_count_ += rings_.front()->unseen();
    carried_deferred_ += rings_.front()->deferred_releases().load();
    rings_.pop_front();
  }
  last_generation_ = rings_.back()->generation();
  phase_ = Phase::kLive;
  ended_ = false;
  ever_live_ = true;
  demotion_noted_ = false;
  failure_.reset();
  backoff_ns_ = kFirstBackoff;
}

void Subscriber::hang_up() {
  if (token_ != 0 && socket_ != nullptr) reactor_->unwatch(token_, socket_->get());
  if (phase_ == Phase::kLive) push_event(CUFRAMES_EVENT_GONE, last_generation_);
  retry_later();
}

void Subscriber::push_event(uint32_t kind, uint64_t generation) {
  if (events_.size() == kEventsKept) events_.pop_front();
  events_.push_back({kind, 0, generation, now_ns()});
}

void Subscriber::notify_fd() {
  if (!event_fd_) return;
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = write(event_fd_.get(), &one, sizeof one);
}

void Subscriber::interrupt(std::unique_lock<std::mutex>& lock) {
  changes_.fetch_add(1, std::memory_order_seq_cst);
  notify_fd();
  const std::shared_ptr<ReaderRing> ring = rings_.empty() ? nullptr : rings_.front();
  const std::shared_ptr<ReaderRing> last = rings_.empty() ? nullptr : rings_.back();
  const uint64_t sleep = sleep_count_.load();
  turn_.notify_all();
  lock.unlock();
  futex_wake_all(changes_);
  // The head word belongs to the publisher, so we cannot change it to stop a next() that has looked
  // at the state already and is about to sleep: wake it until it has left that sleep.
  while (sleeping_.load() && sleep_count_.load() == sleep) {
    if (ring != nullptr) futex_wake_all(ring->control().head().futex);
    if (last != nullptr && last != ring) futex_wake_all(last->control().head().futex);
    usleep(50);
  }
}

void Subscriber::close() {
  reactor_->remove(this);
  std::unique_lock<std::mutex> lock(mutex_);
  if (closed_) return;
  closed_ = true;
  phase_ = Phase::kOver;
  socket_.reset();
  std::deque<std::shared_ptr<ReaderRing>> rings;
  for (const auto& ring : rings_) {
    ring->retire();
    rings.push_back(ring);
  }
  interrupt(lock);
  lock.lock();
  turn_.wait(lock, [this] { return !busy_; });
  rings_.clear();  // the socket closes with the last lease
}

// --- Taking -------------------------------------------------------------------------------------

bool Subscriber::begin_turn(std::unique_lock<std::mutex>& lock, const Deadline& deadline) {
  if (busy_) {
    turn_.wait_for(lock, std::chrono::nanoseconds(std::min(deadline.remaining_ns(), kTurnSlice)),
                   [this] { return !busy_; });
  }
  if (busy_) return false;
  busy_ = true;
  return true;
}

void Subscriber::throw_if_unusable() {
  if (closed_) throw error(CUFRAMES_E_CLOSED, "the subscriber is closed");
  if (!rings_.empty() && phase_ == Phase::kLive && rings_.back()->evicted()) {
    eviction_to_report_ = true;
    hang_up();
  }
  if (eviction_to_report_) {
    eviction_to_report_ = false;
    rings_.clear();
    ++errors_;
    throw error(CUFRAMES_E_LEASE_LOST,
                "the publisher evicted this reader: it held a frame for too long, or more than its "
                "max_leases. Frames it still holds are not valid any more");
  }
}

Lease* Subscriber::try_take() {
  while (!rings_.empty()) {
    const std::shared_ptr<ReaderRing> ring = rings_.front();
    if (ring->held() >= config_.max_leases) return nullptr;
    if (const auto taken = ring->take(config_.policy)) {
      account(*taken);
      return Lease::of(ring, *taken);
    }
    if (rings_.size() == 1) return nullptr;
    carried_deferred_ += ring->deferred_releases().load();
    rings_.pop_front();
  }
  return nullptr;
}

void Subscriber::account(const ReaderRing::Taken& taken) {
  cadence_.taken(taken.info);
  ++frames_received_;
  drop_count_ += taken.info.gap;
  if (taken.info.gap != 0) ++gap_count_;
  last_seq_ = taken.info.seq;
  last_publish_ns_ = taken.info.publish_ns;
  last_latency_ns_ = elapsed_ns(taken.info.publish_ns, now_ns());
  held_peak_ = std::max<uint64_t>(held_peak_, rings_.front()->held());
}

void Subscriber::note_demotion() {
  if (config_.policy != CUFRAMES_POLICY_BLOCK || demotion_noted_ || rings_.empty() ||
      rings_.back()->policy_in_effect() == CUFRAMES_POLICY_BLOCK) {
    return;
  }
  demotion_noted_ = true;
  push_event(CUFRAMES_EVENT_DEMOTED, rings_.back()->generation());
}

void Subscriber::throw_missing() {
  if (!rings_.empty() && rings_.front()->held() >= config_.max_leases) {
    ++errors_;
    throw error(CUFRAMES_E_CAPACITY,
                "all " + std::to_string(config_.max_leases) +
                    " leases are in use; release a frame (and the tensors made of it), or "
                    "subscribe with a larger max_leases");
  }
  if (phase_ != Phase::kLive) {
    ++errors_;
    throw error(CUFRAMES_E_PUBLISHER_GONE,
                config_.reconnect ? "the publisher is gone; waiting for it to come back"
                                  : "the publisher is gone");
  }
  ++timeouts_;
  throw error(CUFRAMES_E_TIMEOUT, "no frame in time; the publisher is connected but silent");
}

cuframes_status Subscriber::next(int64_t timeout_ns, Lease** lease) {
  *lease = nullptr;
  const Deadline deadline(timeout_ns), signals(timeout_ns < 0 ? kSignalSlice : -1);
  std::unique_lock<std::mutex> lock(mutex_);
  throw_if_unusable();
  if (!begin_turn(lock, deadline)) {
    if (timeout_ns == 0) return CUFRAMES_NONE;
    if (!deadline.passed()) return CUFRAMES_INTERRUPTED;  // also lets Python handle signals
    throw_missing();
  }
  struct Turn {  // others may go on, however we leave
    Subscriber& self;
    ~Turn() {
      self.busy_ = false;
      self.turn_.notify_all();
    }
  } turn{*this};
  for (;;) {
    if (!lock.owns_lock()) lock.lock();
    throw_if_unusable();
    note_demotion();
    *lease = try_take();
    if (*lease != nullptr) return CUFRAMES_OK;
    if (timeout_ns == 0) {
      if (phase_ == Phase::kOver ||
          (!rings_.empty() && rings_.front()->held() >= config_.max_leases)) {
        throw_missing();
      }
      if (!event_fd_ || !rearm()) return CUFRAMES_NONE;
      *lease = try_take();
      if (*lease == nullptr) return CUFRAMES_NONE;
      notify_fd();
      return CUFRAMES_OK;
    }
    if (deadline.passed() || phase_ == Phase::kOver) throw_missing();
    if (signals.passed()) return CUFRAMES_INTERRUPTED;
    if (wait_a_while(lock, deadline) == CUFRAMES_INTERRUPTED) {
      if (!lock.owns_lock()) lock.lock();
      return CUFRAMES_INTERRUPTED;
    }
  }
}

cuframes_status Subscriber::wait_a_while(std::unique_lock<std::mutex>& lock,
                                         const Deadline& deadline) {
  int64_t slice = std::min(deadline.remaining_ns(), kSignalSlice);
  const std::shared_ptr<ReaderRing> ring = rings_.empty() ? nullptr : rings_.front();
  if (ring != nullptr && ring->held() >= config_.max_leases) {
    lock.unlock();
    return ring->wait_for_return(config_.max_leases, std::min(slice, kTurnSlice)) == EINTR
               ? CUFRAMES_INTERRUPTED
               : CUFRAMES_OK;
  }
  if (phase_ != Phase::kLive || ring == nullptr) {
    const uint32_t seen = changes_.load(std::memory_order_seq_cst);
    lock.unlock();
    return futex_wait(changes_, seen, slice) == EINTR ? CUFRAMES_INTERRUPTED : CUFRAMES_OK;
  }
  const int64_t now = now_ns();
  const std::optional<Cadence::Window> due = cadence_.next(now);
  if (due && now >= due->wake_at_ns) {
    look_for_frame(lock, *ring, std::min({due->close_ns, now + config_.spin_ns, now + slice}));
    return CUFRAMES_OK;
  }
  if (due) slice = std::min(slice, due->wake_at_ns - now);
  const std::atomic<uint32_t>& word = ring->control().head().futex;
  const uint32_t seen = word.load(std::memory_order_seq_cst);
  ring->page().armed.fetch_or(kArmedFutex, std::memory_order_seq_cst);
  if (ring->has_unseen()) {
    ring->page().armed.fetch_and(~uint32_t{kArmedFutex}, std::memory_order_relaxed);
    return CUFRAMES_OK;
  }
  sleep_count_.fetch_add(1);
  sleeping_.store(true);
  lock.unlock();
  const int r = futex_wait(word, seen, slice);
  sleeping_.store(false);
  ring->page().armed.fetch_and(~uint32_t{kArmedFutex}, std::memory_order_relaxed);
  if (due && r == ETIMEDOUT) cadence_.woke(due->wake_at_ns, now_ns());
  return r == EINTR ? CUFRAMES_INTERRUPTED : CUFRAMES_OK;
}

void Subscriber::look_for_frame(std::unique_lock<std::mutex>& lock, const ReaderRing& ring,
                                int64_t until_ns) {
  constexpr int kLooksPerClock = 16;
  cadence_.looked();
  const uint32_t seen = changes_.load(std::memory_order_seq_cst);
  lock.unlock();
  do {
    for (int i = 0; i < kLooksPerClock; ++i) {
      if (ring.has_unseen()) return;
      relax();
    }
  } while (changes_.load(std::memory_order_relaxed) == seen && now_ns() < until_ns);
}

bool Subscriber::rearm() {
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t n = read(event_fd_.get(), &count, sizeof count);
  if (rings_.empty()) return false;
  rings_.back()->page().armed.fetch_or(kArmedDoorbell, std::memory_order_seq_cst);
  return std::any_of(rings_.begin(), rings_.end(), [](const auto& r) { return r->has_unseen(); });
}

bool Subscriber::ready() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (closed_ || eviction_to_report_ || phase_ == Phase::kOver) return true;
  const auto unseen = [](const auto& ring) { return ring->has_unseen(); };
  if (std::any_of(rings_.begin(), rings_.end(), unseen)) return true;
  if (!event_fd_ || !rearm()) return false;
  notify_fd();
  return true;
}

int Subscriber::event_fd() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) throw error(CUFRAMES_E_CLOSED, "the subscriber is closed");
  if (!event_fd_) {
    event_fd_ = GuardedFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event_fd_) throw system_error("eventfd");
    if (phase_ == Phase::kOver || eviction_to_report_ || rearm()) notify_fd();
  }
  return event_fd_.get();
}

void Subscriber::stats(cuframes_subscriber_stats* stats) {
  cuframes_stream_info stream{};
  info(&stream);
  const std::lock_guard<std::mutex> lock(mutex_);
  stats->state = stream.state;
  stats->generation = last_generation_;
  stats->frames_received = frames_received_;
  stats->drop_count = drop_count_;
  stats->gap_count = gap_count_;
  stats->last_seq = last_seq_;
  stats->timeouts = timeouts_;
  stats->errors = errors_;
  stats->restarts = restarts_;
  stats->deferred_releases = carried_deferred_;
  stats->held_peak = static_cast<uint32_t>(held_peak_);
  stats->max_leases = config_.max_leases;
  stats->policy = config_.policy;
  stats->ended = ended_ ? 1 : 0;
  stats->last_latency_ns = last_latency_ns_;
  stats->last_publish_ns = last_publish_ns_;
  for (const auto& ring : rings_) {
    stats->held += ring->held();
    stats->deferred_releases += ring->deferred_releases().load();
  }
  if (!rings_.empty()) {
    stats->ring_occupancy = rings_.back()->occupancy();
    stats->ring_capacity = rings_.back()->control().geometry().n_slots;
    stats->policy = rings_.back()->policy_in_effect() < config_.policy
                        ? rings_.back()->policy_in_effect()
                        : config_.policy;
  }
}

void Subscriber::info(cuframes_stream_info* info) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::strncpy(info->key, config_.key.c_str(), sizeof info->key - 1);
  if (!rings_.empty()) describe_stream(rings_.back()->control(), info);
  if (phase_ != Phase::kLive) info->state = CUFRAMES_STATE_DEAD;
}

void Subscriber::pin(int device) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) throw error(CUFRAMES_E_CLOSED, "the subscriber is closed");
  for (const auto& ring : rings_) ring->pin(device);
  pin_device_ = device;
}

uintptr_t Subscriber::stream() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (rings_.empty()) return config_.stream;
  const std::shared_ptr<ReaderRing> ring = rings_.back();
  lock.unlock();
  return ring->stream().get(ring->device());
}

std::optional<cuframes_event> Subscriber::poll_event() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (events_.empty()) return std::nullopt;
  const cuframes_event event = events_.front();
  events_.pop_front();
  return event;
}

}  // namespace cuframes
