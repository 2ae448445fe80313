// GpuMapping: CPU memory pinned and mapped for the GPU by the CUDA driver, so that a kernel reads
// and writes it in place, over the bus. The driver is found with dlopen: nothing of CUDA is needed
// to build, nor to run without it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pyds {

class GpuMapping {
 public:
  // Maps `size` bytes for every GPU. Takes some 200 us per MiB, once. Throws std::runtime_error
  // saying why if there is no driver or GPU, or it refuses.
  GpuMapping(void* data, size_t size);
  ~GpuMapping();
  GpuMapping(const GpuMapping&) = delete;
  GpuMapping& operator=(const GpuMapping&) = delete;

  // Where a kernel finds the memory.
  uint64_t address() const { return address_; }

 private:
  void* const data_;
  uint64_t address_ = 0;
};

}  // namespace pyds
