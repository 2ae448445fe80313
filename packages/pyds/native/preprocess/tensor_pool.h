// TensorPool: recycles the memory of tensors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace pyds::preprocess {

// Thread-safe; tensors may outlive the pool.
class TensorPool {
 public:
  explicit TensorPool(size_t bytes);

  // Memory with undefined content, aligned for any type.
  std::shared_ptr<uint8_t> acquire();
  size_t bytes() const { return bytes_; }

 private:
  struct State;
  const size_t bytes_;
  const std::shared_ptr<State> state_;
};

}  // namespace pyds::preprocess
