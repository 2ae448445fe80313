#include "reader_ring.h"

#include <algorithm>
#include <cstring>

#include "channel.h"
#include "clock.h"
#include "cuda_driver.h"
#include "error.h"
#include "futex.h"
#include "reaper.h"
#include "ring.h"

namespace cuframes {
namespace {

constexpr int kAttempts = 64;  // a publisher that overtakes us this often in a row is hostile

/// The kind of memory a welcome names. Looked at before it becomes an enum: a value that the enum
/// cannot hold is undefined behaviour.
cuframes_memory kind_of(const wire::Welcome& welcome) {
  if (welcome.mem_kind < CUFRAMES_MEMORY_MEMFD || welcome.mem_kind > CUFRAMES_MEMORY_CUDA_IPC) {
    throw Error(CUFRAMES_E_SHM, "the publisher offers an unknown kind of memory (" +
                                    std::to_string(welcome.mem_kind) + ")");
  }
  return static_cast<cuframes_memory>(welcome.mem_kind);
}

}  // namespace

ReaderStream::~ReaderStream() {
  if (own_ == 0) return;
  reap([own = own_] { cuda::Driver::get().stream_destroy(reinterpret_cast<cuda::Stream>(own)); });
}

uintptr_t ReaderStream::get(int device) {
  if (given_ != 0 || device < 0) return given_;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (own_ == 0) {
    const cuda::CurrentContext context(device);
    cuda::Stream stream = nullptr;
    cuda::check(cuda::Driver::get().stream_create(&stream, cuda::kStreamNonBlocking),
                "cuStreamCreate");
    own_ = reinterpret_cast<uintptr_t>(stream);
  }
  return own_;
}

ReaderRing::ReaderRing(const wire::Welcome& welcome, std::vector<GuardedFd> fds,
                       std::shared_ptr<GuardedFd> socket, std::shared_ptr<ReaderStream> stream,
                       const ReaderMemory& memory)
    : generation_(welcome.generation),
      index_(welcome.reader_index),
      epoch_(welcome.reader_epoch),
      stream_(std::move(stream)),
      socket_(std::move(socket)) {
  const size_t expected =
      (welcome.mem_kind == CUFRAMES_MEMORY_CUDA_IPC ? 2 : 3) + (welcome.mirror != 0 ? 1 : 0);
  if (fds.size() != expected || welcome.control_bytes < kPage ||
      welcome.control_bytes > (uint64_t{1} << 30)) {
    throw Error(CUFRAMES_E_SHM, "the publisher's welcome carries " + std::to_string(fds.size()) +
                                    " descriptors, expected " + std::to_string(expected));
  }
  check_received_memfd(fds[0].get(), welcome.control_bytes, "control block");
  control_mapping_ = Mapping(fds[0].get(), welcome.control_bytes, Mapping::Access::kReadOnly);
  const Header& header = *reinterpret_cast<const Header*>(control_mapping_.data());
  control_ = Control(control_mapping_.data(), checked_geometry(header, welcome.control_bytes));
  if (index_ >= control_.geometry().max_readers ||
      control_.geometry().payload_bytes != welcome.payload_bytes) {
    throw Error(CUFRAMES_E_SHM, "the publisher's welcome contradicts its control block");
  }
  check_received_memfd(fds[1].get(), kLeasePageBytes, "lease page");
  lease_mapping_ = Mapping(fds[1].get(), kLeasePageBytes, Mapping::Access::kReadWrite);
  import_memory(welcome, std::move(fds), memory);
}

void ReaderRing::import_memory(const wire::Welcome& welcome, std::vector<GuardedFd> fds,
                               const ReaderMemory& memory) {
  const bool is_cuda = welcome.mem_kind != CUFRAMES_MEMORY_MEMFD;
  const bool has_mirror = is_cuda && welcome.mirror != 0;
  if ((memory.kind == CUFRAMES_MEMORY_MEMFD && is_cuda && !has_mirror) ||
      (memory.kind == CUFRAMES_MEMORY_CUDA && !is_cuda)) {
    throw Error(CUFRAMES_E_FORMAT,
                std::string("the stream is in ") +
                    (is_cuda ? "CUDA memory and published without host_mirror" : "host memory") +
                    ", the other kind was asked for; use memory=\"auto\"");
  }
  StoreHandle handle;
  handle.kind = kind_of(welcome);
  std::memcpy(handle.gpu_uuid, welcome.gpu_uuid, sizeof handle.gpu_uuid);
  std::memcpy(handle.ipc_handle, welcome.ipc_handle, sizeof handle.ipc_handle);
  const uint64_t bytes = control_.geometry().payload_bytes;
  const bool staged = memory.kind == CUFRAMES_MEMORY_STAGED;
  GuardedFd fd = welcome.mem_kind == CUFRAMES_MEMORY_CUDA_IPC ? GuardedFd() : std::move(fds[2]);
  try {
    if (!has_mirror || memory.kind != CUFRAMES_MEMORY_MEMFD) {
      store_ = import_store(handle, std::move(fd), bytes, is_cuda && !staged ? memory.device : -1);
    }
  } catch (const Error& error) {
    // Whoever asked for a GPU is told that it cannot be reached; the others take what works.
    const bool any = memory.kind == CUFRAMES_MEMORY_AUTO && memory.device < 0;
    if (!has_mirror || !any || error.status() != CUFRAMES_E_DEVICE_LOST) throw;
  }
  if (store_ == nullptr) store_ = import_store({}, std::move(fds.back()), bytes, -1);
  int pin_device = memory.pin_device;
  if (staged) {
    pin_device = std::max(memory.device, 0);
    staging_ =
        std::make_unique<Staging>(pin_device, control_.geometry().slot_stride, memory.max_leases);
  }
  if (pin_device >= 0 && store_->device() < 0) store_->pin(pin_device);
}

std::optional<uint32_t> ReaderRing::lease_newest(uint64_t* seq) {
  const uint64_t cursor = page().cursor.load(std::memory_order_relaxed);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    *seq = control_.head().seq.load(std::memory_order_acquire);
    if (*seq <= cursor) return std::nullopt;
    if (const auto slot = ring::lease(control_, page(), *seq)) return slot;
  }
  return std::nullopt;
}

std::optional<uint32_t> ReaderRing::lease_in_order(uint64_t* seq) {
  const uint64_t cursor = page().cursor.load(std::memory_order_relaxed);
  const uint64_t head = control_.head().seq.load(std::memory_order_acquire);
  const uint64_t reach = control_.geometry().order_len;
  uint64_t q = cursor + 1;
  if (head > reach) q = std::max(q, head - reach + 1);
  for (; q <= head; ++q) {
    *seq = q;
    if (const auto slot = ring::lease(control_, page(), q)) return slot;
  }
  return std::nullopt;
}

std::optional<ReaderRing::Taken> ReaderRing::take(uint32_t policy) {
  uint64_t seq = 0;
  const auto slot = policy == CUFRAMES_POLICY_NEWEST ? lease_newest(&seq) : lease_in_order(&seq);
  if (!slot) return std::nullopt;
  CUFRAMES_FAULT_POINT("reader.holding");
  Taken taken{*slot, {}};
  // Always one free: the subscriber takes no frame beyond its max_leases.
  if (staging_ != nullptr) place_of_[*slot] = staging_->claim();
  const uint64_t cursor = page().cursor.load(std::memory_order_relaxed);
  try {
    taken.info = describe(*slot, seq);
  } catch (...) {
    page().cursor.store(seq, std::memory_order_seq_cst);
    release(*slot);
    throw;
  }
  taken.info.gap = seq - cursor - 1;
  page().cursor.store(seq, std::memory_order_seq_cst);
  page().received.fetch_add(1, std::memory_order_relaxed);
  page().dropped.fetch_add(taken.info.gap, std::memory_order_relaxed);
  const uint64_t held_now = held();
  if (held_now > page().held_peak.load(std::memory_order_relaxed)) {
    page().held_peak.store(held_now, std::memory_order_relaxed);
  }
  // A publisher that waits for a "block" reader waits for this cursor.
  if (control_.head().publisher_waits.load(std::memory_order_seq_cst) != 0) {
    send_bytes(socket_->get(), &wire::kProgress, 1);
  }
  return taken;
}

cuframes_frame_info ReaderRing::describe(uint32_t s, uint64_t seq) {
  const Slot& slot = control_.slot(s);
  const uint32_t format_id = slot.format;
  settle_copies();
  const Format* format = find_format(format_id);
  if (format == nullptr || slot.n_planes != format->n_planes) {
    throw Error(CUFRAMES_E_FORMAT, "frame " + std::to_string(seq) + " has the unknown format " +
                                       std::to_string(format_id) +
                                       "; upgrade cuframes in this reader");
  }
  cuframes_frame_info info{};
  info.seq = seq;
  info.generation = generation_;
  info.pts_ns = slot.pts_ns;
  info.duration_ns = slot.duration_ns;
  info.capture_ns = slot.capture_ns;
  info.publish_ns = slot.publish_ns;
  info.memory = store_->handle().kind;
  info.device = device();
  info.colour = slot.colour;
  const uint64_t stride = control_.geometry().slot_stride;
  const uint64_t shared = store_->base() + stride * s;
  const uint64_t base = staging_ != nullptr ? staging_->address(place_of_[s]) : shared;
  describe_planes(*format, slot.planes, slot.width, slot.height, base, stride, &info);
  if (staging_ != nullptr) {
    info.memory = CUFRAMES_MEMORY_STAGED;
    staging_->fill(place_of_[s], shared, store_->device());
  }
  info.user_meta = control_.sidecar(s);
  const uint32_t sidecar_bytes = slot.user_meta_bytes;
  settle_copies();
  info.user_meta_bytes = std::min(sidecar_bytes, control_.geometry().sidecar_stride);
  return info;
}

void ReaderRing::release(uint32_t slot) {
  if (staging_ != nullptr) staging_->release(place_of_[slot]);
  ring::release(page(), slot);
  returns_.fetch_add(1, std::memory_order_seq_cst);
  if (return_waiters_.load(std::memory_order_seq_cst) != 0) futex_wake_all(returns_);
  if (control_.head().publisher_waits.load(std::memory_order_seq_cst) != 0) {
    send_bytes(socket_->get(), &wire::kProgress, 1);
  }
}

int ReaderRing::wait_for_return(uint32_t limit, int64_t timeout_ns) {
  return_waiters_.fetch_add(1, std::memory_order_seq_cst);
  const uint32_t count = returns_.load(std::memory_order_seq_cst);
  const int r = held() < limit ? 0 : futex_wait(returns_, count, timeout_ns);
  return_waiters_.fetch_sub(1, std::memory_order_relaxed);
  return r;
}

void ReaderRing::retire() { page().cursor.store(UINT64_MAX >> 8, std::memory_order_seq_cst); }

uint64_t ReaderRing::unseen() const {
  const uint64_t head = control_.head().seq.load(std::memory_order_acquire);
  const uint64_t cursor = page().cursor.load(std::memory_order_relaxed);
  return head > cursor ? head - cursor : 0;
}

bool ReaderRing::has_unseen() const { return unseen() != 0; }

bool ReaderRing::evicted() const {
  const ReaderEntry& entry = control_.reader(index_);
  return entry.epoch.load(std::memory_order_relaxed) != epoch_ ||
         entry.status.load(std::memory_order_acquire) == kReaderEvicted;
}

uint32_t ReaderRing::policy_in_effect() const {
  return control_.reader(index_).policy.load(std::memory_order_acquire);
}

uint32_t ReaderRing::occupancy() const {
  const Geometry& g = control_.geometry();
  uint64_t held = held_mask() | control_.state().writing.load(std::memory_order_relaxed);
  for (uint32_t r = 0; r < g.max_readers; ++r) {
    const ReaderEntry& entry = control_.reader(r);
    if (r != index_ && entry.status.load(std::memory_order_acquire) == kReaderLive) {
      held |= entry.held.load(std::memory_order_relaxed);
    }
  }
  const uint64_t all = g.n_slots == 64 ? ~uint64_t{0} : (uint64_t{1} << g.n_slots) - 1;
  return static_cast<uint32_t>(__builtin_popcountll(held & all));
}

void describe_stream(const Control& control, cuframes_stream_info* info) {
  const Header& header = control.header();
  const State& state = control.state();
  const Counters& counters = control.counters();
  const Geometry& g = control.geometry();
  const int64_t now = now_ns();
  info->generation = header.generation;
  info->width = header.width;
  info->height = header.height;
  info->format = header.format;
  info->memory = header.mem_kind;
  info->n_slots = g.n_slots;
  info->max_readers = g.max_readers;
  info->published = counters.published.load(std::memory_order_relaxed);
  info->dropped = counters.dropped.load(std::memory_order_relaxed);
  info->copied_in = counters.copied_in.load(std::memory_order_relaxed);
  info->evictions = counters.evictions.load(std::memory_order_relaxed);
  info->stalls = counters.stalls.load(std::memory_order_relaxed);
  info->last_seq = control.head().seq.load(std::memory_order_acquire);
  info->last_publish_ns = state.last_publish_ns.load(std::memory_order_relaxed);
  info->slot_bytes = g.slot_stride;
  info->payload_bytes = g.payload_bytes;
  info->fps = header.fps_millihertz / 1000.0;
  // The publisher's words: they may be nonsense, and nothing may overflow for that.
  const int64_t interval =
      std::clamp<int64_t>(state.interval_ns.load(std::memory_order_relaxed), 0, 3600 * kSecond);
  const bool fresh = info->last_publish_ns != 0 &&
                     elapsed_ns(info->last_publish_ns, now) <= std::max(kSecond, 5 * interval);
  const bool live = state.publisher.load(std::memory_order_acquire) == kPublisherLive;
  info->state = !live ? CUFRAMES_STATE_DEAD : fresh ? CUFRAMES_STATE_ACTIVE : CUFRAMES_STATE_STALE;
  uint64_t held = state.writing.load(std::memory_order_relaxed);
  info->n_readers = 0;
  for (uint32_t r = 0; r < g.max_readers; ++r) {
    const ReaderEntry& entry = control.reader(r);
    if (entry.status.load(std::memory_order_acquire) != kReaderLive) continue;
    ++info->n_readers;
    held |= entry.held.load(std::memory_order_relaxed);
  }
  const uint64_t all = g.n_slots == 64 ? ~uint64_t{0} : (uint64_t{1} << g.n_slots) - 1;
  info->occupancy = static_cast<uint32_t>(__builtin_popcountll(held & all));
}

std::vector<cuframes_reader_info> describe_readers(const Control& control) {
  std::vector<cuframes_reader_info> all;
  for (uint32_t r = 0; r < control.geometry().max_readers; ++r) {
    const ReaderEntry& entry = control.reader(r);
    if (entry.status.load(std::memory_order_acquire) != kReaderLive) continue;
    cuframes_reader_info info{};
    info.index = r;
    info.policy = entry.policy.load(std::memory_order_relaxed);
    info.budget = entry.budget.load(std::memory_order_relaxed);
    info.held =
        static_cast<uint32_t>(__builtin_popcountll(entry.held.load(std::memory_order_relaxed)));
    info.cursor = entry.cursor.load(std::memory_order_relaxed);
    info.received = entry.received.load(std::memory_order_relaxed);
    info.stalls = entry.stalls.load(std::memory_order_relaxed);
    info.uid = entry.uid.load(std::memory_order_relaxed);
    info.pid = entry.pid.load(std::memory_order_relaxed);
    std::memcpy(info.name, entry.name, sizeof info.name - 1);
    all.push_back(info);
  }
  return all;
}

}  // namespace cuframes
