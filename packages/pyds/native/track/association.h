// Which detection of a frame belongs to which target.
#pragma once

#include <vector>

#include "track/assignment.h"
#include "track/config.h"
#include "track/looks.h"
#include "track/target.h"

namespace pyds::track {

// Matches in rounds, the surest pairs first:
//   1. confirmed detections with targets that have been active, by the weighted score;
//   2. tentative detections with those left, by their overlap with the predicted box;
//   3. confirmed detections with those lost lately, near where each was seen or is predicted,
//      unless they look different;
//   4. confirmed, then tentative detections with tentative targets, likewise.
// With GREEDY, the pairs of a round are taken best first instead of all together.
class Associator {
 public:
  // Fills `detection_of` with the index of each target's detection, or -1.
  void match(const Config& config, const std::vector<Target>& targets,
             const std::vector<Detection>& detections, Looks* looks,
             std::vector<int>* detection_of);

  // After match(): the detections that belong to no target, without those ignored.
  const std::vector<int>& left_confirmed() const { return confirmed_; }
  const std::vector<int>& left_tentative() const { return tentative_; }

 private:
  // Gives columns (detections) to those rows (targets) still without one that fulfil `wanted`,
  // and takes them out of `columns`, which are ordered by their left edge. Only detections within
  // `span_of` a target are looked at; `score` is 0 for a pair that may not be.
  template <typename Wanted, typename SpanOf, typename Score>
  void round(Wanted wanted, std::vector<int>* columns, SpanOf span_of, Score score);

  const AssociatorConfig* config_ = nullptr;
  const std::vector<Target>* targets_ = nullptr;
  const std::vector<Detection>* detections_ = nullptr;
  std::vector<int>* detection_of_ = nullptr;

  float widest_ = 0;  // of the detections, pixels
  Assigner assigner_;
  std::vector<int> confirmed_;
  std::vector<int> tentative_;
  std::vector<Pair> candidates_;
  std::vector<Pair> chosen_;
  std::vector<char> taken_;
};

}  // namespace pyds::track
