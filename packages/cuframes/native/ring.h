#pragma once

/// The protocol: how a publisher takes a slot and a reader leases it. No locks, no system calls.
///
/// It is a Dekker pair. The publisher marks the slot "being written" and then looks at the hold
/// words; the reader sets its hold bit and then looks at the slot. With both pairs sequentially
/// consistent at least one of the two sees the other, so a slot is never written while it is held.
/// The exchange and fetch_or below are those fences. They are read-modify-writes and not
/// atomic_thread_fence because ThreadSanitizer does not model fences; the cost on x86 is the same.
/// Removing any of the three (publisher's exchange, reader's fetch_or, reader's second look)
/// gives torn frames: protocol_model_test.cpp shows each, ring_torture_test.cpp shows the first.

#include <cstdint>
#include <optional>

#include "fault_point.h"
#include "layout.h"

namespace cuframes::ring {

/// Publisher: makes `slot` unreadable; `held()` tells whether any reader holds it. False (and the
/// slot as it was) when one does.
template <class HeldByAnybody>
bool claim(Slot& slot, HeldByAnybody&& held) {
#ifdef CUFRAMES_NEGATIVE_CONTROL  // for the test that proves that the tests can see a torn frame
  const uint64_t old = slot.seq.load(std::memory_order_relaxed);
  slot.seq.store(0, std::memory_order_relaxed);
#else
  const uint64_t old = slot.seq.exchange(0, std::memory_order_seq_cst);
#endif
  CUFRAMES_FAULT_POINT("publisher.claimed");
  if (held()) {
    slot.seq.store(old, std::memory_order_release);
    return false;
  }
  return true;
}

/// Publisher: makes the written slot `s` the newest frame, number `seq`.
inline void publish(const Control& control, uint32_t s, uint64_t seq) {
  control.slot(s).seq.store(seq, std::memory_order_release);
  CUFRAMES_FAULT_POINT("publisher.slot_stored");
  control.order(seq).store(seq << 8 | s, std::memory_order_release);
  CUFRAMES_FAULT_POINT("publisher.order_stored");
  control.head().seq.store(seq, std::memory_order_release);
  CUFRAMES_FAULT_POINT("publisher.head_stored");
  // Sequentially consistent with the reader's "armed": either it sees the new head or we see it
  // wait.
  control.head().futex.fetch_add(1, std::memory_order_seq_cst);
}

/// Reader: leases frame `seq` if it is still there. Never trusts a slot number of the publisher.
inline std::optional<uint32_t> lease(const Control& control, LeasePage& page, uint64_t seq) {
  const uint64_t entry = control.order(seq).load(std::memory_order_acquire);
  if (entry >> 8 != seq) return std::nullopt;
  const uint32_t s = entry & 0xff;
  if (s >= control.geometry().n_slots) return std::nullopt;
  CUFRAMES_FAULT_POINT("reader.before_hold");
  const uint64_t bit = uint64_t{1} << s;
  page.hold.fetch_or(bit, std::memory_order_seq_cst);
  CUFRAMES_FAULT_POINT("reader.holds_unchecked");
  if (control.slot(s).seq.load(std::memory_order_seq_cst) == seq) return s;
  page.hold.fetch_and(~bit, std::memory_order_release);
  return std::nullopt;
}

/// Reader: gives slot `s` back. Sequentially consistent with `publisher_waits`.
inline void release(LeasePage& page, uint32_t s) {
  page.hold.fetch_and(~(uint64_t{1} << s), std::memory_order_seq_cst);
}

}  // namespace cuframes::ring
