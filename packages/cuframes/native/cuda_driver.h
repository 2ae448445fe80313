#pragma once

/// The few functions of the CUDA driver that we use, found with dlopen: nothing of CUDA is needed
/// to build, and a machine without it runs the host-memory part. Types are declared here from the
/// driver's documented ABI; cuda_abi_test.cpp compares them with cuda.h where one is installed.

#include <cstddef>
#include <cstdint>
#include <string>

namespace cuframes::cuda {

using Result = int;  // 0 is success
using DevicePtr = uint64_t;
using Stream = void*;
using Context = void*;
using AllocationHandle = unsigned long long;

constexpr Result kSuccess = 0;
constexpr Result kDeinitialized = 4;
constexpr int kHandlePosixFd = 1;
constexpr int kLocationDevice = 1;
constexpr int kAllocationPinned = 1;
constexpr int kAccessRead = 1;
constexpr int kAccessReadWrite = 3;
constexpr int kGranularityRecommended = 1;
constexpr int kAttributeVmm = 102;
constexpr int kAttributePosixFd = 103;
constexpr int kMemoryTypeHost = 1;
constexpr int kMemoryTypeDevice = 2;
constexpr unsigned kStreamNonBlocking = 1;
constexpr unsigned kIpcLazyPeerAccess = 1;
constexpr int kCaptureModeRelaxed = 2;
constexpr unsigned kHostRegisterPortable = 1;  // for the contexts of all GPUs
constexpr unsigned kHostRegisterReadOnly = 8;

struct Uuid {
  unsigned char bytes[16];
};

struct Location {
  int type;
  int id;
};

struct AllocationProp {
  int type;
  int requested_handle_types;
  Location location;
  void* win32_handle_meta_data;
  struct {
    unsigned char compression_type;
    unsigned char gpu_direct_rdma_capable;
    unsigned short usage;
    unsigned char reserved[4];
  } flags;
};

struct AccessDesc {
  Location location;
  int flags;
};

struct IpcMemHandle {
  char reserved[64];
};

struct Memcpy2D {
  size_t src_x_in_bytes;
  size_t src_y;
  int src_memory_type;
  const void* src_host;
  DevicePtr src_device;
  void* src_array;
  size_t src_pitch;
  size_t dst_x_in_bytes;
  size_t dst_y;
  int dst_memory_type;
  void* dst_host;
  DevicePtr dst_device;
  void* dst_array;
  size_t dst_pitch;
  size_t width_in_bytes;
  size_t height;
};

using HostFunction = void (*)(void*);

struct Driver {
  /// Throws CUFRAMES_E_DEVICE_LOST saying why when there is no usable driver.
  static const Driver& get();

  Result (*init)(unsigned);
  Result (*get_error_name)(Result, const char**);
  Result (*device_get_count)(int*);
  Result (*device_get_uuid)(Uuid*, int);
  Result (*device_get_attribute)(int*, int, int);
  Result (*device_can_access_peer)(int*, int, int);
  Result (*primary_ctx_retain)(Context*, int);
  Result (*ctx_push)(Context);
  Result (*ctx_pop)(Context*);
  Result (*ctx_synchronize)();
  Result (*mem_alloc)(DevicePtr*, size_t);
  Result (*mem_free)(DevicePtr);
  Result (*mem_create)(AllocationHandle*, size_t, const AllocationProp*, unsigned long long);
  Result (*mem_release)(AllocationHandle);
  Result (*mem_export)(void*, AllocationHandle, int, unsigned long long);
  Result (*mem_import)(AllocationHandle*, void*, int);
  Result (*mem_address_reserve)(DevicePtr*, size_t, size_t, DevicePtr, unsigned long long);
  Result (*mem_address_free)(DevicePtr, size_t);
  Result (*mem_map)(DevicePtr, size_t, size_t, AllocationHandle, unsigned long long);
  Result (*mem_unmap)(DevicePtr, size_t);
  Result (*mem_set_access)(DevicePtr, size_t, const AccessDesc*, size_t);
  Result (*mem_get_granularity)(size_t*, const AllocationProp*, int);
  Result (*ipc_get_mem_handle)(IpcMemHandle*, DevicePtr);
  Result (*ipc_open_mem_handle)(DevicePtr*, IpcMemHandle, unsigned);
  Result (*ipc_close_mem_handle)(DevicePtr);
  Result (*host_register)(void*, size_t, unsigned);
  Result (*host_unregister)(void*);
  Result (*memcpy_async)(DevicePtr, DevicePtr, size_t, Stream);
  Result (*memcpy_peer_async)(DevicePtr, Context, DevicePtr, Context, size_t, Stream);
  Result (*memcpy_2d_async)(const Memcpy2D*, Stream);
  Result (*stream_create)(Stream*, unsigned);
  Result (*stream_destroy)(Stream);
  Result (*stream_synchronize)(Stream);
  Result (*stream_is_capturing)(Stream, int*);
  Result (*thread_exchange_capture_mode)(int*);
  Result (*launch_host_func)(Stream, HostFunction, void*);
};

/// Throws CUFRAMES_E_DEVICE_LOST with the driver's name of `result` unless it is success.
void check(Result result, const std::string& what);

/// The primary context of `device`, retained for the life of the process: other libraries of the
/// process use it too, and frames may outlive every object that could release it.
Context primary_context(int device);

/// Makes the primary context of a device current for this scope: the one torch and CuPy use.
class CurrentContext {
 public:
  explicit CurrentContext(int device);
  ~CurrentContext();
  CurrentContext(const CurrentContext&) = delete;
  CurrentContext& operator=(const CurrentContext&) = delete;
};

Uuid device_uuid(int device);
/// The ordinal in this process of the GPU with this UUID (CUDA_VISIBLE_DEVICES may renumber), or
/// -1.
int device_of(const Uuid& uuid);

/// One side of a copy of rows.
struct Rows {
  uint64_t address;
  size_t pitch;
  bool on_host;
};
/// Copies `rows` rows of `row_bytes`, ordered on `stream`.
void copy_rows(const Rows& to, const Rows& from, size_t row_bytes, size_t rows, Stream stream);

}  // namespace cuframes::cuda
