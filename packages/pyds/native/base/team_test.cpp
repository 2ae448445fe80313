#include "base/team.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <stdexcept>
#include <vector>

namespace pyds {
namespace {

TEST(Team, DoesEveryPartOnce) {
  Team team(3);
  for (const size_t count : {0u, 1u, 2u, 100u}) {
    std::vector<std::atomic<int>> done(count);
    team.run(count, [&](unsigned, size_t index) { ++done[index]; });
    for (const std::atomic<int>& times : done) EXPECT_EQ(times, 1);
  }
}

TEST(Team, PartsOfOneMemberNeverOverlap) {
  Team team(4);
  std::vector<std::atomic<int>> inside(team.size());
  std::atomic<bool> overlap{false};
  team.run(200, [&](unsigned member, size_t) {
    if (++inside[member] > 1) overlap = true;
    std::this_thread::yield();
    --inside[member];
  });
  EXPECT_FALSE(overlap);
}

// Each part waits for the other: this ends only if two threads are at work.
TEST(Team, WorksSideBySide) {
  Team team(2);
  std::mutex mutex;
  std::condition_variable changed;
  std::set<unsigned> members;
  team.run(2, [&](unsigned member, size_t) {
    std::unique_lock lock(mutex);
    members.insert(member);
    changed.notify_all();
    changed.wait(lock, [&] { return members.size() == 2; });
  });
  EXPECT_EQ(members, (std::set<unsigned>{0, 1}));
}

TEST(Team, WithoutHelpersTheCallerDoesAll) {
  Team team(1);
  size_t sum = 0;
  team.run(5, [&](unsigned member, size_t index) { sum += index + member; });
  EXPECT_EQ(sum, 10u);
}

TEST(Team, ThrowsWhatAPartThrowsAndGoesOnAfterwards) {
  Team team(2);
  const auto fail = [](unsigned, size_t index) {
    if (index == 1) throw std::runtime_error("part 1");
  };
  EXPECT_THROW(team.run(10, fail), std::runtime_error);
  std::atomic<int> done{0};
  team.run(10, [&](unsigned, size_t) { ++done; });
  EXPECT_EQ(done, 10);
}

}  // namespace
}  // namespace pyds
