#include "track/assignment.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace pyds::track {

int Assigner::find_group(int node) {
  while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
  return node;
}

void Assigner::best(int rows, int columns, const std::vector<Pair>& candidates,
                    std::vector<Pair>* chosen) {
  chosen->clear();
  parent_.resize(rows + columns);
  std::iota(parent_.begin(), parent_.end(), 0);
  for (const Pair& pair : candidates)
    parent_[find_group(pair.row)] = find_group(rows + pair.column);

  sorted_ = candidates;
  std::stable_sort(sorted_.begin(), sorted_.end(), [this](const Pair& a, const Pair& b) {
    return find_group(a.row) < find_group(b.row);
  });
  local_.assign(rows + columns, -1);
  for (size_t begin = 0, end; begin < sorted_.size(); begin = end) {
    const int group = find_group(sorted_[begin].row);
    for (end = begin + 1; end < sorted_.size() && find_group(sorted_[end].row) == group;) ++end;
    if (end - begin == 1) {
      chosen->push_back(sorted_[begin]);
      continue;
    }
    // Columns are numbered after all rows, as in the groups.
    for (size_t i = begin; i < end; ++i) sorted_[i].column += rows;
    const size_t first = chosen->size();
    solve_group(&sorted_[begin], end - begin, chosen);
    for (size_t i = first; i < chosen->size(); ++i) (*chosen)[i].column -= rows;
  }
}

void Assigner::solve_group(const Pair* pairs, size_t count, std::vector<Pair>* chosen) {
  group_rows_.clear();
  group_columns_.clear();
  const auto number = [this](int node, std::vector<int>* members) {
    if (local_[node] < 0) {
      local_[node] = static_cast<int>(members->size());
      members->push_back(node);
    }
    return local_[node];
  };
  for (size_t i = 0; i < count; ++i) {
    number(pairs[i].row, &group_rows_);
    number(pairs[i].column, &group_columns_);
  }
  // The algorithm wants at least as many columns as rows: columns past the real ones mean "none".
  const int n = static_cast<int>(group_rows_.size());
  const int real = static_cast<int>(group_columns_.size());
  const int m = std::max(n, real);
  scores_.assign(static_cast<size_t>(n) * m, 0);
  for (size_t i = 0; i < count; ++i)
    scores_[static_cast<size_t>(local_[pairs[i].row]) * m + local_[pairs[i].column]] =
        pairs[i].score;

  // Rows are added one by one along the shortest augmenting path; the prices keep every reduced
  // cost non-negative. Index m stands for the row being added.
  constexpr double kFar = std::numeric_limits<double>::infinity();
  row_price_.assign(n, 0);
  column_price_.assign(m + 1, 0);
  row_of_column_.assign(m + 1, -1);
  previous_.assign(m, m);
  for (int row = 0; row < n; ++row) {
    row_of_column_[m] = row;
    distance_.assign(m, kFar);
    visited_.assign(m + 1, 0);
    int column = m;
    do {
      visited_[column] = 1;
      const int at = row_of_column_[column];
      double step = kFar;
      int next = m;
      for (int j = 0; j < m; ++j) {
        if (visited_[j]) continue;
        const double reduced =
            -scores_[static_cast<size_t>(at) * m + j] - row_price_[at] - column_price_[j];
        if (reduced < distance_[j]) {
          distance_[j] = reduced;
          previous_[j] = column;
        }
        if (distance_[j] < step) {
          step = distance_[j];
          next = j;
        }
      }
      for (int j = 0; j <= m; ++j) {
        if (visited_[j]) {
          row_price_[row_of_column_[j]] += step;
          column_price_[j] -= step;
        } else {
          distance_[j] -= step;
        }
      }
      column = next;
    } while (row_of_column_[column] >= 0);
    for (; column != m; column = previous_[column])
      row_of_column_[column] = row_of_column_[previous_[column]];
  }
  for (int j = 0; j < real; ++j) {
    const int row = row_of_column_[j];
    if (row < 0) continue;
    const float score = scores_[static_cast<size_t>(row) * m + j];
    if (score > 0) chosen->push_back({group_rows_[row], group_columns_[j], score});
  }
}

void Assigner::greedy(int rows, int columns, const std::vector<Pair>& candidates,
                      std::vector<Pair>* chosen) {
  chosen->clear();
  sorted_ = candidates;
  std::stable_sort(sorted_.begin(), sorted_.end(),
                   [](const Pair& a, const Pair& b) { return a.score > b.score; });
  visited_.assign(rows + columns, 0);
  for (const Pair& pair : sorted_) {
    char& row = visited_[pair.row];
    char& column = visited_[rows + pair.column];
    if (row || column) continue;
    row = column = 1;
    chosen->push_back(pair);
  }
}

}  // namespace pyds::track
