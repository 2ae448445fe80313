// The motion model: a Kalman filter over a box's centre and size.
//
// Process and measurement noise are independent per coordinate, so the 8-state filter falls apart
// into four filters of two states (value, velocity), each a handful of scalar operations.
#pragma once

#include "track/box.h"
#include "track/config.h"

namespace pyds::track {

// One coordinate that moves with nearly constant velocity; one step is one frame.
struct Axis {
  float value = 0;
  float velocity = 0;
  // Covariance.
  float value_variance = 0;
  float cross_covariance = 0;
  float velocity_variance = 0;

  void predict(float value_noise, float velocity_noise);
  // `noise` is the variance of the measurement; 0 takes it as it is.
  void correct(float measured, float noise);
};

class BoxFilter {
 public:
  BoxFilter() = default;
  // Starts at rest at `box`.
  BoxFilter(const StateEstimatorConfig& config, const Box& box);

  void predict(const StateEstimatorConfig& config);
  void correct(const StateEstimatorConfig& config, const Box& measured);
  Box box() const;
  float velocity_x() const { return x_.velocity; }
  float velocity_y() const { return y_.velocity; }
  // How much of the box is expected to be still on the object: 1 right at a detection, falling
  // towards 0 as the uncertainty of the place grows against the size of the box.
  float confidence() const;

 private:
  Axis x_;
  Axis y_;
  Axis width_;
  Axis height_;
};

}  // namespace pyds::track
