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

// Suffixes: _ER full range, _709 and _2020 the matrix (BT.601 without), LE little-endian samples.
// Pictures here are GRAY8, YUV420, NV12, RGBA, BGRA, RGBx, BGRx, RGB or BGR.
typedef enum {
  NVBUF_COLOR_FORMAT_INVALID = 0,
  NVBUF_COLOR_FORMAT_GRAY8 = 1,
  NVBUF_COLOR_FORMAT_YUV420 = 2,
  NVBUF_COLOR_FORMAT_YVU420 = 3,
  NVBUF_COLOR_FORMAT_YUV420_ER = 4,
  NVBUF_COLOR_FORMAT_YVU420_ER = 5,
  NVBUF_COLOR_FORMAT_NV12 = 6,
  NVBUF_COLOR_FORMAT_NV12_ER = 7,
  NVBUF_COLOR_FORMAT_NV21 = 8,
  NVBUF_COLOR_FORMAT_NV21_ER = 9,
  NVBUF_COLOR_FORMAT_UYVY = 10,
  NVBUF_COLOR_FORMAT_UYVY_ER = 11,
  NVBUF_COLOR_FORMAT_VYUY = 12,
  NVBUF_COLOR_FORMAT_VYUY_ER = 13,
  NVBUF_COLOR_FORMAT_YUYV = 14,
  NVBUF_COLOR_FORMAT_YUYV_ER = 15,
  NVBUF_COLOR_FORMAT_YVYU = 16,
  NVBUF_COLOR_FORMAT_YVYU_ER = 17,
  NVBUF_COLOR_FORMAT_YUV444 = 18,
  NVBUF_COLOR_FORMAT_RGBA = 19,
  NVBUF_COLOR_FORMAT_BGRA = 20,
  NVBUF_COLOR_FORMAT_ARGB = 21,
  NVBUF_COLOR_FORMAT_ABGR = 22,
  NVBUF_COLOR_FORMAT_RGBx = 23,
  NVBUF_COLOR_FORMAT_BGRx = 24,
  NVBUF_COLOR_FORMAT_xRGB = 25,
  NVBUF_COLOR_FORMAT_xBGR = 26,
  NVBUF_COLOR_FORMAT_RGB = 27,
  NVBUF_COLOR_FORMAT_BGR = 28,
  NVBUF_COLOR_FORMAT_NV12_10LE = 29,
  NVBUF_COLOR_FORMAT_NV12_12LE = 30,
  NVBUF_COLOR_FORMAT_YUV420_709 = 31,
  NVBUF_COLOR_FORMAT_YUV420_709_ER = 32,
  NVBUF_COLOR_FORMAT_NV12_709 = 33,
  NVBUF_COLOR_FORMAT_NV12_709_ER = 34,
  NVBUF_COLOR_FORMAT_YUV420_2020 = 35,
  NVBUF_COLOR_FORMAT_NV12_2020 = 36,
  NVBUF_COLOR_FORMAT_NV12_10LE_ER = 37,
  NVBUF_COLOR_FORMAT_NV12_10LE_709 = 38,
  NVBUF_COLOR_FORMAT_NV12_10LE_709_ER = 39,
  NVBUF_COLOR_FORMAT_NV12_10LE_2020 = 40,
  NVBUF_COLOR_FORMAT_SIGNED_R16G16 = 41,
  NVBUF_COLOR_FORMAT_LAST = 113
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

typedef enum {
  NVBUF_MAP_READ = 0,
  NVBUF_MAP_WRITE = 1,
  NVBUF_MAP_READ_WRITE = 2
} NvBufSurfaceMemMapFlags;

typedef struct NvBufSurfaceCreateParams {
  uint32_t gpuId;   // no effect
  uint32_t width;   // pixels
  uint32_t height;  // pixels
  uint32_t size;    // no effect
  bool isContiguous;
  NvBufSurfaceColorFormat colorFormat;
  NvBufSurfaceLayout layout;    // pitch only
  NvBufSurfaceMemType memType;  // no effect: memory is the CPU's
  void* _reserved[STRUCTURE_PADDING];
} NvBufSurfaceCreateParams;

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

// All functions return 0, or -1 if the surface, an index, a plane or a format is not valid. An
// index or plane of -1 stands for all of them. Surfaces in CPU memory are always mapped: mapping
// and synchronising only check their arguments.

// Pictures of a format of our own, zeroed. Destroy takes only what create made.
int NvBufSurfaceCreate(NvBufSurface** surf, uint32_t batchSize, NvBufSurfaceCreateParams* params);
int NvBufSurfaceDestroy(NvBufSurface* surf);
int NvBufSurfaceMap(NvBufSurface* surf, int index, int plane, NvBufSurfaceMemMapFlags type);
int NvBufSurfaceUnMap(NvBufSurface* surf, int index, int plane);
int NvBufSurfaceSyncForCpu(NvBufSurface* surf, int index, int plane);
int NvBufSurfaceSyncForDevice(NvBufSurface* surf, int index, int plane);
// Copies every picture; both surfaces have as many, of the same sizes and formats.
int NvBufSurfaceCopy(NvBufSurface* srcSurf, NvBufSurface* dstSurf);
// Sets every byte of a plane.
int NvBufSurfaceMemSet(NvBufSurface* surf, int index, int plane, uint8_t value);

#ifdef __cplusplus
}
#endif
