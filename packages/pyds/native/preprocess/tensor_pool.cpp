#include "preprocess/tensor_pool.h"

#include <mutex>
#include <vector>

namespace pyds::preprocess {

namespace {
constexpr size_t kMaxIdle = 8;
}

struct TensorPool::State {
  std::mutex mutex;
  std::vector<std::unique_ptr<uint8_t[]>> idle;
};

TensorPool::TensorPool(size_t bytes) : bytes_(bytes), state_(std::make_shared<State>()) {}

std::shared_ptr<uint8_t> TensorPool::acquire() {
  std::unique_ptr<uint8_t[]> memory;
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->idle.empty()) {
      memory = std::move(state_->idle.back());
      state_->idle.pop_back();
    }
  }
  if (!memory) memory.reset(new uint8_t[bytes_]);
  return {memory.release(), [state = state_](uint8_t* used) {
            std::unique_ptr<uint8_t[]> back(used);
            const std::lock_guard lock(state->mutex);
            if (state->idle.size() < kMaxIdle) state->idle.push_back(std::move(back));
          }};
}

}  // namespace pyds::preprocess
