#include "flow/flow_picture.h"

#include <gmock/gmock.h>

#include <array>
#include <vector>

namespace pyds::flow {
namespace {

using Colour = std::array<uint8_t, 4>;

// The colours of blocks that move by these pixels.
std::vector<Colour> colours(const std::vector<std::array<int, 2>>& motions) {
  std::vector<NvOFFlowVector> vectors;
  for (const auto& [x, y] : motions) vectors.push_back({short(x * 32), short(y * 32)});
  NvDsOpticalFlowMeta flow = {};
  flow.rows = 1;
  flow.cols = unsigned(vectors.size());
  flow.data = vectors.data();
  std::vector<Colour> rgba(vectors.size());
  paint_flow(flow, rgba.data()->data());
  return rgba;
}

TEST(FlowPicture, ShowsTheDirectionAsHue) {
  EXPECT_THAT(colours({{10, 0}, {0, 10}, {-10, 0}, {0, -10}}),
              testing::ElementsAre(Colour{255, 0, 0, 255}, Colour{128, 255, 0, 255},
                                   Colour{0, 255, 255, 255}, Colour{128, 0, 255, 255}));
}

TEST(FlowPicture, ShowsTheSpeedAsBrightness) {
  EXPECT_THAT(
      colours({{20, 0}, {10, 0}, {0, 0}}),
      testing::ElementsAre(Colour{255, 0, 0, 255}, Colour{128, 0, 0, 255}, Colour{0, 0, 0, 255}));
}

TEST(FlowPicture, KeepsSlowScenesDark) {
  EXPECT_THAT(colours({{1, 0}, {0, 0}}),
              testing::ElementsAre(Colour{128, 0, 0, 255}, Colour{0, 0, 0, 255}));
}

}  // namespace
}  // namespace pyds::flow
