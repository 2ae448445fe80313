// Publisher and subscriber through the C ABI, in one process.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "test_support.h"

namespace cuframes::test {
namespace {

class Stream : public testing::Test {
 protected:
  RuntimeDir dir_;
};

TEST_F(Stream, AFrameArrivesWithItsPixelsTimesAndSidecar) {
  const auto pub = publish(publisher_options("cam"));
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  cuframes_writable* raw = nullptr;
  ASSERT_EQ(cuframes_publisher_begin(pub.get(), 0, &raw), CUFRAMES_OK);
  WritablePtr writable(raw);
  const cuframes_plane plane = cuframes_writable_info(raw)->planes[0];
  std::memset(reinterpret_cast<void*>(plane.address), 9, plane.pitch_bytes * plane.height);
  ASSERT_EQ(cuframes_writable_set_user_meta(raw, "boxes", 5), CUFRAMES_OK);
  cuframes_commit commit;
  cuframes_commit_init(&commit);
  commit.pts_ns = 40'000'000;
  commit.duration_ns = 33'000'000;
  ASSERT_EQ(cuframes_writable_commit(raw, &commit), CUFRAMES_OK);
  writable.reset();

  const FramePtr frame = next_frame(sub.get());
  const cuframes_frame_info& info = info_of(frame);
  EXPECT_EQ(info.seq, 1u);
  EXPECT_EQ(info.pts_ns, 40'000'000);
  EXPECT_EQ(info.duration_ns, 33'000'000);
  EXPECT_GE(info.publish_ns, info.capture_ns);
  EXPECT_EQ(info.width, 64u);
  EXPECT_EQ(info.planes[0].pitch_bytes, 256u);
  EXPECT_EQ(pixel_value(info), 9);
  EXPECT_EQ(std::string(static_cast<const char*>(info.user_meta), info.user_meta_bytes), "boxes");
  EXPECT_EQ(info.nbytes, 64u * 16);
}

TEST_F(Stream, NewestSkipsAndCounts) {
  const auto pub = publish(publisher_options("cam"));
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  for (int i = 1; i <= 5; ++i) ASSERT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
  const FramePtr frame = next_frame(sub.get());
  EXPECT_EQ(info_of(frame).seq, 5u);
  EXPECT_EQ(info_of(frame).gap, 4u);
  EXPECT_EQ(stats_of(sub.get()).drop_count, 4u);
  cuframes_frame* none = nullptr;
  EXPECT_EQ(cuframes_subscriber_next(sub.get(), 0, &none), CUFRAMES_NONE);
}

TEST_F(Stream, InOrderGivesEveryFrameThatIsStillThere) {
  auto options = publisher_options("cam");
  options.slots = 6;
  options.max_readers = 1;
  const auto pub = publish(options);
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_IN_ORDER));
  for (int i = 1; i <= 9; ++i) ASSERT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
  std::vector<uint64_t> seqs;
  uint64_t gap = 0;
  for (;;) {
    cuframes_frame* raw = nullptr;
    if (cuframes_subscriber_next(sub.get(), 0, &raw) != CUFRAMES_OK) break;
    const FramePtr frame(raw);
    seqs.push_back(info_of(frame).seq);
    gap += info_of(frame).gap;
    EXPECT_EQ(pixel_value(info_of(frame)), static_cast<int>(info_of(frame).seq));
  }
  EXPECT_EQ(seqs, (std::vector<uint64_t>{4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(gap, 3u);
}

TEST_F(Stream, MemoryOfAFrameThatEveryReaderHasSeenIsDrawnOverWhileItIsInTheCache) {
  const auto pub = publish(publisher_options("cam"));
  const auto in_order = subscribe(subscriber_options("cam", CUFRAMES_POLICY_IN_ORDER));
  const auto newest = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  std::set<uint64_t> places;
  for (int i = 1; i <= 30; ++i) {
    ASSERT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
    places.insert(info_of(next_frame(in_order.get())).planes[0].address);
  }
  EXPECT_LE(places.size(), 3u) << "the ring was gone round although nobody needs the old frames";
  // One who is behind in order keeps all that the ring can hold.
  for (int i = 31; i <= 50; ++i) ASSERT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
  EXPECT_EQ(info_of(next_frame(in_order.get())).seq, 51 - info_of(pub.get()).n_slots);
}

TEST_F(Stream, BlockLosesNothingAndStopsWaitingForAStuckReader) {
  auto options = publisher_options("file");
  options.slots = 5;
  options.max_readers = 1;
  options.block_timeout_ns = 50 * kMillisecond;
  const auto pub = publish(options);
  const auto sub = subscribe(subscriber_options("file", CUFRAMES_POLICY_BLOCK));
  std::thread reader([&] {
    for (uint64_t seq = 1; seq <= 200; ++seq) {
      EXPECT_EQ(info_of(next_frame(sub.get())).seq, seq);
    }
  });
  for (int i = 1; i <= 200; ++i) ASSERT_EQ(write_frame(pub.get(), i % 251), CUFRAMES_OK);
  reader.join();
  EXPECT_EQ(stats_of(sub.get()).drop_count, 0u);

  for (int i = 0; i < 10; ++i) ASSERT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
  EXPECT_EQ(info_of(pub.get()).stalls, 1u);
  EXPECT_GT(info_of(next_frame(sub.get())).gap, 0u);
  EXPECT_EQ(stats_of(sub.get()).policy, static_cast<uint32_t>(CUFRAMES_POLICY_IN_ORDER));
  cuframes_event event{};
  ASSERT_EQ(cuframes_subscriber_poll_event(sub.get(), &event), CUFRAMES_OK);
  EXPECT_EQ(event.kind, static_cast<uint32_t>(CUFRAMES_EVENT_DEMOTED));
}

TEST_F(Stream, ALiveSourceCanRefuseBlockingReaders) {
  auto options = publisher_options("cam");
  options.forbid_block = 1;
  const auto pub = publish(options);
  const auto wanted = subscriber_options("cam", CUFRAMES_POLICY_BLOCK);
  cuframes_subscriber* sub = nullptr;
  EXPECT_EQ(cuframes_subscriber_create(&wanted, &sub), CUFRAMES_E_INVALID);
}

TEST_F(Stream, AReaderOverTheBudgetIsRefusedAtConnect) {
  auto options = publisher_options("cam");
  options.slots = 5;  // 2 + 3
  const auto pub = publish(options);
  const auto first = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  const auto wanted = subscriber_options("cam", CUFRAMES_POLICY_NEWEST);
  cuframes_subscriber* second = nullptr;
  EXPECT_EQ(cuframes_subscriber_create(&wanted, &second), CUFRAMES_E_CAPACITY);
  EXPECT_STREQ(cuframes_last_error()->key, "cam");

  options.key = "over";
  options.overcommit = 1;
  const auto generous = publish(options);
  const auto a = subscribe(subscriber_options("over", CUFRAMES_POLICY_NEWEST));
  const auto b = subscribe(subscriber_options("over", CUFRAMES_POLICY_NEWEST));
}

TEST_F(Stream, HoldingAllLeasesIsACapacityErrorAndNotAStall) {
  const auto pub = publish(publisher_options("cam"));
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_IN_ORDER));
  for (int i = 1; i <= 4; ++i) ASSERT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
  FramePtr a = next_frame(sub.get());
  const FramePtr b = next_frame(sub.get());
  EXPECT_EQ(stats_of(sub.get()).held, 2u);
  EXPECT_EQ(stats_of(sub.get()).ring_occupancy, 2u);
  cuframes_frame* c = nullptr;
  EXPECT_EQ(cuframes_subscriber_next(sub.get(), 0, &c), CUFRAMES_E_CAPACITY);
  std::thread releaser([&] { a.reset(); });
  EXPECT_EQ(info_of(next_frame(sub.get())).seq, 3u);
  releaser.join();
}

TEST_F(Stream, ASlotThatAReaderHoldsIsNeverReused) {
  auto options = publisher_options("cam");
  options.max_readers = 1;
  options.slots = 4;
  const auto pub = publish(options);
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  ASSERT_EQ(write_frame(pub.get(), 77), CUFRAMES_OK);
  const FramePtr held = next_frame(sub.get());
  for (int i = 0; i < 50; ++i) ASSERT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
  EXPECT_EQ(pixel_value(info_of(held)), 77);
  EXPECT_EQ(info_of(pub.get()).dropped, 0u);
}

TEST_F(Stream, AFrameOutlivesItsSubscriberAndItsPublisher) {
  auto pub = publish(publisher_options("cam"));
  auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  ASSERT_EQ(write_frame(pub.get(), 5), CUFRAMES_OK);
  FramePtr frame = next_frame(sub.get());
  sub.reset();
  for (int i = 0; i < 50; ++i) ASSERT_EQ(write_frame(pub.get(), 100), CUFRAMES_OK);
  EXPECT_EQ(pixel_value(info_of(frame)), 5) << "the lease ended with its subscriber";
  EXPECT_EQ(info_of(pub.get()).occupancy, 1u);
  pub.reset();
  EXPECT_EQ(pixel_value(info_of(frame)), 5);
}

TEST_F(Stream, TheSocketClosesWithTheLastLeaseOfAClosedSubscriber) {
  const auto pub = publish(publisher_options("cam"));
  auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  ASSERT_EQ(write_frame(pub.get(), 5), CUFRAMES_OK);
  FramePtr frame = next_frame(sub.get());
  sub.reset();
  EXPECT_EQ(info_of(pub.get()).n_readers, 1u);
  frame.reset();
  EXPECT_TRUE(eventually([&] { return info_of(pub.get()).n_readers == 0; }));
}

TEST_F(Stream, ANewSubscriberGetsTheNewestFrameAtOnce) {
  const auto pub = publish(publisher_options("cam"));
  for (int i = 1; i <= 3; ++i) ASSERT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_IN_ORDER));
  EXPECT_EQ(info_of(next_frame(sub.get(), 0)).seq, 3u);
  EXPECT_EQ(stats_of(sub.get()).drop_count, 0u);
}

TEST_F(Stream, NextTimesOut) {
  const auto pub = publish(publisher_options("cam"));
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  cuframes_frame* frame = nullptr;
  EXPECT_EQ(cuframes_subscriber_next(sub.get(), 20 * kMillisecond, &frame), CUFRAMES_E_TIMEOUT);
  EXPECT_EQ(stats_of(sub.get()).timeouts, 1u);
}

TEST_F(Stream, ClosingWakesABlockedNext) {
  const auto pub = publish(publisher_options("cam"));
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  std::atomic<int> status{CUFRAMES_OK};
  std::thread waiter([&] {
    cuframes_frame* frame = nullptr;
    int s = CUFRAMES_INTERRUPTED;
    while (s == CUFRAMES_INTERRUPTED) s = cuframes_subscriber_next(sub.get(), -1, &frame);
    status = s;
  });
  usleep(20'000);
  cuframes_subscriber_close(sub.get());
  waiter.join();
  EXPECT_EQ(status, CUFRAMES_E_CLOSED);
}

TEST_F(Stream, ALongWaitReturnsNowAndThenAsASignalMayHaveComeJustBeforeIt) {
  const auto pub = publish(publisher_options("cam"));
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  cuframes_frame* frame = nullptr;
  EXPECT_EQ(cuframes_subscriber_next(sub.get(), -1, &frame), CUFRAMES_INTERRUPTED);
  EXPECT_EQ(stats_of(sub.get()).timeouts, 0u);
}

TEST_F(Stream, FramesAreSharedOutAmongThreadsEachToOneCaller) {
  auto options = publisher_options("cam");
  options.slots = 20;
  const auto pub = publish(options);
  auto wanted = subscriber_options("cam", CUFRAMES_POLICY_IN_ORDER);
  wanted.max_leases = 8;
  const auto sub = subscribe(wanted);
  std::mutex mutex;
  std::multiset<uint64_t> seqs;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (;;) {
        cuframes_frame* raw = nullptr;
        const int s = cuframes_subscriber_next(sub.get(), -1, &raw);
        if (s == CUFRAMES_E_CLOSED) return;
        if (s != CUFRAMES_OK) continue;
        const FramePtr frame(raw);
        const std::lock_guard<std::mutex> lock(mutex);
        seqs.insert(info_of(frame).seq);
      }
    });
  }
  for (int i = 1; i <= 500; ++i) {
    ASSERT_EQ(write_frame(pub.get(), i % 251, kSecond), CUFRAMES_OK);
    if (i % 10 == 0) usleep(200);
  }
  eventually([&] { return stats_of(sub.get()).last_seq == 500; });
  cuframes_subscriber_close(sub.get());
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(seqs.size(), std::set<uint64_t>(seqs.begin(), seqs.end()).size());
  EXPECT_EQ(seqs.size() + stats_of(sub.get()).drop_count, 500u);
}

TEST_F(Stream, FilenoBecomesReadableWithAFrameAndQuietWithout) {
  const auto pub = publish(publisher_options("cam"));
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  const int fd = cuframes_subscriber_fileno(sub.get());
  ASSERT_GE(fd, 0);
  const auto readable = [fd](int wait_ms) {
    pollfd p{fd, POLLIN, 0};
    return poll(&p, 1, wait_ms) == 1;
  };
  for (int i = 1; i <= 20; ++i) {
    cuframes_frame* none = nullptr;
    EXPECT_EQ(cuframes_subscriber_next(sub.get(), 0, &none), CUFRAMES_NONE);
    EXPECT_FALSE(readable(0));
    ASSERT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
    ASSERT_TRUE(readable(5000));
    EXPECT_EQ(info_of(next_frame(sub.get(), 0)).seq, static_cast<uint64_t>(i));
  }
}

TEST_F(Stream, AReconfiguredStreamGoesOnInANewGeneration) {
  const auto pub = publish(publisher_options("cam"));
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_IN_ORDER));
  for (int i = 1; i <= 3; ++i) ASSERT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
  const FramePtr old = next_frame(sub.get());
  ASSERT_EQ(cuframes_publisher_reconfigure(pub.get(), 128, 32, CUFRAMES_FORMAT_RGB), CUFRAMES_OK);
  ASSERT_EQ(write_frame(pub.get(), 4), CUFRAMES_OK);
  EXPECT_EQ(info_of(next_frame(sub.get())).seq, 2u) << "the old ring is read to its end";
  EXPECT_EQ(info_of(next_frame(sub.get())).seq, 3u);
  const FramePtr fresh = next_frame(sub.get());
  EXPECT_EQ(info_of(fresh).seq, 4u);
  EXPECT_EQ(info_of(fresh).gap, 0u);
  EXPECT_EQ(info_of(fresh).width, 128u);
  EXPECT_EQ(info_of(fresh).planes[0].channels, 3u);
  EXPECT_NE(info_of(fresh).generation, info_of(old).generation);
  EXPECT_EQ(pixel_value(info_of(old)), 1);
}

TEST_F(Stream, ASubscriberFollowsARestartedPublisher) {
  auto pub = publish(publisher_options("cam"));
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  ASSERT_EQ(write_frame(pub.get(), 1), CUFRAMES_OK);
  const FramePtr old = next_frame(sub.get());
  pub.reset();
  cuframes_frame* frame = nullptr;
  EXPECT_EQ(cuframes_subscriber_next(sub.get(), 30 * kMillisecond, &frame),
            CUFRAMES_E_PUBLISHER_GONE);
  EXPECT_EQ(stats_of(sub.get()).state, static_cast<uint32_t>(CUFRAMES_STATE_DEAD));
  pub = publish(publisher_options("cam"));
  ASSERT_TRUE(eventually([&] { return info_of(pub.get()).n_readers == 1; }));
  ASSERT_EQ(write_frame(pub.get(), 2), CUFRAMES_OK);
  const FramePtr fresh = next_frame(sub.get());
  EXPECT_EQ(pixel_value(info_of(fresh)), 2);
  EXPECT_EQ(pixel_value(info_of(old)), 1);
  EXPECT_EQ(stats_of(sub.get()).restarts, 1u);
  cuframes_event event{};
  ASSERT_EQ(cuframes_subscriber_poll_event(sub.get(), &event), CUFRAMES_OK);
  EXPECT_EQ(event.kind, static_cast<uint32_t>(CUFRAMES_EVENT_GONE));
  ASSERT_EQ(cuframes_subscriber_poll_event(sub.get(), &event), CUFRAMES_OK);
  EXPECT_EQ(event.kind, static_cast<uint32_t>(CUFRAMES_EVENT_RESTARTED));
}

TEST_F(Stream, FramesLeftInTheRingOfAClosedPublisherAreStillDelivered) {
  auto pub = publish(publisher_options("file"));
  auto wanted = subscriber_options("file", CUFRAMES_POLICY_BLOCK);
  wanted.reconnect = 0;
  const auto sub = subscribe(wanted);
  for (int i = 1; i <= 4; ++i) ASSERT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
  pub.reset();
  for (int i = 1; i <= 4; ++i) EXPECT_EQ(pixel_value(info_of(next_frame(sub.get()))), i);
  cuframes_frame* frame = nullptr;
  EXPECT_EQ(cuframes_subscriber_next(sub.get(), -1, &frame), CUFRAMES_E_PUBLISHER_GONE);
}

TEST_F(Stream, AReaderThatHoldsTooLongIsEvictedAndToldSo) {
  auto options = publisher_options("cam");
  options.lease_timeout_ns = 300 * kMillisecond;
  const auto pub = publish(options);
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  ASSERT_EQ(write_frame(pub.get(), 1), CUFRAMES_OK);
  const FramePtr frame = next_frame(sub.get());
  EXPECT_EQ(cuframes_frame_valid(frame.get()), 1);
  ASSERT_TRUE(eventually([&] { return cuframes_frame_valid(frame.get()) == 0; }));
  cuframes_frame* next = nullptr;
  EXPECT_EQ(cuframes_subscriber_next(sub.get(), kSecond, &next), CUFRAMES_E_LEASE_LOST);
  EXPECT_EQ(info_of(pub.get()).evictions, 1u);
  ASSERT_TRUE(eventually([&] { return info_of(pub.get()).n_readers == 1; })) << "it comes back";
  ASSERT_EQ(write_frame(pub.get(), 2), CUFRAMES_OK);
  EXPECT_EQ(pixel_value(info_of(next_frame(sub.get()))), 2);
}

TEST_F(Stream, OnlyOneProcessPublishesAKeyAndAStaleSocketIsReplaced) {
  const auto options = publisher_options("cam");
  auto pub = publish(options);
  cuframes_publisher* second = nullptr;
  EXPECT_EQ(cuframes_publisher_create(&options, &second), CUFRAMES_E_SHM);
  EXPECT_EQ(cuframes_last_error()->sys_errno, EADDRINUSE);
  pub.reset();
  const std::string path = dir_.path() + "/cam.sock";
  close(open(path.c_str(), O_CREAT | O_WRONLY, 0600));  // left by a killed publisher
  pub = publish(options);
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
}

TEST_F(Stream, RightsAreTheSocketsModeAndTheAllowList) {
  auto options = publisher_options("cam");
  options.socket_mode = 0600;
  const uint32_t nobody = 65534;
  options.allow_uids = &nobody;
  options.n_allow_uids = 1;
  const auto pub = publish(options);
  struct stat status {};
  ASSERT_EQ(stat((dir_.path() + "/cam.sock").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  const auto wanted = subscriber_options("cam", CUFRAMES_POLICY_NEWEST);
  cuframes_subscriber* sub = nullptr;
  EXPECT_EQ(cuframes_subscriber_create(&wanted, &sub), CUFRAMES_E_PERMISSION);
}

TEST_F(Stream, ASubscriberWithoutPublisherSaysWhereItLooked) {
  auto wanted = subscriber_options("nothing", CUFRAMES_POLICY_NEWEST);
  wanted.timeout_ns = 30 * kMillisecond;
  cuframes_subscriber* sub = nullptr;
  EXPECT_EQ(cuframes_subscriber_create(&wanted, &sub), CUFRAMES_E_PUBLISHER_GONE);
  EXPECT_NE(std::string(cuframes_last_error()->message).find(dir_.path()), std::string::npos);
  wanted.key = "../etc";
  EXPECT_EQ(cuframes_subscriber_create(&wanted, &sub), CUFRAMES_E_INVALID);
}

TEST_F(Stream, SeveralOpenFramesArePublishedInTheOrderOfTheirCommits) {
  const auto pub = publish(publisher_options("cam"));
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_IN_ORDER));
  cuframes_writable* a = nullptr;
  cuframes_writable* b = nullptr;
  ASSERT_EQ(cuframes_publisher_begin(pub.get(), 0, &a), CUFRAMES_OK);
  ASSERT_EQ(cuframes_publisher_begin(pub.get(), 0, &b), CUFRAMES_OK);
  const WritablePtr own_a(a);
  WritablePtr own_b(b);
  cuframes_commit commit;
  cuframes_commit_init(&commit);
  commit.pts_ns = 2;
  ASSERT_EQ(cuframes_writable_commit(b, &commit), CUFRAMES_OK);
  commit.pts_ns = 1;
  ASSERT_EQ(cuframes_writable_commit(a, &commit), CUFRAMES_OK);
  EXPECT_EQ(cuframes_writable_commit(a, &commit), CUFRAMES_E_CLOSED);
  EXPECT_EQ(info_of(next_frame(sub.get())).pts_ns, 2);
  EXPECT_EQ(info_of(next_frame(sub.get())).pts_ns, 1);
  // The decoder still reads b: its slot is shown, and not written again.
  for (int i = 0; i < 30; ++i) ASSERT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
  EXPECT_GE(info_of(pub.get()).occupancy, 2u);
  own_b.reset();
}

TEST_F(Stream, AnAbortedFrameIsNeverSeen) {
  const auto pub = publish(publisher_options("cam"));
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  cuframes_writable* raw = nullptr;
  ASSERT_EQ(cuframes_publisher_begin(pub.get(), 0, &raw), CUFRAMES_OK);
  cuframes_writable_destroy(raw);
  cuframes_frame* frame = nullptr;
  EXPECT_EQ(cuframes_subscriber_next(sub.get(), 0, &frame), CUFRAMES_NONE);
  EXPECT_EQ(info_of(pub.get()).occupancy, 0u);
}

TEST_F(Stream, ACopyIsPackedAndOutlivesTheLease) {
  const auto pub = publish(publisher_options("cam"));
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  ASSERT_EQ(write_frame(pub.get(), 42), CUFRAMES_OK);
  FramePtr frame = next_frame(sub.get());
  cuframes_frame* raw = nullptr;
  ASSERT_EQ(cuframes_frame_copy(frame.get(), CUFRAMES_MEMORY_AUTO, nullptr, &raw), CUFRAMES_OK);
  const FramePtr copy(raw);
  frame.reset();
  EXPECT_EQ(stats_of(sub.get()).held, 0u);
  EXPECT_EQ(info_of(copy).planes[0].pitch_bytes, 64u);
  EXPECT_EQ(pixel_value(info_of(copy)), 42);
}

TEST_F(Stream, AnObserverSeesStateAndReadersWithoutBeingOne) {
  const auto pub = publish(publisher_options("cam"));
  auto wanted = subscriber_options("cam", CUFRAMES_POLICY_IN_ORDER);
  wanted.name = "detector";
  const auto sub = subscribe(wanted);
  ASSERT_EQ(write_frame(pub.get(), 1), CUFRAMES_OK);
  const FramePtr frame = next_frame(sub.get());
  cuframes_stream_info info{};
  info.struct_size = sizeof info;
  cuframes_reader_info readers[4];
  uint32_t count = 0;
  ASSERT_EQ(cuframes_observe("cam", nullptr, kSecond, &info, readers, 4, &count), CUFRAMES_OK);
  EXPECT_EQ(info.state, static_cast<uint32_t>(CUFRAMES_STATE_ACTIVE));
  EXPECT_EQ(info.published, 1u);
  EXPECT_EQ(info.occupancy, 1u);
  ASSERT_EQ(count, 1u);
  EXPECT_STREQ(readers[0].name, "detector");
  EXPECT_EQ(readers[0].held, 1u);
  EXPECT_EQ(cuframes_observe("none", nullptr, kSecond, &info, readers, 4, &count),
            CUFRAMES_E_PUBLISHER_GONE);
}

TEST_F(Stream, AReaderThatLooksForFramesMissesNoneAndCanStillBeStopped) {
  auto options = publisher_options("cam");
  options.slots = 16;
  const auto pub = publish(options);
  auto wanted = subscriber_options("cam", CUFRAMES_POLICY_BLOCK);
  wanted.spin_ns = kMillisecond;
  const auto sub = subscribe(wanted);
  std::atomic<bool> stop{false};
  std::thread publisher([&] {
    for (int i = 1; !stop; ++i) {
      EXPECT_EQ(write_frame(pub.get(), i % 251), CUFRAMES_OK);
      usleep(2000);
    }
  });
  for (uint64_t seq = 1; seq <= 200; ++seq) {
    const FramePtr frame = next_frame(sub.get());
    EXPECT_EQ(info_of(frame).seq, seq);
    EXPECT_EQ(pixel_value(info_of(frame)), static_cast<int>(seq % 251));
  }
  std::thread closer([&] {
    usleep(5000);
    cuframes_subscriber_close(sub.get());
  });
  cuframes_status status = CUFRAMES_OK;
  while (status == CUFRAMES_OK || status == CUFRAMES_INTERRUPTED) {
    cuframes_frame* raw = nullptr;
    status = cuframes_subscriber_next(sub.get(), -1, &raw);
    const FramePtr frame(raw);
  }
  EXPECT_EQ(status, CUFRAMES_E_CLOSED);
  closer.join();
  stop = true;
  publisher.join();
}

TEST_F(Stream, LookingForFramesIsBounded) {
  const auto pub = publish(publisher_options("cam"));
  auto wanted = subscriber_options("cam", CUFRAMES_POLICY_NEWEST);
  for (const int64_t spin : {int64_t{-1}, 2 * kMillisecond}) {
    wanted.spin_ns = spin;
    cuframes_subscriber* sub = nullptr;
    EXPECT_EQ(cuframes_subscriber_create(&wanted, &sub), CUFRAMES_E_INVALID);
  }
}

}  // namespace
}  // namespace cuframes::test
