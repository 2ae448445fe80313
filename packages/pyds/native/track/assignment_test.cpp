#include "track/assignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>

namespace pyds::track {
namespace {

float total(const std::vector<Pair>& pairs) {
  return std::accumulate(pairs.begin(), pairs.end(), 0.0f,
                         [](float sum, const Pair& pair) { return sum + pair.score; });
}

void expect_one_to_one(const std::vector<Pair>& chosen, const std::vector<Pair>& candidates) {
  std::set<int> rows, columns;
  for (const Pair& pair : chosen) {
    EXPECT_TRUE(rows.insert(pair.row).second);
    EXPECT_TRUE(columns.insert(pair.column).second);
    EXPECT_TRUE(std::any_of(candidates.begin(), candidates.end(), [&](const Pair& c) {
      return c.row == pair.row && c.column == pair.column && c.score == pair.score;
    }));
  }
}

// The best total over every possible assignment.
float exhaustive(int row, int rows, std::vector<char>* used, const std::vector<Pair>& candidates) {
  if (row == rows) return 0;
  float best = exhaustive(row + 1, rows, used, candidates);
  for (const Pair& pair : candidates) {
    if (pair.row != row || (*used)[pair.column]) continue;
    (*used)[pair.column] = 1;
    best = std::max(best, pair.score + exhaustive(row + 1, rows, used, candidates));
    (*used)[pair.column] = 0;
  }
  return best;
}

TEST(Assigner, BestBeatsTakingTheBestPairFirst) {
  const std::vector<Pair> candidates = {{0, 0, 0.9f}, {0, 1, 0.8f}, {1, 0, 0.7f}};
  Assigner assigner;
  std::vector<Pair> chosen;
  assigner.best(2, 2, candidates, &chosen);
  EXPECT_FLOAT_EQ(total(chosen), 1.5f);
  assigner.greedy(2, 2, candidates, &chosen);
  EXPECT_FLOAT_EQ(total(chosen), 0.9f);
  EXPECT_EQ(chosen.size(), 1u);
}

TEST(Assigner, BestEqualsExhaustiveSearchOnRandomProblems) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> score(0.05f, 1);
  Assigner assigner;
  std::vector<Pair> chosen;
  for (int round = 0; round < 400; ++round) {
    const int rows = 1 + static_cast<int>(random() % 6);
    const int columns = 1 + static_cast<int>(random() % 6);
    std::vector<Pair> candidates;
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < columns; ++c)
        if (random() % 100 < 45) candidates.push_back({r, c, score(random)});
    assigner.best(rows, columns, candidates, &chosen);
    expect_one_to_one(chosen, candidates);
    std::vector<char> used(columns, 0);
    ASSERT_NEAR(total(chosen), exhaustive(0, rows, &used, candidates), 1e-4) << round;
    assigner.greedy(rows, columns, candidates, &chosen);
    expect_one_to_one(chosen, candidates);
  }
}

TEST(Assigner, NoCandidatesChooseNothing) {
  Assigner assigner;
  std::vector<Pair> chosen = {{0, 0, 1}};
  assigner.best(3, 4, {}, &chosen);
  EXPECT_TRUE(chosen.empty());
  assigner.greedy(0, 0, {}, &chosen);
  EXPECT_TRUE(chosen.empty());
}

}  // namespace
}  // namespace pyds::track
