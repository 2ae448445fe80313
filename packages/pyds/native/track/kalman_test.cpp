#include "track/kalman.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace pyds::track {
namespace {

// The textbook filter over (value, velocity), with matrices, to compare Axis with.
struct MatrixFilter {
  std::array<double, 2> x;
  std::array<std::array<double, 2>, 2> p;

  void predict(double q_value, double q_velocity) {
    x = {x[0] + x[1], x[1]};
    const auto f = std::array<std::array<double, 2>, 2>{{{1, 1}, {0, 1}}};
    std::array<std::array<double, 2>, 2> fp{}, fpf{};
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 2; ++j)
        for (int k = 0; k < 2; ++k) fp[i][j] += f[i][k] * p[k][j];
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 2; ++j)
        for (int k = 0; k < 2; ++k) fpf[i][j] += fp[i][k] * f[j][k];
    p = fpf;
    p[0][0] += q_value;
    p[1][1] += q_velocity;
  }
  void correct(double z, double r) {
    const double s = p[0][0] + r;
    const std::array<double, 2> k = {p[0][0] / s, p[1][0] / s};
    const double y = z - x[0];
    x = {x[0] + k[0] * y, x[1] + k[1] * y};
    const auto old = p;
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 2; ++j) p[i][j] = old[i][j] - k[i] * old[0][j];
  }
};

TEST(Axis, EqualsTheMatrixForm) {
  Axis axis{10, 0, 4, 0, 25};
  MatrixFilter reference{{10, 0}, {{{4, 0}, {0, 25}}}};
  for (int i = 1; i <= 40; ++i) {
    axis.predict(0.5f, 0.1f);
    reference.predict(0.5, 0.1);
    if (i % 3) {
      const double z = 10 + 2.0 * i + std::sin(i);
      axis.correct(static_cast<float>(z), 2);
      reference.correct(z, 2);
    }
    ASSERT_NEAR(axis.value, reference.x[0], 1e-3) << i;
    ASSERT_NEAR(axis.velocity, reference.x[1], 1e-3) << i;
    ASSERT_NEAR(axis.value_variance, reference.p[0][0], 1e-3) << i;
    ASSERT_NEAR(axis.velocity_variance, reference.p[1][1], 1e-3) << i;
  }
}

Box moving(int frame) { return {100.0f + 8 * frame, 50.0f - 2 * frame, 40, 80}; }

TEST(BoxFilter, LearnsTheVelocityOfABoxAndGoesOnWithIt) {
  const StateEstimatorConfig config;
  BoxFilter filter(config, moving(0));
  for (int i = 1; i <= 15; ++i) {
    filter.predict(config);
    filter.correct(config, moving(i));
  }
  EXPECT_NEAR(filter.velocity_x(), 8, 0.3);
  EXPECT_NEAR(filter.velocity_y(), -2, 0.3);
  for (int i = 0; i < 5; ++i) filter.predict(config);
  EXPECT_GT(iou(filter.box(), moving(20)), 0.9f);
}

TEST(BoxFilter, GrowingBoxesGrowOnOnlyWithTheRegularEstimator) {
  for (const EstimatorType type : {EstimatorType::kSimple, EstimatorType::kRegular}) {
    StateEstimatorConfig config;
    config.type = type;
    BoxFilter filter(config, {0, 0, 40, 40});
    for (int i = 1; i <= 15; ++i) {
      filter.predict(config);
      filter.correct(config, {0, 0, 40.0f + 4 * i, 40.0f + 4 * i});
    }
    const float before = filter.box().width;
    for (int i = 0; i < 5; ++i) filter.predict(config);
    const float grown_by = filter.box().width - before;
    if (type == EstimatorType::kSimple)
      EXPECT_FLOAT_EQ(grown_by, 0);
    else
      EXPECT_NEAR(grown_by, 20, 3);
  }
}

TEST(BoxFilter, DummyEstimatorRepeatsTheLastDetection) {
  StateEstimatorConfig config;
  config.type = EstimatorType::kDummy;
  BoxFilter filter(config, moving(0));
  filter.predict(config);
  filter.correct(config, moving(1));
  filter.predict(config);
  EXPECT_FLOAT_EQ(filter.box().left, moving(1).left);
  EXPECT_FLOAT_EQ(filter.box().top, moving(1).top);
}

TEST(BoxFilter, ConfidenceFallsWhileNothingIsMeasured) {
  const StateEstimatorConfig config;
  BoxFilter filter(config, moving(0));
  float before = filter.confidence();
  EXPECT_LE(before, 1);
  for (int i = 0; i < 10; ++i) {
    filter.predict(config);
    EXPECT_LE(filter.confidence(), before);
    before = filter.confidence();
  }
  EXPECT_GE(before, 0);
  EXPECT_LT(before, 0.5f);
}

TEST(BoxFilter, AShrinkingTargetNeverVanishes) {
  StateEstimatorConfig config;
  config.type = EstimatorType::kRegular;
  BoxFilter filter(config, {0, 0, 40, 40});
  for (int i = 1; i <= 4; ++i) {
    filter.predict(config);
    filter.correct(config, {0, 0, 40.0f - 8 * i, 40.0f - 8 * i});
  }
  for (int i = 0; i < 100; ++i) filter.predict(config);
  EXPECT_GE(filter.box().width, 1);
  EXPECT_GE(filter.box().height, 1);
}

}  // namespace
}  // namespace pyds::track
