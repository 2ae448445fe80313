#include "format.h"

#include <gtest/gtest.h>

#include "error.h"

namespace cuframes {
namespace {

TEST(Format, LaysOutNv12OfTheGateCameraWithItsPitch) {
  const FrameLayout layout = frame_layout(CUFRAMES_FORMAT_NV12, 2688, 1520);
  EXPECT_EQ(layout.planes[0].pitch, 2816u);
  EXPECT_EQ(layout.planes[1].pitch, 2816u);
  EXPECT_EQ(layout.planes[1].width, 1344u);
  EXPECT_EQ(layout.planes[1].height, 760u);
  EXPECT_EQ(layout.planes[1].offset % kPlaneAlignment, 0u);
  EXPECT_GE(layout.planes[1].offset, 2816u * 1520);
}

TEST(Format, RoundsHalfPlanesUpForOddSizes) {
  const FrameLayout i420 = frame_layout(CUFRAMES_FORMAT_I420, 639, 359);
  EXPECT_EQ(i420.planes[1].width, 320u);
  EXPECT_EQ(i420.planes[2].height, 180u);
  const FrameLayout nv12 = frame_layout(CUFRAMES_FORMAT_NV12, 640, 359);
  EXPECT_EQ(nv12.planes[1].height, 180u);
}

TEST(Format, RefusesImpossibleFrames) {
  const auto status_of = [](uint32_t format, uint32_t width, uint32_t height) {
    try {
      frame_layout(format, width, height);
    } catch (const Error& error) {
      return error.status();
    }
    return CUFRAMES_OK;
  };
  EXPECT_EQ(status_of(CUFRAMES_FORMAT_NV12, 641, 480), CUFRAMES_E_FORMAT);
  EXPECT_EQ(status_of(CUFRAMES_FORMAT_RGB, 0, 480), CUFRAMES_E_FORMAT);
  EXPECT_EQ(status_of(CUFRAMES_FORMAT_RGB, 640, 1u << 20), CUFRAMES_E_FORMAT);
  EXPECT_EQ(status_of(CUFRAMES_FORMAT_RGBA, 32768, 32768), CUFRAMES_E_FORMAT);
  EXPECT_EQ(status_of(99, 640, 480), CUFRAMES_E_FORMAT);
}

TEST(Format, EveryNameLeadsBackToItsFormat) {
  for (uint32_t id = CUFRAMES_FORMAT_NV12; id <= CUFRAMES_FORMAT_GRAY16; ++id) {
    ASSERT_NE(find_format(id), nullptr);
    EXPECT_EQ(find_format(std::string(find_format(id)->name)), find_format(id));
  }
  EXPECT_EQ(find_format("H264"), nullptr);
}

TEST(Format, PlanesOutsideOfTheSlotAreRefused) {
  const FrameLayout good = frame_layout(CUFRAMES_FORMAT_NV12, 64, 64);
  cuframes_frame_info info{};
  EXPECT_NO_THROW(describe_planes(*good.format, good.planes.data(), 64, 64, 0, good.bytes, &info));
  EXPECT_EQ(info.nbytes, 64u * 64 * 3 / 2);
  for (int field = 0; field < 3; ++field) {
    FrameLayout bad = good;
    if (field == 0) bad.planes[1].offset = 0xffffff00u;
    if (field == 1) bad.planes[1].height = 0x7fffffffu;
    if (field == 2) bad.planes[1].pitch = 16;
    EXPECT_THROW(describe_planes(*bad.format, bad.planes.data(), 64, 64, 0, good.bytes, &info),
                 Error);
  }
}

}  // namespace
}  // namespace cuframes
