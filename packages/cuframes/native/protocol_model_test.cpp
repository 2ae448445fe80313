// Exhaustive search of the protocol of ring.h: every interleaving of one publisher and two readers
// over three slots, under sequential consistency and under x86-TSO store buffers, with a reader
// killed at any step. Each of the three ingredients is also taken away, and the search must then
// find a torn frame: otherwise it would prove nothing.

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <unordered_set>
#include <vector>

namespace {

constexpr int kSlots = 3;
constexpr int kReaders = 2;
constexpr uint8_t kLastSeq = 4;
constexpr int kBuffer = 4;

struct Variant {
  bool store_buffers = true;  // TSO; false is sequential consistency
  bool publisher_fence = true;
  bool reader_fence = true;
  bool recheck = true;
  bool kills = false;
};

// Addresses of the modelled memory: slot.seq[3], head (seq * 4 + slot), hold[2].
enum : uint8_t { kHead = kSlots, kHold = kSlots + 1, kWords = kSlots + 1 + kReaders };

struct Store {
  uint8_t address;
  uint8_t value;
};

struct Buffer {
  uint8_t size;
  std::array<Store, kBuffer> stores;
};

struct State {  // plain bytes, so that it can be hashed
  std::array<uint8_t, kWords> memory;
  std::array<Buffer, 1 + kReaders> buffers;  // 0: the publisher
  uint8_t pub_step, pub_slot, pub_old, pub_held, pub_tried, pub_next;
  std::array<uint8_t, kReaders> step, slot, seq, seen;
  std::array<uint8_t, kReaders> dead;
};
static_assert(std::has_unique_object_representations_v<State>);

class Search {
 public:
  explicit Search(const Variant& variant) : variant_(variant) {}

  /// True when some interleaving lets the publisher write a slot that a live reader leases.
  bool finds_torn_frame() {
    State start{};
    start.pub_next = 1;
    add(start);
    while (!open_.empty() && !torn_) {
      const State state = open_.front();
      open_.pop_front();
      expand(state);
    }
    return torn_;
  }
  size_t states() const { return seen_.size(); }

 private:
  void add(const State& state) {
    for (int r = 0; r < kReaders; ++r) {
      // Step 3: leased. Publisher step 3: writing pixels.
      if (state.pub_step == 3 && state.step[r] == 3 && state.dead[r] == 0 &&
          state.slot[r] == state.pub_slot) {
        torn_ = true;
      }
    }
    std::string bytes(sizeof state, '\0');
    std::memcpy(bytes.data(), &state, sizeof state);
    if (seen_.insert(bytes).second) open_.push_back(state);
  }

  static uint8_t read(const State& s, int who, uint8_t address) {
    const Buffer& buffer = s.buffers[static_cast<size_t>(who)];
    for (int i = buffer.size - 1; i >= 0; --i) {
      if (buffer.stores[static_cast<size_t>(i)].address == address) {
        return buffer.stores[static_cast<size_t>(i)].value;
      }
    }
    return s.memory[address];
  }
  /// False when the buffer is full: the store has to wait for a flush.
  bool write(State& s, int who, uint8_t address, uint8_t value) const {
    if (!variant_.store_buffers) {
      s.memory[address] = value;
      return true;
    }
    Buffer& buffer = s.buffers[static_cast<size_t>(who)];
    if (buffer.size == kBuffer) return false;
    buffer.stores[buffer.size++] = {address, value};
    return true;
  }
  /// A read-modify-write waits until the own buffer is empty, then acts on memory.
  static bool locked_write(State& s, int who, uint8_t address, uint8_t value) {
    if (s.buffers[static_cast<size_t>(who)].size != 0) return false;
    s.memory[address] = value;
    return true;
  }
  static void flush_one(State& s, int who) {
    Buffer& buffer = s.buffers[static_cast<size_t>(who)];
    s.memory[buffer.stores[0].address] = buffer.stores[0].value;
    for (size_t i = 1; i < buffer.size; ++i) buffer.stores[i - 1] = buffer.stores[i];
    buffer.stores[--buffer.size] = {0, 0};
  }

  void expand(const State& state) {
    for (int who = 0; who <= kReaders; ++who) {
      if (state.buffers[static_cast<size_t>(who)].size == 0) continue;
      State next = state;
      flush_one(next, who);
      add(next);
    }
    publisher(state);
    for (int r = 0; r < kReaders; ++r) {
      if (state.dead[static_cast<size_t>(r)] == 0) reader(state, r);
    }
  }

  void publisher(const State& state) {
    State next = state;
    switch (state.pub_step) {
      case 0:  // mark a slot that is not the newest as being written
        if (state.pub_next > kLastSeq) return;
        for (uint8_t s = 0; s < kSlots; ++s) {
          const uint8_t head = read(state, 0, kHead);
          if ((head / 4 != 0 && head % 4 == s) || (state.pub_tried >> s & 1) != 0) continue;
          next = state;
          next.pub_slot = s;
          next.pub_old = read(state, 0, s);
          next.pub_held = 0;
          next.pub_step = 1;
          const bool done =
              variant_.publisher_fence ? locked_write(next, 0, s, 0) : write(next, 0, s, 0);
          if (done) add(next);
        }
        return;
      case 1:  // look at the readers, one word at a time
      case 2: {
        const size_t r = state.pub_step - 1u;
        // A dead reader's page is ignored from some moment on: both answers are tried.
        for (int ignored = 0; ignored <= state.dead[r]; ++ignored) {
          next = state;
          if (ignored == 0) next.pub_held |= read(state, 0, static_cast<uint8_t>(kHold + r));
          next.pub_step = static_cast<uint8_t>(state.pub_step + 1);
          if (next.pub_step == 3 && (next.pub_held >> next.pub_slot & 1) != 0) {
            next.pub_step = 0;
            next.pub_tried |= static_cast<uint8_t>(1 << next.pub_slot);
            if (!write(next, 0, next.pub_slot, next.pub_old)) continue;
          }
          add(next);
        }
        return;
      }
      case 3: {  // pixels are written; publish
        const uint8_t seq = state.pub_next;
        if (!write(next, 0, state.pub_slot, seq)) return;
        if (!write(next, 0, kHead, static_cast<uint8_t>(seq * 4 + state.pub_slot))) return;
        next.pub_next++;
        next.pub_step = 0;
        next.pub_tried = 0;
        add(next);
        return;
      }
      default:
        return;
    }
  }

  void reader(const State& state, int index) {
    const auto r = static_cast<size_t>(index);
    const int who = index + 1;
    const auto hold = static_cast<uint8_t>(kHold + index);
    State next = state;
    if (variant_.kills && state.buffers[r + 1].size == 0) {
      next.dead[r] = 1;  // kill -9; what it had stored is in memory
      add(next);
      next = state;
    }
    switch (state.step[r]) {
      case 0: {  // the newest frame
        const uint8_t head = read(state, who, kHead);
        if (head / 4 == 0 || head / 4 == state.seen[r]) return;
        next.seq[r] = head / 4;
        next.slot[r] = head % 4;
        next.step[r] = 1;
        add(next);
        return;
      }
      case 1: {  // set the hold bit
        const auto bit = static_cast<uint8_t>(1 << state.slot[r]);
        next.step[r] = 2;
        if (variant_.reader_fence ? locked_write(next, who, hold, bit)
                                  : write(next, who, hold, bit)) {
          add(next);
        }
        return;
      }
      case 2:  // still that frame?
        if (!variant_.recheck || read(state, who, state.slot[r]) == state.seq[r]) {
          next.step[r] = 3;
          next.seen[r] = state.seq[r];
        } else {
          next.step[r] = 0;
          if (!write(next, who, hold, 0)) return;
        }
        add(next);
        return;
      case 3:  // leased; give it back
        next.step[r] = 0;
        if (write(next, who, hold, 0)) add(next);
        return;
      default:
        return;
    }
  }

  const Variant variant_;
  std::unordered_set<std::string> seen_;
  std::deque<State> open_;
  bool torn_ = false;
};

TEST(ProtocolModel, NeverTearsAFrameUnderSequentialConsistency) {
  Variant v;
  v.store_buffers = false;
  Search search(v);
  EXPECT_FALSE(search.finds_torn_frame());
  EXPECT_GT(search.states(), 1000u);
}

TEST(ProtocolModel, NeverTearsAFrameWithStoreBuffers) {
  Search search(Variant{});
  EXPECT_FALSE(search.finds_torn_frame());
  EXPECT_GT(search.states(), 10000u);
}

TEST(ProtocolModel, NeverTearsAFrameWhenReadersAreKilledAtAnyStep) {
  Variant v;
  v.kills = true;
  EXPECT_FALSE(Search(v).finds_torn_frame());
}

TEST(ProtocolModel, TearsAFrameWithoutThePublishersFence) {
  Variant v;
  v.publisher_fence = false;
  EXPECT_TRUE(Search(v).finds_torn_frame());
}

TEST(ProtocolModel, TearsAFrameWithoutTheReadersFence) {
  Variant v;
  v.reader_fence = false;
  EXPECT_TRUE(Search(v).finds_torn_frame());
}

TEST(ProtocolModel, TearsAFrameWithoutTheSecondLookEvenInOrder) {
  Variant v;
  v.store_buffers = false;
  v.recheck = false;
  EXPECT_TRUE(Search(v).finds_torn_frame());
}

}  // namespace
