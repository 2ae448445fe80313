#include "track/reassociation.h"

#include <algorithm>
#include <cmath>

namespace pyds::track {
namespace {

// A target slower than this share of its size per frame stands still: its direction says nothing.
constexpr float kStandingShare = 0.02f;
// Fewer detections than this give no velocity to compare.
constexpr size_t kMinLengthForVelocity = 3;
constexpr float kDegreesPerRadian = 57.2957795f;

// A straight line through the centres of detections, by least squares over time.
struct Line {
  float x = 0;  // centre in the last frame
  float y = 0;
  float velocity_x = 0;  // pixels per frame
  float velocity_y = 0;

  float speed() const { return std::hypot(velocity_x, velocity_y); }
};

Line fit(const std::vector<Sighting>& sightings) {
  const uint32_t last = sightings.back().frame_num;
  const auto time = [last](const Sighting& s) { return -static_cast<double>(last - s.frame_num); };
  double t = 0, x = 0, y = 0;
  for (const Sighting& s : sightings) {
    t += time(s);
    x += s.box.center_x();
    y += s.box.center_y();
  }
  const double count = static_cast<double>(sightings.size());
  t /= count;
  x /= count;
  y /= count;
  double tt = 0, tx = 0, ty = 0;
  for (const Sighting& s : sightings) {
    const double dt = time(s) - t;
    tt += dt * dt;
    tx += dt * (s.box.center_x() - x);
    ty += dt * (s.box.center_y() - y);
  }
  const double vx = tt > 0 ? tx / tt : 0;
  const double vy = tt > 0 ? ty / tt : 0;
  return {static_cast<float>(x - vx * t), static_cast<float>(y - vy * t), static_cast<float>(vx),
          static_cast<float>(vy)};
}

bool motions_agree(const TrajectoryConfig& config, const Line& a, const Line& b, float size) {
  const float standing = kStandingShare * size;
  const float slower = std::min(a.speed(), b.speed());
  const float faster = std::max(a.speed(), b.speed());
  if ((slower + standing) / (faster + standing) < config.min_speed_similarity) return false;
  if (slower <= standing) return true;
  const float cosine =
      (a.velocity_x * b.velocity_x + a.velocity_y * b.velocity_y) / (a.speed() * b.speed());
  return std::acos(std::clamp(cosine, -1.0f, 1.0f)) * kDegreesPerRadian <= config.max_angle_degrees;
}

}  // namespace

float tracklet_similarity(const TrajectoryConfig& config, const Target& lost, const Target& found) {
  if (found.observed.empty() || lost.observed.empty() ||
      static_cast<int>(lost.observed.size()) < config.min_length_for_projection)
    return 0;
  const int64_t last_seen = lost.observed.back().frame_num;
  const int64_t gap = found.observed.front().frame_num - last_seen;
  if (gap < 1 || gap > config.projection_length) return 0;
  const Box& before = lost.last_observed;
  if (size_similarity(before, found.observed.front().box) < config.min_box_size_similarity)
    return 0;

  const Line line = fit(lost.observed);
  if (found.observed.size() >= kMinLengthForVelocity &&
      !motions_agree(config, line, fit(found.observed), std::sqrt(before.area())))
    return 0;

  // The object may have slowed down or sped up while it was not seen: some frames earlier or later
  // on the line count as well.
  const auto best_overlap = [&](const Sighting& sighting) {
    const Box seen = grown(sighting.box, config.search_region_scale);
    const int frames = static_cast<int>(sighting.frame_num - last_seen);
    float best = 0;
    for (int shift = -std::min(config.max_time_search_range, frames);
         shift <= config.max_time_search_range; ++shift) {
      const float t = static_cast<float>(frames + shift);
      const Box there{line.x + t * line.velocity_x - before.width / 2,
                      line.y + t * line.velocity_y - before.height / 2, before.width,
                      before.height};
      best = std::max(best, iou(grown(there, config.search_region_scale), seen));
    }
    return best;
  };
  float sum = 0;
  for (const Sighting& sighting : found.observed) sum += best_overlap(sighting);
  return sum / static_cast<float>(found.observed.size());
}

void Reassociator::archive(Target target) {
  if (!target.observed.empty()) archive_.push_back(std::move(target));
}

void Reassociator::forget(const TrajectoryConfig& config, uint32_t frame_num) {
  const auto is_past = [&](const Target& target) {
    const int64_t frames = int64_t{frame_num} - target.last_observed_frame;
    return target.continued || frames < 0 || frames > config.projection_length;
  };
  archive_.erase(std::remove_if(archive_.begin(), archive_.end(), is_past), archive_.end());
}

Target* Reassociator::find(const Config& config, const Target& found,
                           std::vector<Target>* targets) {
  const TrajectoryConfig& limits = config.trajectory;
  const bool looks_count = config.reid.in_reassociation() && !found.gallery.empty();
  Target* best = nullptr;
  float best_score = 0;
  const auto consider = [&](Target* lost) {
    if (lost->continued ||
        (config.associator.check_class_match &&
         (lost->class_id != found.class_id || lost->component_id != found.component_id)))
      return;
    const float motion = tracklet_similarity(limits, *lost, found);
    const bool motion_fits = motion > 0 && motion >= limits.min_tracklet_similarity;
    float score = 0;
    if (looks_count && !lost->gallery.empty()) {
      const float looks = lost->gallery.similarity(found.gallery);
      if (looks < limits.min_reid_similarity) return;
      score = limits.weight_reid_similarity * looks;
      if (motion_fits) score += limits.weight_tracklet_similarity * motion;
    } else if (motion_fits) {
      // With one measure only, its weight says nothing.
      score = motion;
    }
    if (score > best_score && score >= limits.min_overall) {
      best = lost;
      best_score = score;
    }
  };
  for (Target& lost : archive_) consider(&lost);
  for (Target& lost : *targets)
    if (lost.was_active() && lost.shadow_age > 0) consider(&lost);
  return best;
}

}  // namespace pyds::track
