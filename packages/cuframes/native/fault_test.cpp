// A peer process is killed or stopped at every labelled step of the protocol. What must hold for
// the one that lives: no torn frame, nobody stuck, every slot back within a second, nothing left.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <string>
#include <vector>

#include "fork_guard.h"
#include "test_support.h"

namespace cuframes::test {
namespace {

/// A child that runs `body` with CUFRAMES_FAULT set, forked before this process has any threads.
class Peer {
 public:
  Peer(const std::string& fault, const std::function<void()>& body) {
    pid_ = fork();
    if (pid_ == 0) {
      setenv("CUFRAMES_FAULT", fault.c_str(), 1);
      alarm(60);
      body();
      _exit(0);
    }
  }
  ~Peer() {
    if (reaped_) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  /// Whether it was killed or stopped by its fault.
  bool is_struck(int by_signal) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG | WUNTRACED) != pid_) return false;
    reaped_ = !WIFSTOPPED(status);
    return WIFSTOPPED(status) ? by_signal == SIGSTOP
                              : WIFSIGNALED(status) && WTERMSIG(status) == by_signal;
  }
  bool struck(int by_signal) {
    return eventually([&] { return is_struck(by_signal); }, 20 * kSecond);
  }
  void signal(int number) const { kill(pid_, number); }

 private:
  pid_t pid_ = -1;
  bool reaped_ = false;
};

void publish_for_ever() {
  const auto pub = publish(publisher_options("cam"));
  eventually([&] { return info_of(pub.get()).n_readers != 0; }, 30 * kSecond);
  for (int i = 1;; i = i % 250 + 1) {
    write_frame(pub.get(), i);
    usleep(500);
  }
}

void read_for_ever() {
  auto wanted = subscriber_options("cam", CUFRAMES_POLICY_NEWEST);
  const auto sub = subscribe(wanted);
  for (;;) next_frame(sub.get());
}

class ReaderFault : public testing::TestWithParam<const char*> {
 protected:
  RuntimeDir dir_;
};

TEST_P(ReaderFault, AKilledReaderGivesItsSlotsBackAndHurtsNobody) {
  Peer reader(std::string(GetParam()) + ":kill:20", read_for_ever);
  const auto pub = publish(publisher_options("cam"));
  const auto other = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  int i = 0;
  const auto step = [&] {
    i = i % 250 + 1;
    EXPECT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
    EXPECT_EQ(pixel_value(info_of(next_frame(other.get()))), i);
  };
  ASSERT_TRUE(eventually([&] {
    step();
    return reader.is_struck(SIGKILL);
  }));
  EXPECT_TRUE(eventually(
      [&] {
        step();
        return info_of(pub.get()).occupancy == 0 && info_of(pub.get()).n_readers == 1;
      },
      kSecond));
  EXPECT_EQ(info_of(pub.get()).dropped, 0u);
}

TEST_P(ReaderFault, AStoppedReaderCostsItsBudgetAndNothingMore) {
  Peer reader(std::string(GetParam()) + ":stop:20", read_for_ever);
  const auto pub = publish(publisher_options("cam"));
  ASSERT_TRUE(eventually([&] { return info_of(pub.get()).n_readers == 1; }));
  const Deadline deadline(20 * kSecond);
  bool stopped = false;
  for (int i = 1; !stopped && !deadline.passed(); i = i % 250 + 1) {
    ASSERT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
    usleep(300);
    stopped = i % 25 == 0 && [&] {
      cuframes_reader_info info[4];
      uint32_t count = 0;
      cuframes_publisher_readers(pub.get(), info, 4, &count);
      const uint64_t before = info[0].received;
      for (int k = 0; k < 5; ++k) {
        write_frame(pub.get(), 1);
        usleep(2000);
      }
      cuframes_publisher_readers(pub.get(), info, 4, &count);
      return info[0].received == before;
    }();
  }
  ASSERT_TRUE(stopped);
  const auto other = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  for (int i = 1; i <= 200; ++i) {
    ASSERT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
    EXPECT_EQ(pixel_value(info_of(next_frame(other.get()))), i);
  }
  EXPECT_EQ(info_of(pub.get()).dropped, 0u);
  EXPECT_LE(info_of(pub.get()).occupancy, 2u);
}

INSTANTIATE_TEST_SUITE_P(Steps, ReaderFault,
                         testing::Values("reader.before_hold", "reader.holds_unchecked",
                                         "reader.holding"));

class PublisherFault : public testing::TestWithParam<const char*> {
 protected:
  RuntimeDir dir_;
  void remove_leftovers() const {  // a killed publisher cannot remove its socket; the next one does
    unlink((dir_.path() + "/cam.sock").c_str());
    unlink((dir_.path() + "/cam.sock.lock").c_str());
  }
};

TEST_P(PublisherFault, AKilledPublisherIsNoticedItsFramesStayAndTheNextIsFollowed) {
  auto peer = std::make_unique<Peer>(std::string(GetParam()) + ":kill:40", publish_for_ever);
  auto wanted = subscriber_options("cam", CUFRAMES_POLICY_NEWEST);
  wanted.max_leases = 2;
  wanted.timeout_ns = 10 * kSecond;
  const auto sub = subscribe(wanted);
  FramePtr held;
  int value = 0;
  for (;;) {
    cuframes_frame* raw = nullptr;
    const cuframes_status status = cuframes_subscriber_next(sub.get(), 300 * kMillisecond, &raw);
    if (status == CUFRAMES_INTERRUPTED) continue;
    if (status != CUFRAMES_OK) {
      EXPECT_EQ(status, CUFRAMES_E_PUBLISHER_GONE) << cuframes_last_error()->message;
      break;
    }
    held.reset(raw);
    value = pixel_value(info_of(held));
    EXPECT_NE(value, -1) << "a torn frame";
  }
  ASSERT_TRUE(peer->struck(SIGKILL));
  ASSERT_NE(held, nullptr);
  EXPECT_EQ(pixel_value(info_of(held)), value) << "a leased frame outlives its publisher";
  held.reset();

  Peer next("none:kill", publish_for_ever);
  ASSERT_TRUE(eventually([&] { return stats_of(sub.get()).restarts == 1; }, 10 * kSecond));
  EXPECT_NE(pixel_value(info_of(next_frame(sub.get()))), -1);
  EXPECT_EQ(stats_of(sub.get()).held, 0u);
  next.signal(SIGKILL);
  ASSERT_TRUE(next.struck(SIGKILL));
  remove_leftovers();
}

TEST_P(PublisherFault, AStoppedPublisherIsStaleAndGoesOnWhereItWas) {
  Peer peer(std::string(GetParam()) + ":stop:40", publish_for_ever);
  auto wanted = subscriber_options("cam", CUFRAMES_POLICY_NEWEST);
  wanted.timeout_ns = 10 * kSecond;
  const auto sub = subscribe(wanted);
  cuframes_frame* raw = nullptr;
  for (;;) {
    const cuframes_status status = cuframes_subscriber_next(sub.get(), 300 * kMillisecond, &raw);
    if (status == CUFRAMES_E_TIMEOUT) break;
    if (status == CUFRAMES_INTERRUPTED) continue;
    ASSERT_EQ(status, CUFRAMES_OK) << cuframes_last_error()->message;
    const FramePtr frame(raw);
    EXPECT_NE(pixel_value(info_of(frame)), -1);
  }
  ASSERT_TRUE(peer.struck(SIGSTOP));
  EXPECT_TRUE(eventually(
      [&] { return stats_of(sub.get()).state == static_cast<uint32_t>(CUFRAMES_STATE_STALE); }));
  peer.signal(SIGCONT);
  EXPECT_NE(pixel_value(info_of(next_frame(sub.get(), 10 * kSecond))), -1);
  EXPECT_EQ(stats_of(sub.get()).restarts, 0u);
  peer.signal(SIGKILL);
  ASSERT_TRUE(peer.struck(SIGKILL));
  remove_leftovers();
}

INSTANTIATE_TEST_SUITE_P(Steps, PublisherFault,
                         testing::Values("publisher.claimed", "publisher.slot_stored",
                                         "publisher.order_stored", "publisher.head_stored"));

TEST(PublisherDeath, DuringTheHandshakeIsRetried) {
  RuntimeDir dir;
  Peer peer("publisher.welcomed:kill:1", publish_for_ever);
  auto wanted = subscriber_options("cam", CUFRAMES_POLICY_NEWEST);
  wanted.timeout_ns = 20 * kSecond;
  std::unique_ptr<Peer> next;
  const auto sub = subscribe(wanted);  // welcomed by a publisher that is dead by now
  ASSERT_TRUE(peer.struck(SIGKILL));
  Peer second("none:kill", publish_for_ever);
  EXPECT_NE(pixel_value(info_of(next_frame(sub.get(), 20 * kSecond))), -1);
  second.signal(SIGKILL);
  ASSERT_TRUE(second.struck(SIGKILL));
  unlink((dir.path() + "/cam.sock").c_str());
  unlink((dir.path() + "/cam.sock.lock").c_str());
}

TEST(Fork, AChildsHandlesAreDeadAndItsExitTakesNothingFromTheParent) {
  RuntimeDir dir;
  const auto pub = publish(publisher_options("cam"));
  const auto sub = subscribe(subscriber_options("cam", CUFRAMES_POLICY_NEWEST));
  ASSERT_EQ(write_frame(pub.get(), 1), CUFRAMES_OK);
  const FramePtr frame = next_frame(sub.get());
  const pid_t child = fork();
  if (child == 0) {
    cuframes_frame* raw = nullptr;
    cuframes_writable* writable = nullptr;
    const bool dead = cuframes_subscriber_next(sub.get(), 0, &raw) == CUFRAMES_E_CLOSED &&
                      cuframes_publisher_begin(pub.get(), 0, &writable) == CUFRAMES_E_CLOSED;
    cuframes_frame_unref(frame.get());
    cuframes_subscriber_destroy(sub.get());
    cuframes_publisher_destroy(pub.get());
    _exit(dead ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(stats_of(sub.get()).held, 1u) << "the child returned the parent's lease";
  for (int i = 2; i <= 40; ++i) ASSERT_EQ(write_frame(pub.get(), i), CUFRAMES_OK);
  EXPECT_EQ(pixel_value(info_of(frame)), 1);
  EXPECT_EQ(info_of(next_frame(sub.get())).seq, 40u);
}

TEST(Fork, ALivingChildDoesNotKeepADeadReadersSlots) {
  RuntimeDir dir;
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  Peer reader("none:kill", [&] {
    auto wanted = subscriber_options("cam", CUFRAMES_POLICY_NEWEST);
    wanted.timeout_ns = 10 * kSecond;
    const auto sub = subscribe(wanted);
    const FramePtr held = next_frame(sub.get(), 10 * kSecond);
    const pid_t grandchild = fork();
    if (grandchild == 0) {
      sleep(5);  // outlives its parent by far
      _exit(0);
    }
    [[maybe_unused]] const ssize_t n = write(ready[1], &grandchild, sizeof grandchild);
    pause();
  });
  const auto pub = publish(publisher_options("cam"));
  ASSERT_TRUE(eventually([&] { return info_of(pub.get()).n_readers == 1; }));
  ASSERT_EQ(write_frame(pub.get(), 1), CUFRAMES_OK);
  pid_t grandchild = 0;
  ASSERT_EQ(read(ready[0], &grandchild, sizeof grandchild), ssize_t{sizeof grandchild});
  EXPECT_EQ(info_of(pub.get()).occupancy, 1u);
  reader.signal(SIGKILL);
  EXPECT_TRUE(eventually([&] { return info_of(pub.get()).occupancy == 0; }, kSecond));
  kill(grandchild, SIGKILL);
  close(ready[0]);
  close(ready[1]);
}

}  // namespace
}  // namespace cuframes::test
