// Readers that lie: their lease pages are written by the input while the publisher works. An honest
// reader beside them must always see whole frames, in order.

#include <array>
#include <vector>

#include "forged_ring.h"
#include "input.h"

namespace {

using namespace cuframes;

constexpr uint32_t kSlots = 6;
constexpr uint32_t kPlaces = 3;

struct Run {
  Run() {
    config.layout = frame_layout(CUFRAMES_FORMAT_GRAY8, 64, 2);
    config.n_slots = kSlots;
    config.max_readers = kPlaces;
    config.generation = 1;
    publisher = std::make_unique<PublisherRing>(config);
    const PublisherRing::Reader& place =
        *publisher->add_reader(CUFRAMES_POLICY_IN_ORDER, 2, "honest", 0, 0);
    honest = test::reader_of(*publisher, place, test::welcome_of(*publisher, place),
                             GuardedFd(dup(publisher->control_fd())));
  }

  uint8_t* pixels(uint32_t slot) const {
    return reinterpret_cast<uint8_t*>(publisher->store().base() +
                                      publisher->control().geometry().slot_stride * slot);
  }

  void spoil(fuzz::Input& input) const {
    PublisherRing::Reader* liar = publisher->reader(1 + input.number<uint8_t>() % (kPlaces - 1));
    if (liar == nullptr) return;
    auto* words = reinterpret_cast<std::atomic<uint64_t>*>(&liar->page());
    words[input.number<uint8_t>() % (sizeof(LeasePage) / 8)].store(input.number<uint64_t>());
  }

  void claim(bool wait) {
    bool blocked = false;
    const auto slot = publisher->claim(wait, &blocked);
    if (!slot) return;
    fuzz::require(*slot < kSlots && !open[*slot]);
    // Nobody else writes the pages now, so what the liars claim to hold is not handed out either.
    for (uint32_t r = 0; r < kPlaces; ++r) {
      const PublisherRing::Reader* reader = publisher->reader(r);
      fuzz::require(reader == nullptr || (reader->page().hold.load() >> *slot & 1) == 0);
    }
    open[*slot] = true;
    pixels(*slot)[0] = pixels(*slot)[127] = 0xff;  // unfinished
  }

  void publish(uint32_t from) {
    for (uint32_t i = 0; i < kSlots; ++i) {
      const uint32_t s = (from + i) % kSlots;
      if (!open[s]) continue;
      const auto stamp = static_cast<uint8_t>((publisher->last_seq() + 1) % 251);
      pixels(s)[0] = pixels(s)[127] = stamp;
      Slot& slot = publisher->control().slot(s);
      slot.format = CUFRAMES_FORMAT_GRAY8;
      slot.width = 64;
      slot.height = 2;
      slot.n_planes = 1;
      std::copy(config.layout.planes.begin(), config.layout.planes.end(), slot.planes);
      publisher->publish(s, ++clock);
      publisher->close_slot(s);
      open[s] = false;
      return;
    }
  }

  void read() {
    for (const auto& frame : taken) check(frame);
    if (taken.size() == 2) {
      honest->release(taken.front().slot);
      taken.erase(taken.begin());
    }
    const auto frame = honest->take(CUFRAMES_POLICY_IN_ORDER);
    fuzz::require(frame.has_value() || last_read == publisher->last_seq());
    if (!frame) return;
    fuzz::require(frame->info.seq > last_read);
    last_read = frame->info.seq;
    check(*frame);
    taken.push_back(*frame);
  }

  void check(const ReaderRing::Taken& frame) const {
    const auto* p = reinterpret_cast<const uint8_t*>(frame.info.planes[0].address);
    fuzz::require(p[0] == frame.info.seq % 251 && p[127] == p[0]);
  }

  void evict(int64_t lease_timeout_ns) {
    for (const uint32_t index : publisher->offenders(++clock, lease_timeout_ns)) {
      if (index != 0) publisher->remove_reader(index, kReaderEvicted);
    }
  }

  RingConfig config;
  std::unique_ptr<PublisherRing> publisher;
  std::unique_ptr<ReaderRing> honest;
  std::vector<ReaderRing::Taken> taken;
  std::array<bool, kSlots> open{};
  uint64_t last_read = 0;
  int64_t clock = 1;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  Run run;
  PublisherRing& publisher = *run.publisher;
  while (!input.empty()) {
    const auto argument = [&input] { return input.number<uint8_t>(); };
    switch (input.number<uint8_t>() % 9) {
      case 0:
        run.spoil(input);
        break;
      case 1:
        run.claim((argument() & 1) != 0);
        break;
      case 2:
        run.publish(argument());
        break;
      case 3:
        run.read();
        break;
      case 4:
        run.evict(argument() % 4);
        break;
      case 5:
        publisher.demote_blockers();
        break;
      case 6:
        if (publisher.reader_count() < kPlaces) {
          const uint32_t policy = argument() % 3;
          publisher.add_reader(policy, 1 + argument() % 32, "liar", 0, 0);
        }
        break;
      case 7: {
        const uint32_t index = 1 + argument() % (kPlaces - 1);
        if (publisher.reader(index) != nullptr) publisher.remove_reader(index, kReaderDead);
        break;
      }
      default:
        publisher.refresh_snapshots(++run.clock);
        fuzz::require(publisher.occupancy() <= kSlots);
        fuzz::require(publisher.take_doorbells().size() < kPlaces);
        static_cast<void>(publisher.futex_armed());
    }
  }
  // With the liars gone everything works again.
  for (uint32_t r = 1; r < kPlaces; ++r) {
    if (publisher.reader(r) != nullptr) publisher.remove_reader(r, kReaderDead);
  }
  for (uint32_t s = 0; s < kSlots; ++s) run.publish(s);
  run.claim(false);
  run.publish(0);
  run.read();
  return 0;
}
