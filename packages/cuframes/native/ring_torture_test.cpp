// One publisher and several readers as threads on the same mapping, as fast as they can: no reader
// may ever see a frame change under its lease. ThreadSanitizer watches the same run.
//
// Built a second time with CUFRAMES_NEGATIVE_CONTROL (no fence in the publisher's claim) it must
// see torn frames; that build is the test of this test.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "clock.h"
#include "publisher_ring.h"
#include "ring.h"

namespace cuframes {
namespace {

constexpr uint32_t kWidth = 64;
constexpr uint32_t kHeight = 8;
constexpr uint64_t kWordsPerRow = kWidth / 8;
constexpr uint64_t kLeasesWanted = 100;

RingConfig small_ring(uint32_t n_slots) {
  RingConfig config;
  config.layout = frame_layout(CUFRAMES_FORMAT_GRAY8, kWidth, kHeight);
  config.n_slots = n_slots;
  config.max_readers = 4;
  config.generation = 1;
  return config;
}

uint64_t* pixels(const PublisherRing& ring, uint32_t slot) {
  return reinterpret_cast<uint64_t*>(ring.store().base() +
                                     ring.control().geometry().slot_stride * slot);
}

struct Outcome {
  uint64_t published = 0;
  uint64_t leased = 0;
  uint64_t torn = 0;
};

Outcome torture(uint32_t n_slots, uint32_t n_readers, uint64_t publishes, int64_t limit_ns,
                bool stop_at_first) {
  PublisherRing ring(small_ring(n_slots));
  std::vector<LeasePage*> pages;
  for (uint32_t r = 0; r < n_readers; ++r) {
    pages.push_back(&ring.add_reader(CUFRAMES_POLICY_NEWEST, 1, "torture", 0, 0)->page());
  }
  const uint64_t words = kWordsPerRow * kHeight;
  const uint64_t pitch_words = ring.layout().planes[0].pitch / 8;
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> leased{0};
  std::atomic<uint64_t> torn{0};

  std::vector<std::thread> readers;
  for (LeasePage* page : pages) {
    readers.emplace_back([&, page] {
      // The newest frame, and in turn the oldest one: its slot is the next to be written, so this
      // is where the two sides meet.
      const uint64_t reach = n_slots - 2;
      for (uint64_t turn = 0; !stop.load(std::memory_order_relaxed); ++turn) {
        const uint64_t head = ring.control().head().seq.load(std::memory_order_acquire);
        const uint64_t seq = turn % 4 == 0 || head <= reach ? head : head - reach;
        if (seq == 0) continue;
        const auto slot = ring::lease(ring.control(), *page, seq);
        if (!slot) continue;
        bool good = true;
        const uint64_t* p = pixels(ring, *slot);
        for (int pass = 0; pass < 2; ++pass) {
          for (uint64_t i = 0; i < words; ++i) {
            const volatile uint64_t* word = p + i / kWordsPerRow * pitch_words + i % kWordsPerRow;
            good = good && *word == seq;
          }
        }
        ring::release(*page, *slot);
        leased.fetch_add(1, std::memory_order_relaxed);
        if (!good) torn.fetch_add(1, std::memory_order_relaxed);
      }
    });
  }

  Outcome outcome;
  const Deadline deadline(limit_ns);
  // On a busy machine all of it may be published before a reader has run at all.
  const auto enough = [&] {
    return outcome.published >= publishes && leased.load(std::memory_order_relaxed) > kLeasesWanted;
  };
  while (!enough() && (outcome.published % 1024 != 0 || !deadline.passed()) &&
         !(stop_at_first && torn.load(std::memory_order_relaxed) != 0)) {
    bool blocked = false;
    const auto slot = ring.claim(false, &blocked);
    if (!slot) {
      std::this_thread::yield();
      continue;
    }
    uint64_t* p = pixels(ring, *slot);
    const uint64_t seq = ring.last_seq() + 1;
    for (uint64_t i = 0; i < words; ++i) {
      p[i / kWordsPerRow * pitch_words + i % kWordsPerRow] = seq;
    }
    ring.publish(*slot, 1);
    ring.close_slot(*slot);
    ++outcome.published;
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  outcome.leased = leased;
  outcome.torn = torn;
  return outcome;
}

#ifndef CUFRAMES_NEGATIVE_CONTROL

TEST(RingTorture, NoFrameChangesUnderItsLease) {
  const Outcome outcome = torture(4, 3, 300'000, 8 * kSecond, false);
  EXPECT_EQ(outcome.torn, 0u);
  EXPECT_GT(outcome.leased, kLeasesWanted);
}

TEST(RingTorture, PublisherAlwaysFindsASlotWithinTheBudget) {
  PublisherRing ring(small_ring(2 + 3));
  for (int r = 0; r < 3; ++r) ring.add_reader(CUFRAMES_POLICY_NEWEST, 1, "greedy", 0, 0);
  bool blocked = false;
  for (int i = 0; i < 100; ++i) {
    const auto slot = ring.claim(false, &blocked);
    ASSERT_TRUE(slot.has_value());
    const uint64_t seq = ring.publish(*slot, 1);
    ring.close_slot(*slot);
    // Every reader always holds one frame, a different one as far as possible, and never lets go
    // before it has the next.
    LeasePage& page = ring.reader(static_cast<uint32_t>(i % 3))->page();
    const uint64_t before = page.hold.load();
    page.hold.store(0);
    ASSERT_TRUE(ring::lease(ring.control(), page, seq).has_value());
    EXPECT_LE(__builtin_popcountll(before), 1);
  }
}

#else

TEST(NegativeControl, WithoutThePublishersFenceFramesAreTorn) {
  Outcome outcome;
  for (int round = 0; round < 20 && outcome.torn == 0; ++round) {
    outcome = torture(3, 1, 20'000'000, 3 * kSecond, true);
  }
  EXPECT_GT(outcome.torn, 0u) << "after " << outcome.published << " frames";
}

#endif

}  // namespace
}  // namespace cuframes
