#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace cuframes::fuzz {

/// The bytes of one fuzz input, taken from the front; zeros when they have run out.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), left_(size) {}

  bool empty() const { return left_ == 0; }
  /// At most `bytes` of what is left, into `to`; how many.
  size_t take(void* to, size_t bytes) {
    const size_t n = std::min(bytes, left_);
    if (n != 0) std::memcpy(to, data_, n);
    data_ += n;
    left_ -= n;
    return n;
  }
  template <class T>
  T number() {
    T value{};
    take(&value, sizeof value);
    return value;
  }
  /// Overwrites up to `patches` places of `block`, each of 1 to 8 bytes.
  void patch(void* block, size_t bytes, unsigned patches) {
    for (; patches > 0 && !empty(); --patches) {
      const size_t at = number<uint16_t>() % bytes;
      const size_t size = 1 + number<uint8_t>() % 8;
      take(static_cast<uint8_t*>(block) + at, std::min(size, bytes - at));
    }
  }

 private:
  const uint8_t* data_;
  size_t left_;
};

/// What must hold for every input.
inline void require(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace cuframes::fuzz
