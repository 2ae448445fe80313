// A reader that lies and a publisher that lies: neither may crash, block or read out of range.

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <random>
#include <thread>

#include "channel.h"
#include "error.h"
#include "forged_ring.h"
#include "memory.h"
#include "test_support.h"

namespace cuframes::test {
namespace {

class Hostile : public testing::Test {
 protected:
  std::string path_of(const char* key) const { return dir_.path() + "/" + key + ".sock"; }
  RuntimeDir dir_;
};

/// The listen queue may be full while the publisher is busy.
GuardedFd connect_patiently(const std::string& path) {
  GuardedFd socket;
  eventually([&] {
    try {
      socket = connect_socket(path);
    } catch (const Error& error) {
      EXPECT_EQ(error.sys_errno(), EAGAIN);
    }
    return static_cast<bool>(socket);
  });
  return socket;
}

/// A reader by hand: it has its lease page and does with it what it likes.
struct RawReader {
  explicit RawReader(const std::string& path, uint32_t budget = 1) : socket(connect_socket(path)) {
    wire::Hello hello = wire::make<wire::Hello>();
    hello.max_leases = budget;
    EXPECT_TRUE(send_message(socket.get(), hello));
    Received received;
    EXPECT_TRUE(eventually([&] {
      received = receive_message(socket.get());
      return received.kind == Received::Kind::kMessage;
    }));
    welcome = wire::parse<wire::Welcome>(received.bytes, received.size);
    fds = std::move(received.fds);
    mapping = Mapping(fds.at(1).get(), kLeasePageBytes, Mapping::Access::kReadWrite);
  }
  LeasePage& page() const { return *reinterpret_cast<LeasePage*>(mapping.data()); }

  GuardedFd socket;
  wire::Welcome welcome{};
  std::vector<GuardedFd> fds;
  Mapping mapping;
};

TEST_F(Hostile, AReaderThatClaimsEverySlotIsEvictedAndTheOthersGoOn) {
  const auto pub = publish(publisher_options("cam"));
  const auto good = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  const RawReader bad(path_of("cam"));
  bad.page().hold.store(~uint64_t{0});
  EXPECT_TRUE(eventually([&] { return info_of(pub.get()).evictions == 1; }));
  for (int i = 1; i <= 100; ++i) {
    ASSERT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
    EXPECT_EQ(pixel_value(info_of(next_frame(good.get()))), i);
  }
  EXPECT_EQ(info_of(pub.get()).n_readers, 1u);
}

TEST_F(Hostile, RandomLeasePagesNeverHurtPublisherOrPeers) {
  auto options = publisher_options("cam");
  options.block_timeout_ns = kMillisecond;
  const auto pub = publish(options);
  const auto good = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  std::mt19937_64 random(7);
  std::unique_ptr<RawReader> bad;
  for (int i = 0; i < 3000; ++i) {
    if (bad == nullptr || receive_message(bad->socket.get()).kind == Received::Kind::kHangup) {
      bad = std::make_unique<RawReader>(path_of("cam"));
    }
    auto* words = reinterpret_cast<std::atomic<uint64_t>*>(bad->mapping.data());
    for (size_t w = 0; w < sizeof(LeasePage) / 8; ++w) words[w].store(random());
    const cuframes_status status = write_frame(pub.get(), i % 251);
    ASSERT_TRUE(status == CUFRAMES_OK || status == CUFRAMES_E_CAPACITY) << status;
    if (status != CUFRAMES_OK) continue;  // every slot claimed: dropped, and the reader is evicted
    EXPECT_EQ(pixel_value(info_of(next_frame(good.get()))), i % 251);
  }
  EXPECT_EQ(stats_of(good.get()).drop_count, 0u);
  EXPECT_GT(info_of(pub.get()).published, 1000u);
}

TEST_F(Hostile, GarbageOnTheSocketClosesItAndNothingElse) {
  const auto pub = publish(publisher_options("cam"));
  std::mt19937 random(3);
  for (int i = 0; i < 200; ++i) {
    const GuardedFd socket = connect_patiently(path_of("cam"));
    unsigned char bytes[700];
    for (unsigned char& b : bytes) b = static_cast<unsigned char>(random());
    if (i % 2 == 0) {
      const wire::Hello hello = wire::make<wire::Hello>();
      std::memcpy(bytes, &hello.header, i % 3 == 0 ? sizeof hello.header : 8);
    }
    send_bytes(socket.get(), bytes, 1 + random() % sizeof bytes, {0, 1});
  }
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  ASSERT_EQ(write_frame(pub.get(), 3), CUFRAMES_OK);
  EXPECT_EQ(pixel_value(info_of(next_frame(sub.get()))), 3);
}

TEST_F(Hostile, AReaderThatNeverReadsItsDoorbellDoesNotBlockThePublisher) {
  const auto pub = publish(publisher_options("cam"));
  const RawReader deaf(path_of("cam"));
  for (int i = 0; i < 20'000; ++i) {
    deaf.page().armed.store(kArmedDoorbell | kArmedFutex);
    ASSERT_EQ(write_frame(pub.get(), i % 251), CUFRAMES_OK);
  }
}

TEST_F(Hostile, SilentConnectionsAreClosedAndDoNotFillThePlaces) {
  const auto pub = publish(publisher_options("cam"));
  std::vector<GuardedFd> silent;
  for (int i = 0; i < 40; ++i) silent.push_back(connect_patiently(path_of("cam")));
  auto wanted = subscriber_options("cam", CUFRAMES_POLICY_NEWEST);
  wanted.timeout_ns = 10 * kSecond;
  const auto sub = subscribe(wanted);
}

TEST_F(Hostile, ASpoiltControlBlockIsRefusedOrReadWithinItsBounds) {
  ForgedRing forged;
  std::mt19937_64 random(11);
  size_t refused = 0;
  size_t taken = 0;
  for (int i = 0; i < 4000; ++i) {
    const auto spoil = [&](std::byte* block, size_t bytes, wire::Welcome*) {
      // Every other time the header is left alone, so that the frames are reached.
      const size_t from = i % 2 == 0 ? 0 : 0x80;
      for (int flip = 0; flip < 1 + i % 40; ++flip) {
        const size_t at = from + random() % (bytes - from - 8);
        const uint64_t value = random() % 3 == 0 ? random() % 70 : random();
        std::memcpy(block + at, &value, 1 + random() % 8);
      }
    };
    try {
      const auto ring = forged.connect(spoil);
      for (const uint32_t policy : {CUFRAMES_POLICY_IN_ORDER, CUFRAMES_POLICY_NEWEST}) {
        if (const auto frame = ring->take(policy)) {
          read_all_pixels(frame->info);
          ring->release(frame->slot);
          ++taken;
        }
      }
      cuframes_stream_info info{};
      describe_stream(ring->control(), &info);
      describe_readers(ring->control());
      EXPECT_LE(ring->occupancy(), ring->control().geometry().n_slots);
    } catch (const Error& error) {
      EXPECT_TRUE(error.status() == CUFRAMES_E_SHM || error.status() == CUFRAMES_E_VERSION ||
                  error.status() == CUFRAMES_E_FORMAT)
          << error.what();
      ++refused;
    }
  }
  EXPECT_GT(refused, 100u);
  EXPECT_GT(taken, 100u);
}

// ThreadSanitizer would report what is meant here: the other side writes what we read.
#ifndef __SANITIZE_THREAD__
TEST_F(Hostile, AControlBlockThatChangesWhileItIsReadIsReadWithinItsBounds) {
  ForgedRing forged;
  const auto ring = forged.connect([](std::byte*, size_t, wire::Welcome*) {});
  const Control control(forged.block(), ring->control().geometry());
  std::atomic<bool> stop{false};
  std::thread liar([&] {
    for (uint32_t i = 0; !stop; ++i) {
      const bool lie = i % 2 != 0;
      for (uint32_t s = 0; s < control.geometry().n_slots; ++s) {
        volatile Slot& slot = control.slot(s);
        slot.user_meta_bytes = lie ? UINT32_MAX : 8;
        slot.planes[0].height = lie ? UINT32_MAX : 32;
        slot.planes[1].offset = lie ? UINT32_MAX : forged.honest().layout().planes[1].offset;
      }
    }
  });
  const uint64_t begin = ring->store().base();
  const uint64_t end = begin + control.geometry().payload_bytes;
  const Deadline deadline(kSecond / 2);
  size_t taken = 0;
  while (!deadline.passed()) {
    ring->page().cursor.store(0);
    try {
      const auto frame = ring->take(CUFRAMES_POLICY_NEWEST);
      EXPECT_TRUE(frame);
      if (!frame) break;
      EXPECT_LE(frame->info.user_meta_bytes, control.geometry().sidecar_stride);
      for (uint32_t p = 0; p < frame->info.n_planes; ++p) {
        const cuframes_plane& plane = frame->info.planes[p];
        EXPECT_GE(plane.address, begin);
        EXPECT_LE(plane.address + uint64_t{plane.pitch_bytes} * plane.height, end);
      }
      ring->release(frame->slot);
      ++taken;
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), CUFRAMES_E_SHM) << error.what();
    }
  }
  stop = true;
  liar.join();
  EXPECT_GT(taken, 10u);
}
#endif

TEST_F(Hostile, APublisherThatSendsUnsealedOrShortMemoryIsRefused) {
  ForgedRing forged;
  EXPECT_NE(forged.connect([](std::byte*, size_t, wire::Welcome*) {}), nullptr);
  EXPECT_THROW(
      reader_of(forged.honest(), forged.reader(), welcome_of(forged.honest(), forged.reader()),
                create_memfd("unsealed", forged.control_bytes())),
      Error);
}

}  // namespace
}  // namespace cuframes::test
