#include "track/tracker.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pyds::track {
namespace {

// What is left of the belief in a target when a frame that should show it does not.
constexpr float kBeliefAfterMiss = 0.5f;
// Frames that a new target stays unreported until its looks can be compared with those of lost
// ones.
constexpr int kMaxWaitToBeSeen = 15;

float min_confidence_to_start(const Config& config) {
  return config.targets.min_confidence_for_new_target.value_or(
      config.associator.tentative_detector_confidence);
}

}  // namespace

Tracker::Tracker(std::shared_ptr<const Config> config, std::shared_ptr<IdSource> ids)
    : config_(std::move(config)), ids_(std::move(ids)) {}

const FrameResult& Tracker::update(uint32_t frame_num, const std::vector<Detection>& detections,
                                   EmbeddingSource* embeddings) {
  step(frame_num);
  Looks looks(config_->reid, detections, embeddings);
  associator_.match(*config_, targets_, detections, &looks, &detection_of_);
  for (size_t i = 0; i < targets_.size(); ++i) {
    if (detection_of_[i] >= 0)
      observe(&targets_[i], detections[detection_of_[i]]);
    else
      miss(&targets_[i]);
  }
  const float least = min_confidence_to_start(*config_);
  for (int i : associator_.left_confirmed())
    if (detections[i].certainty() >= least) start(detections[i], i);
  for (int i : associator_.left_tentative())
    if (detections[i].certainty() >= least) start(detections[i], i);
  if (looks.exist()) learn_looks(&looks);
  activate_proven(looks);
  remove_terminated();
  report();
  return result_;
}

const FrameResult& Tracker::predict(uint32_t frame_num) {
  step(frame_num);
  detection_of_.assign(targets_.size(), -1);
  // Time runs on for targets already lost; the others have not been looked for.
  for (Target& target : targets_)
    if (target.was_active() && target.shadow_age > 0) ++target.shadow_age;
  remove_terminated();
  report();
  return result_;
}

void Tracker::step(uint32_t frame_num) {
  // Frames may have been dropped on the way; a number that goes back is a stream that restarted.
  const int64_t passed = started_ ? int64_t{frame_num} - frame_num_ : 1;
  const int most = std::max(1, config_->targets.max_shadow_tracking_age);
  const int frames = static_cast<int>(std::clamp<int64_t>(passed, 1, most));
  frame_num_ = frame_num;
  started_ = true;
  result_.objects.clear();
  result_.past_frames.clear();
  result_.terminated.clear();
  result_.shadow.clear();
  for (Target& target : targets_) {
    for (int i = 0; i < frames; ++i) target.filter.predict(config_->estimator);
    target.age += frames;
    target.predicted = target.filter.box();
    target.confidence = target.belief * target.filter.confidence();
  }
}

void Tracker::observe(Target* target, const Detection& detection) {
  target->filter.correct(config_->estimator, detection.box);
  target->belief = 1;
  target->confidence = 1;
  target->evidence += detection.certainty() * detection.certainty();
  if (target->state == TargetState::kShadow) {
    // With both ends of the gap known, a line between them beats what was predicted from one.
    const float gap = static_cast<float>(frame_num_ - target->last_observed_frame);
    for (Sighting& past : target->withheld)
      past.box = between(target->last_observed, detection.box,
                         static_cast<float>(past.frame_num - target->last_observed_frame) / gap);
    target->state = TargetState::kActive;
    hand_out_withheld(target);
  }
  target->shadow_age = 0;
  target->last_observed = detection.box;
  target->last_observed_frame = frame_num_;
  if (config_->trajectory.enable_reassociation) {
    const auto most = static_cast<size_t>(std::max(1, config_->trajectory.preparation_length));
    if (target->observed.size() >= most) target->observed.erase(target->observed.begin());
    target->observed.push_back(sighting(*target));
  }
}

void Tracker::miss(Target* target) {
  ++target->shadow_age;
  target->belief *= kBeliefAfterMiss;
  target->confidence *= kBeliefAfterMiss;
}

bool Tracker::is_duplicate(const Detection& detection) const {
  return std::any_of(targets_.begin(), targets_.end(), [&](const Target& target) {
    return target.shadow_age == 0 &&
           iou(target.filter.box(), detection.box) > config_->targets.min_iou_for_duplicate;
  });
}

void Tracker::start(const Detection& detection, int index) {
  if (static_cast<int>(targets_.size()) >= config_->targets.max_targets_per_stream ||
      is_duplicate(detection))
    return;
  Target target;
  target.class_id = detection.class_id;
  target.component_id = detection.component_id;
  target.filter = BoxFilter(config_->estimator, detection.box);
  target.predicted = detection.box;
  targets_.push_back(std::move(target));
  detection_of_.push_back(index);
  observe(&targets_.back(), detection);
}

void Tracker::learn_looks(Looks* looks) {
  const auto capacity = static_cast<size_t>(std::max(1, config_->reid.history_size));
  const int interval = config_->trajectory.reid_extraction_interval;
  due_.clear();
  for (size_t i = 0; i < targets_.size(); ++i)
    if (detection_of_[i] >= 0 && --targets_[i].frames_to_look <= 0)
      due_.push_back(detection_of_[i]);
  looks->take(due_);
  for (size_t i = 0; i < targets_.size(); ++i) {
    Target& target = targets_[i];
    if (detection_of_[i] >= 0 && target.frames_to_look <= 0 &&
        looks->learn(detection_of_[i], capacity, &target.gallery))
      target.frames_to_look = interval < 0 ? std::numeric_limits<int>::max() : interval + 1;
  }
}

// Who comes out from behind another is hidden at first; whether it is somebody known shows later.
bool Tracker::waits_to_be_seen(const Target& target, const Looks& looks) const {
  if (!looks.exist() || !config_->reid.in_reassociation() || !target.gallery.empty() ||
      !config_->trajectory.enable_reassociation ||
      target.age > config_->targets.probation_age + kMaxWaitToBeSeen)
    return false;
  return !reassociator_.empty() ||
         std::any_of(targets_.begin(), targets_.end(),
                     [](const Target& t) { return t.was_active() && t.shadow_age > 0; });
}

void Tracker::activate_proven(const Looks& looks) {
  // One confident detection is enough; of weak ones it takes some.
  const float sure = config_->associator.tentative_detector_confidence;
  for (Target& target : targets_)
    if (target.state == TargetState::kTentative && target.shadow_age == 0 &&
        target.age > config_->targets.probation_age && target.evidence >= sure * sure &&
        !waits_to_be_seen(target, looks))
      activate(&target);
}

void Tracker::activate(Target* target) {
  target->state = TargetState::kActive;
  Target* lost = config_->trajectory.enable_reassociation
                     ? reassociator_.find(*config_, *target, &targets_)
                     : nullptr;
  if (lost) {
    lost->continued = true;
    target->id = lost->id;
    target->age += static_cast<int>(frame_num_ - lost->last_observed_frame);
    lost->history.insert(lost->history.end(), target->history.begin(), target->history.end());
    target->history = std::move(lost->history);
  } else {
    target->id = ids_->next();
  }
  hand_out_withheld(target);
}

void Tracker::remove_terminated() {
  const TargetManagementConfig& limits = config_->targets;
  size_t kept = 0;
  for (size_t i = 0; i < targets_.size(); ++i) {
    Target& target = targets_[i];
    const bool is_over = target.was_active() ? target.shadow_age > limits.max_shadow_tracking_age
                                             : target.shadow_age >= limits.early_termination_age;
    if (!is_over && !target.continued) {
      if (kept != i) {
        targets_[kept] = std::move(target);
        detection_of_[kept] = detection_of_[i];
      }
      ++kept;
      continue;
    }
    if (!target.was_active() || target.continued) continue;
    if (limits.output_terminated_tracks)
      result_.terminated.push_back(
          {target.id, target.class_id, target.component_id, target.history});
    if (config_->trajectory.enable_reassociation) reassociator_.archive(std::move(target));
  }
  targets_.resize(kept);
  detection_of_.resize(kept);
  if (config_->trajectory.enable_reassociation)
    reassociator_.forget(config_->trajectory, frame_num_);
}

void Tracker::report() {
  const TargetManagementConfig& limits = config_->targets;
  for (size_t i = 0; i < targets_.size(); ++i) {
    Target& target = targets_[i];
    if (target.state == TargetState::kActive && target.shadow_age > 0 &&
        target.confidence < limits.min_tracker_confidence)
      target.state = TargetState::kShadow;
    if (limits.output_terminated_tracks) target.history.push_back(sighting(target));
    if (target.state == TargetState::kActive)
      result_.objects.push_back({target.id, target.filter.box(), target.confidence, target.class_id,
                                 target.component_id, detection_of_[i]});
    else
      target.withheld.push_back(sighting(target));
    if (target.state == TargetState::kShadow && limits.output_shadow_tracks)
      result_.shadow.push_back(
          {target.id, target.class_id, target.component_id, {target.withheld.back()}});
  }
}

void Tracker::hand_out_withheld(Target* target) {
  if (target->withheld.empty()) return;
  result_.past_frames.push_back(
      {target->id, target->class_id, target->component_id, std::move(target->withheld)});
  target->withheld.clear();
}

Sighting Tracker::sighting(const Target& target) const {
  return {frame_num_, target.filter.box(), target.confidence, static_cast<uint32_t>(target.age),
          target.state};
}

}  // namespace pyds::track
