// The C functions of nvbufsurface.h.
#include "nvbufsurface.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "surface/block.h"
#include "surface/descriptor.h"

namespace {

using pyds::Block;
using pyds::BlockPool;
using pyds::BlockRef;

struct Created {
  NvBufSurface surface = {};
  std::vector<NvBufSurfaceParams> params;
  std::vector<BlockRef> blocks;
};

std::mutex mutex;
// What NvBufSurfaceCreate() made. Never destroyed: others may be at work during static destruction.
auto& created = *new std::unordered_map<NvBufSurface*, std::unique_ptr<Created>>;

// Calls `visit(picture, plane)` for what `index` and `plane` name; -1 if they name nothing.
template <typename Visit>
int for_each_plane(NvBufSurface* surface, int index, int plane, Visit visit) {
  if (!surface || !surface->surfaceList || index < -1 || plane < -1) return -1;
  const int pictures = static_cast<int>(surface->numFilled);
  if (index >= pictures) return -1;
  for (int i = std::max(index, 0); i < (index < 0 ? pictures : index + 1); ++i) {
    NvBufSurfaceParams& picture = surface->surfaceList[i];
    const int planes = static_cast<int>(picture.planeParams.num_planes);
    if (!picture.dataPtr || plane >= planes) return -1;
    for (int p = std::max(plane, 0); p < (plane < 0 ? planes : plane + 1); ++p) visit(picture, p);
  }
  return 0;
}

int check(NvBufSurface* surface, int index, int plane) {
  return for_each_plane(surface, index, plane, [](NvBufSurfaceParams&, int) {});
}

uint8_t* plane_data(const NvBufSurfaceParams& picture, int plane) {
  return static_cast<uint8_t*>(picture.dataPtr) + picture.planeParams.offset[plane];
}

bool are_alike(const NvBufSurfaceParams& a, const NvBufSurfaceParams& b) {
  return a.width == b.width && a.height == b.height && a.colorFormat == b.colorFormat &&
         a.dataPtr && b.dataPtr && a.planeParams.num_planes == b.planeParams.num_planes;
}

void copy_plane(const NvBufSurfaceParams& from, const NvBufSurfaceParams& to, int plane) {
  const NvBufSurfacePlaneParams& layout = from.planeParams;
  const size_t row = size_t{layout.width[plane]} * layout.bytesPerPix[plane];
  for (uint32_t y = 0; y < layout.height[plane]; ++y)
    std::memcpy(plane_data(to, plane) + size_t{y} * to.planeParams.pitch[plane],
                plane_data(from, plane) + size_t{y} * layout.pitch[plane], row);
}

}  // namespace

int NvBufSurfaceCreate(NvBufSurface** surf, uint32_t batchSize, NvBufSurfaceCreateParams* params) {
  if (!surf || !params || batchSize == 0 || params->width == 0 || params->height == 0) return -1;
  GstVideoInfo info;
  if (params->layout != NVBUF_LAYOUT_PITCH ||
      !pyds::set_info(&info, params->colorFormat, params->width, params->height))
    return -1;
  auto made = std::make_unique<Created>();
  const auto pool = BlockPool::create(info, 0);
  for (uint32_t i = 0; i < batchSize; ++i) {
    made->blocks.push_back(pool->acquire());
    const Block& block = *made->blocks.back();
    std::memset(block.data(), 0, GST_VIDEO_INFO_SIZE(&block.info()));
    made->params.push_back(pyds::describe(block));
  }
  made->surface.gpuId = params->gpuId;
  made->surface.batchSize = made->surface.numFilled = batchSize;
  made->surface.memType = NVBUF_MEM_SYSTEM;
  made->surface.surfaceList = made->params.data();
  *surf = &made->surface;
  const std::lock_guard<std::mutex> guard(mutex);
  created[*surf] = std::move(made);
  return 0;
}

int NvBufSurfaceDestroy(NvBufSurface* surf) {
  const std::lock_guard<std::mutex> guard(mutex);
  return created.erase(surf) ? 0 : -1;
}

int NvBufSurfaceMap(NvBufSurface* surf, int index, int plane, NvBufSurfaceMemMapFlags) {
  return for_each_plane(surf, index, plane, [](NvBufSurfaceParams& picture, int p) {
    picture.mappedAddr.addr[p] = plane_data(picture, p);
  });
}

int NvBufSurfaceUnMap(NvBufSurface* surf, int index, int plane) {
  return check(surf, index, plane);
}

int NvBufSurfaceSyncForCpu(NvBufSurface* surf, int index, int plane) {
  return check(surf, index, plane);
}

int NvBufSurfaceSyncForDevice(NvBufSurface* surf, int index, int plane) {
  return check(surf, index, plane);
}

int NvBufSurfaceCopy(NvBufSurface* srcSurf, NvBufSurface* dstSurf) {
  if (!srcSurf || !dstSurf || !srcSurf->surfaceList || !dstSurf->surfaceList ||
      srcSurf->numFilled != dstSurf->numFilled)
    return -1;
  for (uint32_t i = 0; i < srcSurf->numFilled; ++i)
    if (!are_alike(srcSurf->surfaceList[i], dstSurf->surfaceList[i])) return -1;
  return for_each_plane(srcSurf, -1, -1, [&](NvBufSurfaceParams& picture, int plane) {
    copy_plane(picture, dstSurf->surfaceList[&picture - srcSurf->surfaceList], plane);
  });
}

int NvBufSurfaceMemSet(NvBufSurface* surf, int index, int plane, uint8_t value) {
  return for_each_plane(surf, index, plane, [value](NvBufSurfaceParams& picture, int p) {
    std::memset(plane_data(picture, p), value, picture.planeParams.psize[p]);
  });
}
