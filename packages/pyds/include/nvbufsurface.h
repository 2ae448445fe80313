// NvBufSurface: what mapping a `video/x-raw(memory:NVMM)` GstBuffer yields, the pictures of a
// batch.
//
// The descriptor and the pixels belong to the buffer and are valid while it is mapped. Pixels are
// in CPU memory (NVBUF_MEM_SYSTEM). Mapping with GST_MAP_WRITE makes every picture exclusive first.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NVBUF_MAX_PLANES 4
#define STRUCTURE_PADDING 4

typedef enum {
  NVBUF_COLOR_FORMAT_INVALID = 0,
  NVBUF_COLOR_FORMAT_GRAY8 = 1,
  NVBUF_COLOR_FORMAT_YUV420 = 2,
  NVBUF_COLOR_FORMAT_YUV420_ER = 4,
  NVBUF_COLOR_FORMAT_NV12 = 6,
  NVBUF_COLOR_FORMAT_NV12_ER = 7,
  NVBUF_COLOR_FORMAT_RGBA = 19,
  NVBUF_COLOR_FORMAT_BGRA = 20,
  NVBUF_COLOR_FORMAT_RGBx = 23,
  NVBUF_COLOR_FORMAT_BGRx = 24,
  NVBUF_COLOR_FORMAT_RGB = 27,
  NVBUF_COLOR_FORMAT_BGR = 28,
  NVBUF_COLOR_FORMAT_YUV420_709 = 31,
  NVBUF_COLOR_FORMAT_YUV420_709_ER = 32,
  NVBUF_COLOR_FORMAT_NV12_709 = 33,
  NVBUF_COLOR_FORMAT_NV12_709_ER = 34,
  NVBUF_COLOR_FORMAT_YUV420_2020 = 35,
  NVBUF_COLOR_FORMAT_NV12_2020 = 36
} NvBufSurfaceColorFormat;

typedef enum { NVBUF_LAYOUT_PITCH, NVBUF_LAYOUT_BLOCK_LINEAR } NvBufSurfaceLayout;

typedef enum {
  NVBUF_MEM_DEFAULT = 0,
  NVBUF_MEM_CUDA_PINNED = 1,
  NVBUF_MEM_CUDA_DEVICE = 2,
  NVBUF_MEM_CUDA_UNIFIED = 3,
  NVBUF_MEM_SURFACE_ARRAY = 4,
  NVBUF_MEM_HANDLE = 5,
  NVBUF_MEM_SYSTEM = 6
} NvBufSurfaceMemType;

typedef struct NvBufSurfacePlaneParams {
  uint32_t num_planes;
  uint32_t width[NVBUF_MAX_PLANES];   // pixels
  uint32_t height[NVBUF_MAX_PLANES];  // rows
  uint32_t pitch[NVBUF_MAX_PLANES];   // bytes
  uint32_t offset[NVBUF_MAX_PLANES];  // bytes from dataPtr
  uint32_t psize[NVBUF_MAX_PLANES];   // bytes
  uint32_t bytesPerPix[NVBUF_MAX_PLANES];
  void* _reserved[STRUCTURE_PADDING * NVBUF_MAX_PLANES];
} NvBufSurfacePlaneParams;

typedef struct NvBufSurfaceMappedAddr {
  void* addr[NVBUF_MAX_PLANES];
  void* eglImage;
  void* nvmmPtr;
  void* cudaPtr;
  void* _reserved[STRUCTURE_PADDING];
} NvBufSurfaceMappedAddr;

typedef struct NvBufSurfaceParams {
  uint32_t width;
  uint32_t height;
  uint32_t pitch;  // of plane 0, bytes
  NvBufSurfaceColorFormat colorFormat;
  NvBufSurfaceLayout layout;
  uint64_t bufferDesc;
  uint32_t dataSize;  // bytes
  void* dataPtr;
  NvBufSurfacePlaneParams planeParams;
  NvBufSurfaceMappedAddr mappedAddr;
  void* _reserved[STRUCTURE_PADDING];
} NvBufSurfaceParams;

typedef struct NvBufSurface {
  uint32_t gpuId;
  uint32_t batchSize;  // room for pictures
  uint32_t numFilled;  // pictures there
  bool isContiguous;
  NvBufSurfaceMemType memType;
  NvBufSurfaceParams* surfaceList;
  bool isImportedBuf;
  void* _reserved[STRUCTURE_PADDING];
} NvBufSurface;

#ifdef __cplusplus
}
#endif
