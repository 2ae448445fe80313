#include "publisher_ring.h"

#include <sys/random.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "error.h"
#include "ring.h"

namespace cuframes {
namespace {

uint32_t order_length(uint32_t n_slots) {
  uint32_t length = 8;
  while (length < 4 * n_slots) length *= 2;
  return length;
}

/// Draw over the frame `a` rather than `b`. One that no reader will ask for is best, the newest of
/// them first: its memory is still in the cache, where a copy takes half the time. Otherwise the
/// oldest, so that readers find as many frames back as the ring can hold.
bool prefers(uint64_t a, uint64_t b, uint64_t needed_from) {
  const bool a_free = a < needed_from;
  const bool b_free = b < needed_from;
  if (a_free != b_free) return a_free;
  return a_free ? a > b : a < b;
}

}  // namespace

PublisherRing::PublisherRing(const RingConfig& config)
    : layout_(config.layout), generation_(config.generation), last_seq_(config.last_seq) {
  Geometry g;
  g.n_slots = config.n_slots;
  g.order_len = order_length(config.n_slots);
  g.max_readers = config.max_readers;
  g.sidecar_stride = static_cast<uint32_t>(align_up(config.sidecar_bytes, 64));
  g.slot_stride = align_up(layout_.bytes, kPage);
  g.payload_bytes = g.slot_stride * g.n_slots;

  store_ = create_store(config.memory, config.device, g.payload_bytes);
  if (config.host_mirror) {
    mirror_ = create_store(CUFRAMES_MEMORY_MEMFD, -1, g.payload_bytes);
    mirror_->pin(store_->device());
  }
  control_fd_ = create_memfd("cuframes-control", g.control_bytes());
  control_mapping_ =
      Mapping(control_fd_.get(), g.control_bytes(), Mapping::Access::kReadWrite, /*populate=*/true);
  seal_memfd(control_fd_.get(), Seal::kOwnerWrites);
  control_ = Control(control_mapping_.data(), g);
  readers_.resize(config.max_readers);

  Header& h = control_.header();
  std::memcpy(h.magic, kMagic, sizeof kMagic);
  h.abi_major = CUFRAMES_ABI_MAJOR;
  h.abi_minor = CUFRAMES_ABI_MINOR;
  h.header_bytes = sizeof(Header);
  h.generation = generation_;
  if (getrandom(h.stream_uuid, sizeof h.stream_uuid, 0) != sizeof h.stream_uuid) {
    throw system_error("getrandom");
  }
  h.n_slots = g.n_slots;
  h.order_len = g.order_len;
  h.slot_stride = g.slot_stride;
  h.payload_bytes = g.payload_bytes;
  h.mem_kind = store_->handle().kind;
  h.max_readers = g.max_readers;
  std::memcpy(h.gpu_uuid, store_->handle().gpu_uuid, sizeof h.gpu_uuid);
  h.sidecar_stride = g.sidecar_stride;
  h.width = layout_.width;
  h.height = layout_.height;
  h.format = layout_.format->id;
  h.fps_millihertz = static_cast<uint32_t>(std::clamp(config.fps_hint, 0.0, 1e6) * 1000);
  control_.head().seq.store(last_seq_, std::memory_order_release);
  control_.state().publisher.store(kPublisherLive, std::memory_order_release);
}

uint64_t PublisherRing::held_by_anybody() const {
  uint64_t held = 0;
  for (const auto& reader : readers_) {
    if (reader != nullptr) held |= reader->page().hold.load(std::memory_order_seq_cst);
  }
  return held;
}

bool PublisherRing::blocked_on(uint64_t seq) const {
  return std::any_of(readers_.begin(), readers_.end(), [seq](const auto& reader) {
    return reader != nullptr && reader->policy == CUFRAMES_POLICY_BLOCK &&
           reader->page().cursor.load(std::memory_order_seq_cst) < seq;
  });
}

uint64_t PublisherRing::needed_from() const {
  uint64_t needed = last_seq_ + 1;
  for (const auto& reader : readers_) {
    if (reader == nullptr) continue;
    uint64_t next = reader->page().cursor.load(std::memory_order_seq_cst) + 1;
    // It takes only the newest; the one before spares it a retry while it reaches for it.
    if (reader->policy == CUFRAMES_POLICY_NEWEST) next = std::max(next, last_seq_);
    needed = std::min(needed, next);
  }
  return needed;
}

std::optional<uint32_t> PublisherRing::claim(bool wait_for_blockers, bool* blocked) {
  *blocked = false;
  const uint32_t n = control_.geometry().n_slots;
  uint64_t tried = open_;
  if (newest_ < n) tried |= uint64_t{1} << newest_;  // a reader must always find the newest frame
  tried |= held_by_anybody();  // a hint that spares readers a needless retry; claim() decides
  const uint64_t needed = needed_from();
  for (;;) {
    uint32_t best = n;
    for (uint32_t s = 0; s < n; ++s) {
      if ((tried >> s & 1) != 0) continue;
      if (best == n || prefers(slot_seq_[s], slot_seq_[best], needed)) best = s;
    }
    if (best == n) return std::nullopt;
    if (wait_for_blockers && slot_seq_[best] != 0 && blocked_on(slot_seq_[best])) {
      *blocked = true;  // and all the others are needed and newer still
      return std::nullopt;
    }
    const uint64_t bit = uint64_t{1} << best;
    if (ring::claim(control_.slot(best), [&] { return (held_by_anybody() & bit) != 0; })) {
      slot_seq_[best] = 0;
      open_ |= bit;
      control_.state().writing.store(open_, std::memory_order_relaxed);
      return best;
    }
    tried |= bit;
  }
}

uint64_t PublisherRing::publish(uint32_t s, int64_t now) {
  const uint64_t seq = ++last_seq_;
  slot_seq_[s] = seq;
  newest_ = s;
  State& state = control_.state();
  state.last_publish_ns.store(now, std::memory_order_relaxed);
  if (last_publish_ns_ != 0) {
    const int64_t before = state.interval_ns.load(std::memory_order_relaxed);
    const int64_t interval = now - last_publish_ns_;
    state.interval_ns.store(before == 0 ? interval : before + (interval - before) / 8,
                            std::memory_order_relaxed);
  }
  last_publish_ns_ = now;
  control_.counters().published.fetch_add(1, std::memory_order_relaxed);
  ring::publish(control_, s, seq);
  return seq;
}

void PublisherRing::close_slot(uint32_t s) {
  open_ &= ~(uint64_t{1} << s);
  control_.state().writing.store(open_, std::memory_order_relaxed);
}

void PublisherRing::copy_to_mirror(uint32_t s, cuda::Stream stream) const {
  if (mirror_ == nullptr) return;
  const uint64_t offset = control_.geometry().slot_stride * s;
  cuda::check(cuda::Driver::get().memcpy_async(mirror_->base() + offset, store_->base() + offset,
                                               layout_.bytes, stream),
              "cuMemcpyAsync to the host mirror");
}

PublisherRing::Reader* PublisherRing::add_reader(uint32_t policy, uint32_t budget,
                                                 const std::string& name, uint32_t uid,
                                                 int32_t pid) {
  const auto place = std::find(readers_.begin(), readers_.end(), nullptr);
  if (place == readers_.end()) return nullptr;
  auto reader = std::make_unique<Reader>();
  reader->index = static_cast<uint32_t>(place - readers_.begin());
  reader->epoch = next_epoch_++;
  reader->policy = policy;
  reader->budget = budget;
  reader->fd = create_memfd("cuframes-lease", kLeasePageBytes);
  reader->mapping = Mapping(reader->fd.get(), kLeasePageBytes, Mapping::Access::kReadWrite, true);
  seal_memfd(reader->fd.get(), Seal::kSizeOnly);
  // The newest frame that is there already counts as not seen: a late reader gets a picture at
  // once.
  const uint64_t start = newest_ == CUFRAMES_MAX_SLOTS ? last_seq_ : last_seq_ - 1;
  reader->page().cursor.store(start, std::memory_order_relaxed);
  reader->page().policy.store(policy, std::memory_order_relaxed);

  ReaderEntry& entry = control_.reader(reader->index);
  entry.policy.store(policy, std::memory_order_relaxed);
  entry.budget.store(budget, std::memory_order_relaxed);
  entry.held.store(0, std::memory_order_relaxed);
  entry.cursor.store(start, std::memory_order_relaxed);
  entry.stalls.store(0, std::memory_order_relaxed);
  entry.received.store(0, std::memory_order_relaxed);
  entry.uid.store(uid, std::memory_order_relaxed);
  entry.pid.store(pid, std::memory_order_relaxed);
  std::memset(entry.name, 0, sizeof entry.name);
  std::memcpy(entry.name, name.data(), std::min(name.size(), sizeof entry.name - 1));
  entry.epoch.store(reader->epoch, std::memory_order_relaxed);
  entry.status.store(kReaderLive, std::memory_order_release);
  *place = std::move(reader);
  return place->get();
}

void PublisherRing::remove_reader(uint32_t index, ReaderStatus status) {
  readers_[index].reset();
  control_.reader(index).held.store(0, std::memory_order_relaxed);
  control_.reader(index).status.store(status, std::memory_order_release);
  if (status == kReaderEvicted) {
    control_.counters().evictions.fetch_add(1, std::memory_order_relaxed);
  }
}

uint32_t PublisherRing::admitted_budget() const {
  uint32_t sum = 0;
  for (const auto& reader : readers_) sum += reader != nullptr ? reader->budget : 0;
  return sum;
}

uint32_t PublisherRing::reader_count() const {
  return static_cast<uint32_t>(
      std::count_if(readers_.begin(), readers_.end(), [](const auto& r) { return r != nullptr; }));
}

void PublisherRing::demote_blockers() {
  uint64_t oldest = std::numeric_limits<uint64_t>::max();
  for (uint32_t s = 0; s < control_.geometry().n_slots; ++s) {
    if (slot_seq_[s] != 0 && (open_ >> s & 1) == 0) oldest = std::min(oldest, slot_seq_[s]);
  }
  for (const auto& reader : readers_) {
    if (reader == nullptr || reader->policy != CUFRAMES_POLICY_BLOCK) continue;
    if (reader->page().cursor.load(std::memory_order_seq_cst) >= oldest) continue;
    reader->policy = CUFRAMES_POLICY_IN_ORDER;
    ++reader->stalls;
    ReaderEntry& entry = control_.reader(reader->index);
    entry.stalls.store(reader->stalls, std::memory_order_relaxed);
    entry.policy.store(CUFRAMES_POLICY_IN_ORDER, std::memory_order_release);
    control_.counters().stalls.fetch_add(1, std::memory_order_relaxed);
  }
}

std::vector<uint32_t> PublisherRing::offenders(int64_t now, int64_t lease_timeout_ns) {
  std::vector<uint32_t> found;
  for (const auto& reader : readers_) {
    if (reader == nullptr) continue;
    const uint64_t held = reader->page().hold.load(std::memory_order_seq_cst);
    bool offends = static_cast<uint32_t>(__builtin_popcountll(held)) > reader->budget;
    for (uint32_t s = 0; lease_timeout_ns > 0 && s < control_.geometry().n_slots; ++s) {
      if ((held >> s & 1) == 0) {
        reader->held_since[s] = 0;
      } else if (reader->held_since[s] == 0 || reader->held_seq[s] != slot_seq_[s]) {
        reader->held_since[s] = now;
        reader->held_seq[s] = slot_seq_[s];
      } else if (now - reader->held_since[s] > lease_timeout_ns) {
        offends = true;
      }
    }
    if (offends) found.push_back(reader->index);
  }
  return found;
}

void PublisherRing::refresh_snapshots(int64_t now) {
  control_.state().heartbeat_ns.store(now, std::memory_order_relaxed);
  for (const auto& reader : readers_) {
    if (reader == nullptr) continue;
    const LeasePage& page = reader->page();
    ReaderEntry& entry = control_.reader(reader->index);
    entry.held.store(page.hold.load(std::memory_order_relaxed), std::memory_order_relaxed);
    entry.cursor.store(page.cursor.load(std::memory_order_relaxed), std::memory_order_relaxed);
    entry.received.store(static_cast<uint32_t>(page.received.load(std::memory_order_relaxed)),
                         std::memory_order_relaxed);
  }
}

uint32_t PublisherRing::occupancy() const {
  const uint32_t n = control_.geometry().n_slots;
  const uint64_t all = n == 64 ? ~uint64_t{0} : (uint64_t{1} << n) - 1;
  return static_cast<uint32_t>(__builtin_popcountll((held_by_anybody() | open_) & all));
}

bool PublisherRing::futex_armed() const {
  return std::any_of(readers_.begin(), readers_.end(), [](const auto& reader) {
    return reader != nullptr &&
           (reader->page().armed.load(std::memory_order_seq_cst) & kArmedFutex) != 0;
  });
}

std::vector<uint32_t> PublisherRing::take_doorbells() {
  std::vector<uint32_t> indices;
  for (const auto& reader : readers_) {
    if (reader == nullptr) continue;
    std::atomic<uint32_t>& armed = reader->page().armed;
    if ((armed.load(std::memory_order_seq_cst) & kArmedDoorbell) == 0) continue;
    armed.fetch_and(~uint32_t{kArmedDoorbell}, std::memory_order_seq_cst);
    indices.push_back(reader->index);
  }
  return indices;
}

void PublisherRing::set_state(PublisherState state) {
  control_.state().publisher.store(state, std::memory_order_release);
  control_.head().futex.fetch_add(1, std::memory_order_seq_cst);
}

void PublisherRing::inherit_counters(const PublisherRing& before) {
  const Counters& from = before.control_.counters();
  Counters& to = control_.counters();
  to.published.store(from.published.load());
  to.dropped.store(from.dropped.load());
  to.copied_in.store(from.copied_in.load());
  to.evictions.store(from.evictions.load());
  to.stalls.store(from.stalls.load());
}

}  // namespace cuframes
