// cuda_driver.h declares the driver's ABI by hand; this compares it with NVIDIA's header.

#include "cuda_driver.h"

#include <cuda.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <type_traits>

namespace cuframes::cuda {
namespace {

static_assert(sizeof(AllocationProp) == sizeof(CUmemAllocationProp));
static_assert(offsetof(AllocationProp, requested_handle_types) ==
              offsetof(CUmemAllocationProp, requestedHandleTypes));
static_assert(offsetof(AllocationProp, location) == offsetof(CUmemAllocationProp, location));
static_assert(offsetof(AllocationProp, flags) == offsetof(CUmemAllocationProp, allocFlags));
static_assert(sizeof(AccessDesc) == sizeof(CUmemAccessDesc));
static_assert(offsetof(AccessDesc, flags) == offsetof(CUmemAccessDesc, flags));
static_assert(sizeof(IpcMemHandle) == sizeof(CUipcMemHandle));
static_assert(sizeof(Uuid) == sizeof(CUuuid));
static_assert(sizeof(Memcpy2D) == sizeof(CUDA_MEMCPY2D));
static_assert(offsetof(Memcpy2D, src_device) == offsetof(CUDA_MEMCPY2D, srcDevice));
static_assert(offsetof(Memcpy2D, dst_pitch) == offsetof(CUDA_MEMCPY2D, dstPitch));
static_assert(offsetof(Memcpy2D, height) == offsetof(CUDA_MEMCPY2D, Height));
static_assert(sizeof(AllocationHandle) == sizeof(CUmemGenericAllocationHandle));
static_assert(sizeof(DevicePtr) == sizeof(CUdeviceptr));

TEST(CudaAbi, ConstantsAreTheDriversOwn) {
  EXPECT_EQ(kDeinitialized, CUDA_ERROR_DEINITIALIZED);
  EXPECT_EQ(kHandlePosixFd, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR);
  EXPECT_EQ(kLocationDevice, CU_MEM_LOCATION_TYPE_DEVICE);
  EXPECT_EQ(kAllocationPinned, CU_MEM_ALLOCATION_TYPE_PINNED);
  EXPECT_EQ(kAccessRead, CU_MEM_ACCESS_FLAGS_PROT_READ);
  EXPECT_EQ(kAccessReadWrite, CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
  EXPECT_EQ(kGranularityRecommended, CU_MEM_ALLOC_GRANULARITY_RECOMMENDED);
  EXPECT_EQ(kAttributeVmm, CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED);
  EXPECT_EQ(kAttributePosixFd, CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR_SUPPORTED);
  EXPECT_EQ(kMemoryTypeHost, CU_MEMORYTYPE_HOST);
  EXPECT_EQ(kMemoryTypeDevice, CU_MEMORYTYPE_DEVICE);
  EXPECT_EQ(kCaptureModeRelaxed, CU_STREAM_CAPTURE_MODE_RELAXED);
  EXPECT_EQ(kHostRegisterPortable, static_cast<unsigned>(CU_MEMHOSTREGISTER_PORTABLE));
  EXPECT_EQ(kHostRegisterReadOnly, static_cast<unsigned>(CU_MEMHOSTREGISTER_READ_ONLY));
  EXPECT_EQ(kStreamNonBlocking, static_cast<unsigned>(CU_STREAM_NON_BLOCKING));
  EXPECT_EQ(kIpcLazyPeerAccess, static_cast<unsigned>(CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS));
}

}  // namespace
}  // namespace cuframes::cuda
