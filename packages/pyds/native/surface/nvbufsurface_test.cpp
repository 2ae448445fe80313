#include "nvbufsurface.h"

#include <gtest/gtest.h>

namespace {

class Surfaces : public testing::Test {
 protected:
  static NvBufSurface* make(NvBufSurfaceColorFormat format, uint32_t width = 6) {
    NvBufSurfaceCreateParams params = {};
    params.width = width;
    params.height = 4;
    params.colorFormat = format;
    NvBufSurface* surface = nullptr;
    EXPECT_EQ(NvBufSurfaceCreate(&surface, 2, &params), 0);
    return surface;
  }
  static uint8_t* pixels(NvBufSurface* surface, int index) {
    return static_cast<uint8_t*>(surface->surfaceList[index].mappedAddr.addr[0]);
  }
};

TEST_F(Surfaces, CopyTakesPixelsOfEveryPicture) {
  NvBufSurface* from = make(NVBUF_COLOR_FORMAT_NV12_709);
  NvBufSurface* to = make(NVBUF_COLOR_FORMAT_NV12_709);
  EXPECT_EQ(from->surfaceList[0].colorFormat, NVBUF_COLOR_FORMAT_NV12_709);
  EXPECT_EQ(NvBufSurfaceMemSet(from, 1, 0, 77), 0);
  EXPECT_EQ(NvBufSurfaceCopy(from, to), 0);
  EXPECT_EQ(pixels(to, 0)[5], 0);
  EXPECT_EQ(pixels(to, 1)[5], 77);
  EXPECT_EQ(NvBufSurfaceDestroy(from), 0);
  EXPECT_EQ(NvBufSurfaceDestroy(to), 0);
}

TEST_F(Surfaces, WhatDoesNotExistIsRefused) {
  NvBufSurface* surface = make(NVBUF_COLOR_FORMAT_RGBA);
  NvBufSurface* wider = make(NVBUF_COLOR_FORMAT_RGBA, 8);
  EXPECT_EQ(NvBufSurfaceMap(surface, -1, -1, NVBUF_MAP_READ_WRITE), 0);
  EXPECT_EQ(NvBufSurfaceMap(surface, 2, 0, NVBUF_MAP_READ), -1);
  EXPECT_EQ(NvBufSurfaceSyncForCpu(surface, 0, 1), -1);
  EXPECT_EQ(NvBufSurfaceCopy(surface, wider), -1);
  EXPECT_EQ(NvBufSurfaceDestroy(surface), 0);
  EXPECT_EQ(NvBufSurfaceDestroy(surface), -1);
  EXPECT_EQ(NvBufSurfaceDestroy(wider), 0);
  NvBufSurfaceCreateParams params = {};
  params.width = params.height = 8;
  params.colorFormat = NVBUF_COLOR_FORMAT_NV12_10LE;
  EXPECT_EQ(NvBufSurfaceCreate(&surface, 1, &params), -1);
}

}  // namespace
