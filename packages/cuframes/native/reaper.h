#pragma once

#include <functional>

namespace cuframes {

/// Runs `job` soon on a background thread. For CUDA work that must not happen where we are: inside
/// a host function of a stream, where no CUDA call is allowed, or on the hot path.
void reap(std::function<void()> job);

}  // namespace cuframes
