#include "track/association.h"

#include <algorithm>
#include <cmath>

namespace pyds::track {
namespace {

// Rounds 3 and 4 look this far around a target, as a share of its size: a fast object whose motion
// is not known yet need not overlap its last box.
constexpr float kSearchGrowth = 0.3f;
constexpr float kMinSearchOverlap = 0.1f;
constexpr float kMinSearchSizeSimilarity = 0.5f;
// A target lost longer may be anywhere; only its prediction counts then (round 1).
constexpr int kMaxSearchAge = 10;

bool is_real(const Box& box) {
  return std::isfinite(box.left) && std::isfinite(box.top) && std::isfinite(box.right()) &&
         std::isfinite(box.bottom()) && box.width > 0 && box.height > 0;
}

float search_score(const Target& target, const Detection& detection) {
  if (size_similarity(target.last_observed, detection.box) < kMinSearchSizeSimilarity) return 0;
  const Box box = grown(detection.box, kSearchGrowth);
  const float overlap = std::max(iou(grown(target.last_observed, kSearchGrowth), box),
                                 iou(grown(target.predicted, kSearchGrowth), box));
  return overlap >= kMinSearchOverlap ? overlap : 0;
}

// The pixels that a target spans from left to right, around all that a round looks at.
struct Span {
  float left;
  float right;
};

Span predicted_span(const Target& target) {
  return {target.predicted.left, target.predicted.right()};
}

Span search_span(const Target& target) {
  const Box a = grown(target.predicted, kSearchGrowth);
  const Box b = grown(target.last_observed, kSearchGrowth);
  return {std::min(a.left, b.left), std::max(a.right(), b.right())};
}

// The weighted sum of similarities. There is no visual tracker: its weight is spread over the
// others, so that thresholds of configurations written for one keep their meaning; and so is that
// of looks where there are none to compare.
class WeightedScore {
 public:
  // `looks` is null unless they count.
  WeightedScore(const AssociatorConfig& config, const Looks* looks)
      : config_(config), looks_(looks) {}

  float operator()(const Target& target, const Detection& detection, int index) const {
    const float overlap = iou(target.predicted, detection.box);
    if (overlap <= 0 || overlap < config_.min_iou) return 0;
    const float size = size_similarity(target.predicted, detection.box);
    if (size < config_.min_size_similarity) return 0;
    float score = config_.weight_iou * overlap + config_.weight_size_similarity * size;
    float used = config_.weight_iou + config_.weight_size_similarity;
    float all = used + config_.weight_visual_similarity;
    if (looks_) {
      const float alike = looks_->similarity(target.gallery, index);
      if (alike >= 0 && alike < config_.min_reid_similarity) return 0;
      all += config_.weight_reid_similarity;
      if (alike >= 0) {
        used += config_.weight_reid_similarity;
        score += config_.weight_reid_similarity * alike;
      }
    }
    score = used > 0 ? score * all / used : overlap;
    return score >= config_.min_overall ? score : 0;
  }

 private:
  const AssociatorConfig& config_;
  const Looks* looks_;
};

}  // namespace

template <typename Wanted, typename SpanOf, typename Score>
void Associator::round(Wanted wanted, std::vector<int>* columns, SpanOf span_of, Score score) {
  if (columns->empty()) return;
  candidates_.clear();
  const int rows = static_cast<int>(targets_->size());
  // Boxes count as far as their grown selves reach.
  const float before = (1 + kSearchGrowth) * widest_;
  const float after = kSearchGrowth * widest_;
  const auto starts_before = [this](int column, float x) {
    return (*detections_)[column].box.left < x;
  };
  for (int row = 0; row < rows; ++row) {
    const Target& target = (*targets_)[row];
    if ((*detection_of_)[row] >= 0 || !wanted(target)) continue;
    const Span span = span_of(target);
    auto at = std::lower_bound(columns->begin(), columns->end(), span.left - before, starts_before);
    for (; at != columns->end() && starts_before(*at, span.right + after); ++at) {
      const Detection& detection = (*detections_)[*at];
      if (config_->check_class_match &&
          (target.class_id != detection.class_id || target.component_id != detection.component_id))
        continue;
      const float value = score(target, detection, *at);
      if (value > 0) candidates_.push_back({row, *at, value});
    }
  }
  if (candidates_.empty()) return;
  const int count = static_cast<int>(detections_->size());
  if (config_->matcher == MatcherType::kGreedy)
    assigner_.greedy(rows, count, candidates_, &chosen_);
  else
    assigner_.best(rows, count, candidates_, &chosen_);
  taken_.assign(count, 0);
  for (const Pair& pair : chosen_) {
    (*detection_of_)[pair.row] = pair.column;
    taken_[pair.column] = 1;
  }
  const auto is_taken = [this](int column) { return taken_[column] != 0; };
  columns->erase(std::remove_if(columns->begin(), columns->end(), is_taken), columns->end());
}

void Associator::match(const Config& config, const std::vector<Target>& targets,
                       const std::vector<Detection>& detections, Looks* looks,
                       std::vector<int>* detection_of) {
  config_ = &config.associator;
  targets_ = &targets;
  detections_ = &detections;
  detection_of_ = detection_of;
  detection_of->assign(targets.size(), -1);
  confirmed_.clear();
  tentative_.clear();
  widest_ = 0;
  for (int i = 0; i < static_cast<int>(detections.size()); ++i) {
    const float certainty = detections[i].certainty();
    // Not "certainty <": NaN is no detection either.
    if (!(certainty >= config.base.min_detector_confidence) || !is_real(detections[i].box))
      continue;
    (certainty < config_->tentative_detector_confidence ? tentative_ : confirmed_).push_back(i);
    widest_ = std::max(widest_, detections[i].box.width);
  }
  const auto by_left = [&](int a, int b) {
    return detections[a].box.left < detections[b].box.left;
  };
  std::sort(confirmed_.begin(), confirmed_.end(), by_left);
  std::sort(tentative_.begin(), tentative_.end(), by_left);

  const auto was_active = [](const Target& target) { return target.was_active(); };
  const auto lost_lately = [](const Target& target) {
    return target.was_active() && target.shadow_age < kMaxSearchAge;
  };
  const auto never_active = [](const Target& target) { return !target.was_active(); };
  const auto overlap = [this](const Target& target, const Detection& detection, int) {
    const float value = iou(target.predicted, detection.box);
    return value >= config_->min_tentative_iou ? value : 0;
  };
  const auto near = [](const Target& target, const Detection& detection, int) {
    return search_score(target, detection);
  };
  const bool looks_count = looks->exist() && config.reid.in_association();
  if (looks_count) looks->take(confirmed_);
  const auto near_and_alike = [&](const Target& target, const Detection& detection, int index) {
    const float alike = looks_count ? looks->similarity(target.gallery, index) : -1;
    return alike >= 0 && alike < config_->min_reid_similarity ? 0 : search_score(target, detection);
  };
  round(was_active, &confirmed_, predicted_span,
        WeightedScore(*config_, looks_count ? looks : nullptr));
  round(was_active, &tentative_, predicted_span, overlap);
  round(lost_lately, &confirmed_, search_span, near_and_alike);
  round(never_active, &confirmed_, search_span, near);
  round(never_active, &tentative_, search_span, near);
  std::sort(confirmed_.begin(), confirmed_.end());
  std::sort(tentative_.begin(), tentative_.end());
}

}  // namespace pyds::track
