#include "publisher.h"

#include <sys/epoll.h>
#include <sys/random.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "clock.h"
#include "cuda_driver.h"
#include "error.h"
#include "fault_point.h"
#include "futex.h"

namespace cuframes {
namespace {

constexpr int64_t kHeartbeat = 200 * kMillisecond;
constexpr int64_t kHelloTimeout = 2 * kSecond;
constexpr uint32_t kMaxLeases = 32;
constexpr uint32_t kSparePlaces = 16;  // connections beyond max_readers: observers, newcomers

uint64_t random_generation() {
  uint64_t value = 0;
  if (getrandom(&value, sizeof value, 0) != sizeof value) throw system_error("getrandom");
  return value | 1;
}

struct StreamTicket {
  std::shared_ptr<Publisher> publisher;
  uint64_t ticket;
};

void on_stream_reached(void* data) {
  const std::unique_ptr<StreamTicket> ticket(static_cast<StreamTicket*>(data));
  ticket->publisher->stream_reached(ticket->ticket);
}

void launch_ticket(const Publisher::Claim& claim, uintptr_t stream,
                   std::unique_ptr<StreamTicket> ticket) {
  const cuda::CurrentContext context(claim.ring->store().device());
  const cuda::Driver& d = cuda::Driver::get();
  auto* handle = reinterpret_cast<cuda::Stream>(stream);
  int capturing = 0;
  cuda::check(d.stream_is_capturing(handle, &capturing), "cuStreamIsCapturing");
  if (capturing != 0) {
    throw Error(CUFRAMES_E_INVALID,
                "the stream is being captured into a CUDA graph; commit outside of the capture");
  }
  claim.ring->copy_to_mirror(claim.slot, handle);
  cuda::check(d.launch_host_func(handle, on_stream_reached, ticket.get()), "cuLaunchHostFunc");
  static_cast<void>(ticket.release());  // the host function owns it now
}

}  // namespace

std::shared_ptr<Publisher> Publisher::create(PublisherConfig config) {
  auto publisher = std::make_shared<Publisher>(std::move(config));
  const std::lock_guard<std::mutex> lock(publisher->mutex_);
  publisher->reactor_->watch(publisher->listener_->fd(), publisher.get());
  return publisher;
}

Publisher::Publisher(PublisherConfig config)
    : config_(std::move(config)), reactor_(Reactor::shared()) {
  RingConfig ring = config_.ring;
  ring.generation = random_generation();
  // The name first: it is the cheap check that fails most often.
  listener_ = std::make_unique<Listener>(socket_path(config_.key, config_.path),
                                         config_.socket_mode, config_.socket_group);
  ring_ = std::make_shared<PublisherRing>(ring);
}

Publisher::~Publisher() { close(); }

void Publisher::close() {
  reactor_->remove(this);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return;
  closed_ = true;
  ring_->set_state(kPublisherClosed);
  futex_wake_all(ring_->control().head().futex);
  wire::Bye bye = wire::make<wire::Bye>();
  bye.reason = wire::kByeClosed;
  for (const auto& entry : connections_) send_message(entry.first, bye);
  connections_.clear();
  listener_.reset();
  progress_.notify_all();
}

Publisher::Claim Publisher::begin(int64_t timeout_ns) {
  const Deadline deadline(timeout_ns);
  int64_t patience_until = 0;  // for readers with the policy "block"
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    if (closed_) throw Error(CUFRAMES_E_CLOSED, "the publisher is closed");
    const uint64_t progress = progress_count_;
    bool blocked = false;
    std::optional<uint32_t> slot = ring_->claim(true, &blocked);
    if (!slot) {
      // Ask to be told, then look again: a reader either sees the request or we see its release.
      ring_->control().head().publisher_waits.store(1, std::memory_order_seq_cst);
      slot = ring_->claim(true, &blocked);
    }
    if (slot) {
      ring_->control().head().publisher_waits.store(0, std::memory_order_relaxed);
      return {ring_, *slot};
    }
    const int64_t now = now_ns();
    if (blocked) {
      if (patience_until == 0) patience_until = now + config_.block_timeout_ns;
      if (now >= patience_until) {
        ring_->demote_blockers();
        continue;
      }
    } else if (deadline.passed()) {
      ring_->control().head().publisher_waits.store(0, std::memory_order_relaxed);
      ring_->count_drop();
      evict_offenders();
      throw Error(CUFRAMES_E_CAPACITY,
                  "no free slot: all " + std::to_string(ring_->control().geometry().n_slots) +
                      " are leased by readers or open for writing; the frame is dropped. Use more "
                      "slots or a timeout");
    }
    if (progress_count_ == progress) {
      wait_for_progress(lock, blocked ? patience_until : now + deadline.remaining_ns());
    }
  }
}

void Publisher::wait_for_progress(std::unique_lock<std::mutex>& lock, int64_t until_ns) {
  // In slices, in case a reader's message is lost because its socket queue was full.
  const int64_t slice = std::min(until_ns - now_ns(), 50 * kMillisecond);
  if (slice > 0) progress_.wait_for(lock, std::chrono::nanoseconds(slice));
}

void Publisher::commit(const Claim& claim, const CommitTimes& times, uintptr_t stream) {
  Slot& slot = claim.ring->control().slot(claim.slot);
  const FrameLayout& layout = claim.ring->layout();
  slot.format = layout.format->id;
  slot.flags = 0;
  slot.pts_ns = times.pts_ns;
  slot.duration_ns = times.duration_ns;
  slot.capture_ns = times.capture_ns;
  slot.width = layout.width;
  slot.height = layout.height;
  slot.n_planes = layout.format->n_planes;
  std::copy(layout.planes.begin(), layout.planes.end(), slot.planes);
  slot.colour = config_.colour;

  const bool on_stream = claim.ring->store().device() >= 0;
  bool wake = false;
  uint64_t ticket = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) throw Error(CUFRAMES_E_CLOSED, "the publisher is closed");
    ticket = next_ticket_++;
    pending_.push_back({ticket, claim.ring, claim.slot, !on_stream, false});
    if (!on_stream) wake = publish_due();
  }
  if (on_stream) {
    try {
      launch_ticket(claim, stream,
                    std::make_unique<StreamTicket>(StreamTicket{shared_from_this(), ticket}));
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex_);
      pending_.erase(std::find_if(pending_.begin(), pending_.end(),
                                  [&](const Pending& p) { return p.ticket == ticket; }));
      publish_due();
      throw;
    }
  }
  if (wake) futex_wake_all(claim.ring->control().head().futex);
}

void Publisher::stream_reached(uint64_t ticket) {
  bool wake = false;
  std::shared_ptr<PublisherRing> ring;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (Pending& p : pending_) {
      if (p.ticket != ticket) continue;
      p.ready = true;
      ring = p.ring;
    }
    wake = publish_due();
  }
  if (wake && ring != nullptr) futex_wake_all(ring->control().head().futex);
}

bool Publisher::publish_due() {
  bool published = false;
  while (!pending_.empty() && pending_.front().ready) {
    const Pending due = std::move(pending_.front());
    pending_.pop_front();
    if (due.ring == ring_ && !closed_) {
      const int64_t now = now_ns();
      due.ring->control().slot(due.slot).publish_ns = now;
      due.ring->publish(due.slot, now);
      published = true;
    } else {
      due.ring->count_drop();  // its ring was replaced while the stream was on its way
    }
    if (due.closed) due.ring->close_slot(due.slot);
  }
  if (!published) return false;
  ring_doorbells();
  return ring_->futex_armed();
}

void Publisher::ring_doorbells() {
  const std::vector<uint32_t> due = ring_->take_doorbells();
  if (due.empty()) return;
  for (const auto& [fd, connection] : connections_) {
    if (connection.is_reader &&
        std::find(due.begin(), due.end(), connection.reader_index) != due.end()) {
      send_bytes(fd, &wire::kDoorbell, 1);
    }
  }
}

void Publisher::close_slot(const Claim& claim) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (Pending& p : pending_) {
    if (p.ring == claim.ring && p.slot == claim.slot) {
      p.closed = true;
      return;
    }
  }
  claim.ring->close_slot(claim.slot);
  ++progress_count_;
  progress_.notify_all();
}

void Publisher::reconfigure(uint32_t format, uint32_t width, uint32_t height) {
  RingConfig ring = config_.ring;
  ring.layout = frame_layout(format, width, height);
  ring.generation = random_generation();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) throw Error(CUFRAMES_E_CLOSED, "the publisher is closed");
  ring.last_seq = ring_->last_seq();
  auto next = std::make_shared<PublisherRing>(ring);
  next->inherit_counters(*ring_);
  const std::shared_ptr<PublisherRing> old = std::exchange(ring_, next);
  std::vector<int> lost;
  for (auto& [fd, connection] : connections_) {
    if (!connection.is_reader) continue;
    const PublisherRing::Reader* reader =
        ring_->add_reader(connection.policy, connection.budget, connection.name,
                          connection.peer.uid, connection.peer.pid);
    connection.reader_index = reader->index;
    try {
      send_welcome(connection, reader);
    } catch (const Error&) {
      lost.push_back(fd);  // its queue is full: it has not read a message for a long time
    }
  }
  for (const int fd : lost) drop(fd, kReaderEvicted);
  old->set_state(kPublisherMoved);
  futex_wake_all(old->control().head().futex);
  ++progress_count_;
  progress_.notify_all();
}

// --- Readers, on the reactor's thread -----------------------------------------------------------

void Publisher::on_ready(int fd, uint32_t events) noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return;
  try {
    if (fd == listener_->fd()) {
      accept_all();
    } else if (connections_.count(fd) != 0) {
      if ((events & EPOLLIN) != 0) serve(fd);
      if ((events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) != 0) drop(fd, kReaderDead);
    }
  } catch (const std::exception&) {
    if (fd != listener_->fd()) drop(fd, kReaderDead);  // it sent nonsense
  }
}

void Publisher::accept_all() {
  while (GuardedFd socket = listener_->accept_connection()) {
    if (connections_.size() >= config_.ring.max_readers + kSparePlaces) continue;  // closed
    const int fd = socket.get();
    Connection connection;
    connection.peer = peer_credentials(fd);
    connection.since_ns = now_ns();
    connection.socket = std::move(socket);
    if (config_.restrict_users && std::find(config_.allow_uids.begin(), config_.allow_uids.end(),
                                            connection.peer.uid) == config_.allow_uids.end()) {
      refuse(connection, Error(CUFRAMES_E_PERMISSION,
                               "user " + std::to_string(connection.peer.uid) +
                                   " is not on the publisher's allow list",
                               EACCES));
      continue;
    }
    connection.token = reactor_->watch(fd, this);
    connections_.emplace(fd, std::move(connection));
    if (connections_.size() == 1) reactor_->set_timer(this, now_ns() + kHeartbeat);
  }
}

void Publisher::serve(int fd) {
  Connection& connection = connections_.at(fd);
  const Received received = receive_message(fd);
  if (received.kind == Received::Kind::kNothing) return;
  if (received.kind == Received::Kind::kHangup) {
    drop(fd, kReaderDead);
  } else if (!connection.greeted) {
    try {
      greet(connection, received.bytes, received.size);
    } catch (const Error& error) {
      refuse(connection, error);
      drop(fd, kReaderDead);
    }
  } else if (received.size == 1 && received.bytes[0] == wire::kProgress) {
    ++progress_count_;
    progress_.notify_all();
  } else {
    drop(fd, kReaderDead);
  }
}

void Publisher::greet(Connection& connection, const void* data, size_t size) {
  const wire::Hello hello = wire::parse<wire::Hello>(data, size);
  connection.greeted = true;
  if (hello.observer != 0) {
    ring_->refresh_snapshots(now_ns());
    send_welcome(connection, nullptr);
    return;
  }
  if (hello.policy > CUFRAMES_POLICY_BLOCK || hello.max_leases == 0 ||
      hello.max_leases > kMaxLeases) {
    throw Error(CUFRAMES_E_INVALID, "policy " + std::to_string(hello.policy) + " with " +
                                        std::to_string(hello.max_leases) +
                                        " leases is out of range (1 to " +
                                        std::to_string(kMaxLeases) + " leases)");
  }
  if (hello.policy == CUFRAMES_POLICY_BLOCK && config_.forbid_block) {
    throw Error(CUFRAMES_E_INVALID,
                "this publisher is a live source and takes no readers with the policy \"block\"; "
                "use \"in_order\" or \"newest\"");
  }
  connection.policy = hello.policy;
  connection.budget = hello.max_leases;
  connection.name = hello.name;
  admit(connection);
}

void Publisher::admit(Connection& connection) {
  const uint32_t n_slots = config_.ring.n_slots;
  const uint32_t needed = 2 + ring_->admitted_budget() + connection.budget;
  if (needed > n_slots && !config_.overcommit) {
    throw Error(CUFRAMES_E_CAPACITY,
                "the ring has " + std::to_string(n_slots) + " slots, " +
                    std::to_string(ring_->admitted_budget()) +
                    " are promised to other readers and 2 to the publisher: no room for " +
                    std::to_string(connection.budget) +
                    " leases more. Publish with more slots or subscribe with fewer max_leases");
  }
  const PublisherRing::Reader* reader =
      ring_->add_reader(connection.policy, connection.budget, connection.name, connection.peer.uid,
                        connection.peer.pid);
  if (reader == nullptr) {
    throw Error(CUFRAMES_E_CAPACITY, "all " + std::to_string(config_.ring.max_readers) +
                                         " reader places are taken; publish with more max_readers");
  }
  connection.is_reader = true;
  connection.reader_index = reader->index;
  send_welcome(connection, reader);
  CUFRAMES_FAULT_POINT("publisher.welcomed");
}

void Publisher::send_welcome(const Connection& connection, const PublisherRing::Reader* reader) {
  wire::Welcome welcome = wire::make<wire::Welcome>();
  const StoreHandle& store = ring_->store().handle();
  welcome.generation = ring_->generation();
  welcome.control_bytes = ring_->control().geometry().control_bytes();
  welcome.payload_bytes = ring_->control().geometry().payload_bytes;
  welcome.mem_kind = store.kind;
  std::memcpy(welcome.gpu_uuid, store.gpu_uuid, sizeof welcome.gpu_uuid);
  std::vector<int> fds{ring_->control_fd()};
  if (reader != nullptr) {
    welcome.reader_index = reader->index;
    welcome.reader_epoch = reader->epoch;
    std::memcpy(welcome.ipc_handle, store.ipc_handle, sizeof welcome.ipc_handle);
    fds.push_back(reader->fd.get());
    if (ring_->store().export_fd() >= 0) fds.push_back(ring_->store().export_fd());
    if (ring_->mirror() != nullptr) {
      welcome.mirror = 1;
      fds.push_back(ring_->mirror()->export_fd());
    }
  }
  if (!send_message(connection.socket.get(), welcome, fds)) throw system_error("sendmsg");
}

void Publisher::refuse(const Connection& connection, const Error& error) const {
  wire::Refuse message = wire::make<wire::Refuse>();
  message.status = error.status();
  message.sys_errno = error.sys_errno();
  std::strncpy(message.text, error.what(), sizeof message.text - 1);
  send_message(connection.socket.get(), message);
}

void Publisher::drop(int fd, ReaderStatus status) {
  const auto found = connections_.find(fd);
  if (found == connections_.end()) return;
  const Connection& connection = found->second;
  if (connection.is_reader) {
    if (status == kReaderEvicted) {
      wire::Bye bye = wire::make<wire::Bye>();
      bye.reason = wire::kByeEvicted;
      send_message(fd, bye);
    }
    ring_->remove_reader(connection.reader_index, status);
  }
  reactor_->unwatch(connection.token, fd);
  connections_.erase(found);
  ++progress_count_;
  progress_.notify_all();
}

void Publisher::evict_offenders() {
  for (const uint32_t index : ring_->offenders(now_ns(), config_.lease_timeout_ns)) {
    const auto found =
        std::find_if(connections_.begin(), connections_.end(), [index](const auto& entry) {
          return entry.second.is_reader && entry.second.reader_index == index;
        });
    if (found != connections_.end()) drop(found->first, kReaderEvicted);
  }
}

void Publisher::on_timer() noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return;
  const int64_t now = now_ns();
  evict_offenders();
  std::vector<int> silent;
  for (const auto& [fd, connection] : connections_) {
    if (!connection.greeted && now - connection.since_ns > kHelloTimeout) silent.push_back(fd);
  }
  for (const int fd : silent) drop(fd, kReaderDead);
  ring_->refresh_snapshots(now);
  if (!connections_.empty()) reactor_->set_timer(this, now + kHeartbeat);
}

void Publisher::info(cuframes_stream_info* info) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const Control& control = ring_->control();
  const Counters& counters = control.counters();
  ring_->refresh_snapshots(now_ns());
  std::strncpy(info->key, config_.key.c_str(), sizeof info->key - 1);
  info->state = closed_ ? CUFRAMES_STATE_DEAD : CUFRAMES_STATE_ACTIVE;
  info->generation = ring_->generation();
  info->width = ring_->layout().width;
  info->height = ring_->layout().height;
  info->format = ring_->layout().format->id;
  info->memory = ring_->store().handle().kind;
  info->n_slots = control.geometry().n_slots;
  info->max_readers = control.geometry().max_readers;
  info->n_readers = ring_->reader_count();
  info->occupancy = ring_->occupancy();
  info->published = counters.published.load(std::memory_order_relaxed);
  info->dropped = counters.dropped.load(std::memory_order_relaxed);
  info->copied_in = counters.copied_in.load(std::memory_order_relaxed);
  info->evictions = counters.evictions.load(std::memory_order_relaxed);
  info->stalls = counters.stalls.load(std::memory_order_relaxed);
  info->last_seq = ring_->last_seq();
  info->last_publish_ns = control.state().last_publish_ns.load(std::memory_order_relaxed);
  info->slot_bytes = control.geometry().slot_stride;
  info->payload_bytes = control.geometry().payload_bytes;
  info->fps = config_.ring.fps_hint;
}

std::vector<cuframes_reader_info> Publisher::readers() {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<cuframes_reader_info> all;
  for (const auto& entry : connections_) {
    const Connection& connection = entry.second;
    if (!connection.is_reader) continue;
    const PublisherRing::Reader* reader = ring_->reader(connection.reader_index);
    if (reader == nullptr) continue;
    const LeasePage& page = reader->page();
    cuframes_reader_info info{};
    info.index = reader->index;
    info.policy = reader->policy;
    info.budget = reader->budget;
    info.held =
        static_cast<uint32_t>(__builtin_popcountll(page.hold.load(std::memory_order_relaxed)));
    info.cursor = page.cursor.load(std::memory_order_relaxed);
    info.received = page.received.load(std::memory_order_relaxed);
    info.dropped = page.dropped.load(std::memory_order_relaxed);
    info.stalls = reader->stalls;
    info.uid = connection.peer.uid;
    info.pid = connection.peer.pid;
    std::strncpy(info.name, connection.name.c_str(), sizeof info.name - 1);
    all.push_back(info);
  }
  return all;
}

}  // namespace cuframes
