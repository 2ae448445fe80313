#include "flow/estimator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace pyds::flow {
namespace {

constexpr int kWidth = 642, kHeight = 362;  // no multiples of a block
constexpr int kMargin = 32;

// A blurred random texture, seen through a window that moves over it.
class Scene {
 public:
  Scene() : pixels_(size_t(kColumns) * kRows) {
    std::minstd_rand random(7);
    std::vector<int> noise(pixels_.size());
    for (int& value : noise) value = int(random() % 256);
    constexpr int kRadius = 4;
    for (int y = kRadius; y < kRows - kRadius; ++y)
      for (int x = kRadius; x < kColumns - kRadius; ++x) {
        int sum = 0;
        for (int dy = -kRadius; dy <= kRadius; ++dy)
          for (int dx = -kRadius; dx <= kRadius; ++dx) sum += noise[(y + dy) * kColumns + x + dx];
        const int mean = sum / ((2 * kRadius + 1) * (2 * kRadius + 1));
        pixels_[y * kColumns + x] = uint8_t(std::clamp(128 + 5 * (mean - 128), 0, 255));
      }
  }

  // What is seen when the content has moved right and down by as many pixels.
  GreyView moved(int right, int down) const {
    return {pixels_.data() + (kMargin - down) * kColumns + kMargin - right, kWidth, kHeight,
            kColumns};
  }

 private:
  static constexpr int kColumns = kWidth + 2 * kMargin, kRows = kHeight + 2 * kMargin;
  std::vector<uint8_t> pixels_;
};

double median(std::vector<short> values) {
  std::nth_element(values.begin(), values.begin() + long(values.size() / 2), values.end());
  return values[values.size() / 2] / 32.0;
}

struct Motion {
  Preset preset;
  int right, down;
};

class EstimatorTest : public testing::TestWithParam<Motion> {};

TEST_P(EstimatorTest, GivesThePixelsAPatternHasMovedBy) {
  const auto [preset, right, down] = GetParam();
  const Scene scene;
  const auto estimator = make_estimator(preset);
  const Grid grid = Grid::of(kWidth, kHeight);
  ASSERT_EQ(grid.columns, 161u);
  ASSERT_EQ(grid.rows, 91u);
  std::vector<NvOFFlowVector> vectors(grid.size());
  ASSERT_FALSE(estimator->next(scene.moved(0, 0), vectors.data()));
  ASSERT_TRUE(estimator->next(scene.moved(right, down), vectors.data()));

  std::vector<short> x, y;
  size_t near = 0;
  for (const NvOFFlowVector& vector : vectors) {
    x.push_back(vector.flowx);
    y.push_back(vector.flowy);
    near += std::abs(vector.flowx - right * 32) < 32 && std::abs(vector.flowy - down * 32) < 32;
  }
  EXPECT_NEAR(median(x), right, 0.25);
  EXPECT_NEAR(median(y), down, 0.25);
  EXPECT_GT(near, vectors.size() * 85 / 100);  // what enters at the edges has no past
}

INSTANTIATE_TEST_SUITE_P(Motions, EstimatorTest,
                         testing::Values(Motion{Preset::kFast, 0, 0}, Motion{Preset::kFast, 8, 0},
                                         Motion{Preset::kFast, -5, 3},
                                         Motion{Preset::kFast, 0, -12},
                                         Motion{Preset::kMedium, 8, -4},
                                         Motion{Preset::kSlow, 3, 1},
                                         Motion{Preset::kSlow, -8, 16}));

TEST(Estimator, StartsAnewWithAPictureOfAnotherSize) {
  const Scene scene;
  const auto estimator = make_estimator(Preset::kFast);
  std::vector<NvOFFlowVector> vectors(Grid::of(kWidth, kHeight).size());
  GreyView small = scene.moved(0, 0);
  small.width = 320;
  EXPECT_FALSE(estimator->next(scene.moved(0, 0), vectors.data()));
  EXPECT_FALSE(estimator->next(small, vectors.data()));
  EXPECT_TRUE(estimator->next(small, vectors.data()));
}

TEST(Estimator, RefusesPicturesTooSmallToSearchIn) {
  const Scene scene;
  const auto estimator = make_estimator(Preset::kFast);
  std::vector<NvOFFlowVector> vectors(Grid::of(kWidth, kHeight).size());
  GreyView small = scene.moved(0, 0);
  small.height = 100;
  try {
    estimator->next(small, vectors.data());
    FAIL() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(),
                 "pictures of 642 x 100 pixels are too small, both must be 128 or more");
  }
}

}  // namespace
}  // namespace pyds::flow
