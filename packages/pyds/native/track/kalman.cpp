#include "track/kalman.h"

#include <algorithm>
#include <cmath>

namespace pyds::track {
namespace {

// Standard deviations as shares of the box's size, where the configuration gives no variance.
constexpr float kLocationShare = 1.0f / 20;
constexpr float kVelocityShare = 1.0f / 80;
constexpr float kMeasurementShare = 1.0f / 20;
// A new target's velocity is unknown: it may cross this share of its size in a frame.
constexpr float kInitialVelocityShare = 1.0f / 4;

float square(float x) { return x * x; }

// Variances for one step of a target of the given size.
struct Noise {
  float location;
  float size;
  float velocity;
  float measurement;
};

Noise noise_for(const StateEstimatorConfig& config, float size) {
  return {config.process_noise_location.value_or(square(kLocationShare * size)),
          config.process_noise_size.value_or(square(kLocationShare * size)),
          config.process_noise_velocity.value_or(square(kVelocityShare * size)),
          config.measurement_noise_detector.value_or(square(kMeasurementShare * size))};
}

float size_of(float width, float height) {
  return std::sqrt(std::max(width, 1.0f) * std::max(height, 1.0f));
}

bool size_moves(EstimatorType type) { return type == EstimatorType::kRegular; }

}  // namespace

void Axis::predict(float value_noise, float velocity_noise) {
  value += velocity;
  value_variance += 2 * cross_covariance + velocity_variance + value_noise;
  cross_covariance += velocity_variance;
  velocity_variance += velocity_noise;
}

void Axis::correct(float measured, float noise) {
  const float total = value_variance + noise;
  if (total <= 0) {
    value = measured;
    return;
  }
  const float surprise = measured - value;
  const float value_gain = value_variance / total;
  const float velocity_gain = cross_covariance / total;
  value += value_gain * surprise;
  velocity += velocity_gain * surprise;
  velocity_variance -= velocity_gain * cross_covariance;
  cross_covariance *= 1 - value_gain;
  value_variance *= 1 - value_gain;
}

BoxFilter::BoxFilter(const StateEstimatorConfig& config, const Box& box) {
  const float size = size_of(box.width, box.height);
  const float measured = noise_for(config, size).measurement;
  const bool moves = config.type != EstimatorType::kDummy;
  const float unknown = moves ? square(kInitialVelocityShare * size) : 0;
  const float grows = size_moves(config.type) ? unknown : 0;
  const float placed = moves ? measured : 0;
  x_ = {box.center_x(), 0, placed, 0, unknown};
  y_ = {box.center_y(), 0, placed, 0, unknown};
  width_ = {box.width, 0, placed, 0, grows};
  height_ = {box.height, 0, placed, 0, grows};
}

void BoxFilter::predict(const StateEstimatorConfig& config) {
  if (config.type == EstimatorType::kDummy) return;
  const Noise noise = noise_for(config, size_of(width_.value, height_.value));
  const float growth = size_moves(config.type) ? noise.velocity : 0;
  x_.predict(noise.location, noise.velocity);
  y_.predict(noise.location, noise.velocity);
  // A target never shrinks to nothing while it is not seen.
  if (width_.value + width_.velocity < width_.value / 2) width_.velocity = 0;
  if (height_.value + height_.velocity < height_.value / 2) height_.velocity = 0;
  width_.predict(noise.size, growth);
  height_.predict(noise.size, growth);
}

void BoxFilter::correct(const StateEstimatorConfig& config, const Box& measured) {
  const Noise noise = noise_for(config, size_of(measured.width, measured.height));
  const bool trusted = config.type == EstimatorType::kDummy;
  const bool trusted_size = trusted || config.type == EstimatorType::kLocation;
  x_.correct(measured.center_x(), trusted ? 0 : noise.measurement);
  y_.correct(measured.center_y(), trusted ? 0 : noise.measurement);
  width_.correct(measured.width, trusted_size ? 0 : noise.measurement);
  height_.correct(measured.height, trusted_size ? 0 : noise.measurement);
}

Box BoxFilter::box() const {
  const float width = std::max(width_.value, 1.0f);
  const float height = std::max(height_.value, 1.0f);
  return {x_.value - width / 2, y_.value - height / 2, width, height};
}

float BoxFilter::confidence() const {
  // The overlap left, in each direction, when the centre is off by one standard deviation.
  const auto left = [](const Axis& place, const Axis& extent) {
    return std::max(0.0f, 1 - std::sqrt(place.value_variance) / std::max(extent.value, 1.0f));
  };
  return left(x_, width_) * left(y_, height_);
}

}  // namespace pyds::track
