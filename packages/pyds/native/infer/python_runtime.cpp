#include "infer/python_runtime.h"

#include <atomic>

namespace pyds {
namespace {
std::atomic<PythonRuntime*> current_runtime{nullptr};
}

void set_python_runtime(PythonRuntime* runtime) {
  current_runtime.store(runtime, std::memory_order_release);
}

PythonRuntime* python_runtime() { return current_runtime.load(std::memory_order_acquire); }

}  // namespace pyds
