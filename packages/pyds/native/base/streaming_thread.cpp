#include "base/streaming_thread.h"

#include <atomic>

namespace pyds {
namespace {
std::atomic<StreamingThreadHook> streaming_thread_hook{nullptr};
}

void set_streaming_thread_hook(StreamingThreadHook hook) {
  streaming_thread_hook.store(hook, std::memory_order_release);
}

void enter_streaming_thread() {
  if (StreamingThreadHook hook = streaming_thread_hook.load(std::memory_order_acquire)) hook();
}

}  // namespace pyds
