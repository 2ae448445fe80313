// One-to-one assignment between targets and detections, given the pairs that may go together.
#pragma once

#include <cstddef>
#include <vector>

namespace pyds::track {

struct Pair {
  int row;
  int column;
  float score;  // > 0
};

// Reuses its buffers from call to call; not thread-safe.
class Assigner {
 public:
  // The assignment of largest total score among `candidates`. They are first divided into groups
  // that share no row or column, which in video are mostly single pairs; the Hungarian algorithm
  // (shortest augmenting paths) then solves the rest, O(n^3) in the size of the largest group.
  void best(int rows, int columns, const std::vector<Pair>& candidates, std::vector<Pair>* chosen);

  // The best pair first, then the best of what is left, and so on.
  void greedy(int rows, int columns, const std::vector<Pair>& candidates,
              std::vector<Pair>* chosen);

 private:
  int find_group(int node);
  void solve_group(const Pair* pairs, size_t count, std::vector<Pair>* chosen);

  std::vector<int> parent_;
  std::vector<Pair> sorted_;
  std::vector<int> local_;
  std::vector<int> group_rows_;
  std::vector<int> group_columns_;
  std::vector<float> scores_;
  std::vector<double> row_price_;
  std::vector<double> column_price_;
  std::vector<double> distance_;
  std::vector<int> row_of_column_;
  std::vector<int> previous_;
  std::vector<char> visited_;
};

}  // namespace pyds::track
