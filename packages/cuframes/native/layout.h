#pragma once

/// The bytes that publisher and readers share. Little-endian, fixed offsets, 64-bit only. All words
/// that both sides touch are lock-free atomics.
///
///   control memfd  written by the publisher, sealed so that a reader cannot map it writable:
///                  Header | Head | State | Counters | ReaderEntry[] | order[] | Slot[] | sidecars
///   lease memfd    one per reader, written by that reader alone; the publisher only looks
///   payload        n_slots * slot_stride bytes of pixels

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "cuframes.h"

namespace cuframes {

static_assert(sizeof(void*) == 8, "the layout is 64-bit");
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the layout is little-endian");
static_assert(std::atomic<uint64_t>::is_always_lock_free);
static_assert(std::atomic<uint32_t>::is_always_lock_free);

constexpr char kMagic[8] = {'C', 'U', 'F', 'R', 'A', 'M', 'E', '1'};
constexpr size_t kReaderTableOffset = 0x180;
constexpr size_t kPage = 4096;
constexpr size_t kLeasePageBytes = kPage;
constexpr uint32_t kMaxUserMeta = 1u << 20;

constexpr uint64_t align_up(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

struct Header {  // 0x000, constant for the life of a ring
  char magic[8];
  uint16_t abi_major;
  uint16_t abi_minor;
  uint32_t header_bytes;
  uint64_t generation;
  uint8_t stream_uuid[16];
  uint32_t n_slots;
  uint32_t order_len;  // a power of two >= 4 * n_slots
  uint64_t slot_stride;
  uint64_t payload_bytes;
  uint32_t mem_kind;
  uint32_t max_readers;
  uint8_t gpu_uuid[16];
  uint32_t features;
  uint32_t sidecar_stride;
  uint32_t width;
  uint32_t height;
  uint32_t format;
  uint32_t fps_millihertz;
};
static_assert(sizeof(Header) <= 0x80);

struct Head {  // 0x080, a cache line of its own: every publish writes it
  std::atomic<uint32_t> futex;
  std::atomic<uint32_t> publisher_waits;  // readers: tell me when you return a lease
  std::atomic<uint64_t> seq;              // newest published frame
};

enum PublisherState : uint32_t {
  kPublisherLive = 1,
  kPublisherClosed = 2,
  kPublisherMoved = 3,  // to the ring of the next generation
};

struct State {  // 0x0C0
  std::atomic<uint32_t> publisher;
  std::atomic<uint32_t> reserved;
  std::atomic<int64_t> last_publish_ns;
  std::atomic<int64_t> heartbeat_ns;
  std::atomic<int64_t> interval_ns;  // smoothed time between frames
  std::atomic<uint64_t> writing;     // bit s: slot s is open for writing
};

struct Counters {  // 0x100
  std::atomic<uint64_t> published;
  std::atomic<uint64_t> dropped;
  std::atomic<uint64_t> copied_in;
  std::atomic<uint64_t> evictions;
  std::atomic<uint64_t> stalls;
};

enum ReaderStatus : uint32_t {
  kReaderFree = 0,
  kReaderLive = 1,
  kReaderEvicted = 2,
  kReaderDead = 3
};

struct ReaderEntry {  // 0x180 + 64 * index, written by the publisher
  std::atomic<uint32_t> status;
  std::atomic<uint32_t> epoch;   // which user of this entry the status is about
  std::atomic<uint32_t> policy;  // in effect
  std::atomic<uint32_t> budget;
  std::atomic<uint64_t> held;    // snapshot of its lease page, some 200 ms old at most
  std::atomic<uint64_t> cursor;  // likewise
  std::atomic<uint32_t> stalls;
  std::atomic<uint32_t> uid;
  std::atomic<int32_t> pid;
  std::atomic<uint32_t> received;
  char name[16];
};
static_assert(sizeof(ReaderEntry) == 64);

struct PlaneLayout {
  uint32_t offset;  // in the slot
  uint32_t pitch;
  uint32_t width;
  uint32_t height;
};

/// One frame. Everything but `seq` is plain memory: the publisher writes it only while seq is 0 and
/// nobody holds the slot, a reader reads it only while it holds the slot.
struct Slot {
  std::atomic<uint64_t> seq;  // 0: being written, or never used
  uint32_t format;
  uint32_t flags;
  int64_t pts_ns;
  int64_t duration_ns;
  int64_t capture_ns;
  int64_t publish_ns;
  uint32_t width;
  uint32_t height;
  uint32_t n_planes;
  uint32_t user_meta_bytes;
  PlaneLayout planes[CUFRAMES_MAX_PLANES];
  cuframes_colour colour;
  uint8_t reserved[112];
};
static_assert(sizeof(Slot) == 256);

enum Armed : uint32_t { kArmedFutex = 1, kArmedDoorbell = 2 };

struct LeasePage {
  std::atomic<uint64_t> hold;  // bit s: slot s is leased to this reader
  std::atomic<uint64_t> cursor;
  std::atomic<uint32_t> armed;
  std::atomic<uint32_t> policy;
  std::atomic<uint64_t> received;
  std::atomic<uint64_t> dropped;
  std::atomic<uint64_t> held_peak;
};
static_assert(sizeof(LeasePage) <= kLeasePageBytes);

/// What was copied out of memory that a peer writes is what counts from here on: the compiler may
/// not read it again behind a check.
inline void settle_copies() { std::atomic_signal_fence(std::memory_order_seq_cst); }

/// Sizes that fix all offsets; a reader copies them once, after checking them.
struct Geometry {
  uint32_t n_slots = 0;
  uint32_t order_len = 0;
  uint32_t max_readers = 0;
  uint32_t sidecar_stride = 0;
  uint64_t slot_stride = 0;
  uint64_t payload_bytes = 0;

  uint64_t order_offset() const { return kReaderTableOffset + 64ull * max_readers; }
  uint64_t slots_offset() const { return align_up(order_offset() + 8ull * order_len, 256); }
  uint64_t sidecars_offset() const { return slots_offset() + 256ull * n_slots; }
  uint64_t control_bytes() const {
    return align_up(sidecars_offset() + uint64_t{sidecar_stride} * n_slots, kPage);
  }
};

/// Throws CUFRAMES_E_VERSION or CUFRAMES_E_SHM unless the header is one this build can trust;
/// `mapped_bytes` is the size of the control memory.
Geometry checked_geometry(const Header& header, uint64_t mapped_bytes);

/// Typed access to a mapped control block.
class Control {
 public:
  Control() = default;
  Control(std::byte* base, const Geometry& geometry) : base_(base), geometry_(geometry) {}

  Header& header() const { return at<Header>(0); }
  Head& head() const { return at<Head>(0x80); }
  State& state() const { return at<State>(0xC0); }
  Counters& counters() const { return at<Counters>(0x100); }
  ReaderEntry& reader(uint32_t index) const {
    return at<ReaderEntry>(kReaderTableOffset + 64ull * index);
  }
  std::atomic<uint64_t>& order(uint64_t seq) const {
    return at<std::atomic<uint64_t>>(geometry_.order_offset() +
                                     8 * (seq & (geometry_.order_len - 1)));
  }
  Slot& slot(uint32_t s) const { return at<Slot>(geometry_.slots_offset() + 256ull * s); }
  std::byte* sidecar(uint32_t s) const {
    return base_ + geometry_.sidecars_offset() + uint64_t{geometry_.sidecar_stride} * s;
  }
  const Geometry& geometry() const { return geometry_; }

 private:
  template <class T>
  T& at(uint64_t offset) const {
    return *reinterpret_cast<T*>(base_ + offset);
  }
  std::byte* base_ = nullptr;
  Geometry geometry_;
};

}  // namespace cuframes
