#pragma once

/// The DLPack 1.x ABI, written out: exchange structs and the making of capsules. No library binds
/// the parts we need (read-only flag, a deleter that runs in any thread without the GIL).

#include <array>
#include <cstdint>
#include <memory>

#include "raise.h"

namespace dlpack {

enum DeviceType : int32_t { kCpu = 1, kCuda = 2 };
constexpr uint64_t kReadOnly = 1;
constexpr uint64_t kCopied = 2;

/// Shape and memory of an exported array. Strides in elements, as DLPack has them.
struct Array {
  uint64_t address = 0;
  int32_t ndim = 2;
  std::array<int64_t, 3> shape{};
  std::array<int64_t, 3> strides{};
  uint8_t element_bytes = 1;
  bool readonly = true;
  int32_t device_type = kCpu;
  int32_t device_id = 0;
};

/// A capsule "dltensor_versioned" (or "dltensor" for consumers of before 1.0) over `array`. `owner`
/// is dropped when the consumer is done with it, in whatever thread that is.
nb::object make_capsule(const Array& array, std::shared_ptr<const void> owner, bool versioned,
                        uint64_t flags);

}  // namespace dlpack
