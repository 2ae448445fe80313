// The functions of the CUDA driver that pyds calls, for a machine without one: memory is "mapped"
// where it is. What they were asked is printed at exit.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int registered, unregistered, depth;

static void report(void) {
  fprintf(stderr, "registered=%d unregistered=%d contexts=%d\n", registered, unregistered, depth);
}

int cuInit(unsigned flags) {
  atexit(report);
  return getenv("NO_DEVICE") ? 100 : 0;
}
int cuDevicePrimaryCtxRetain(void** context, int device) {
  static int primary;
  *context = &primary;
  return 0;
}
int cuCtxPushCurrent_v2(void* context) {
  ++depth;
  return context ? 0 : 1;
}
int cuCtxPopCurrent_v2(void** context) {
  --depth;
  return 0;
}
int cuMemHostRegister_v2(void* data, size_t size, unsigned flags) {
  ++registered;
  return size && flags == 3 ? 0 : 1;  // portable and mapped
}
int cuMemHostUnregister(void* data) {
  ++unregistered;
  return 0;
}
int cuMemHostGetDevicePointer_v2(uint64_t* address, void* data, unsigned flags) {
  *address = (uint64_t)data;
  return 0;
}
int cuGetErrorName(int result, const char** name) {
  *name = result == 100 ? "CUDA_ERROR_NO_DEVICE" : "CUDA_ERROR_INVALID_VALUE";
  return 0;
}
