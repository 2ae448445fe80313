#include "python_call.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace pyds::py {
namespace {

constexpr auto kPatience = std::chrono::seconds(1);

// How many threads are in Python. Never destroyed: threads may end after static destruction.
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  int inside = 0;
  bool closed = false;

  bool enter() {
    const std::lock_guard<std::mutex> guard(mutex);
    if (closed) return false;
    ++inside;
    return true;
  }
  void leave() {
    const std::lock_guard<std::mutex> guard(mutex);
    if (--inside == 0 && closed) changed.notify_all();
  }
};

Gate& gate() {
  static Gate& instance = *new Gate;
  return instance;
}

// Drops the thread state at the end of the thread.
class Pin {
 public:
  Pin() {
    if (!gate().enter()) return;
    PyGILState_Ensure();  // the matching release is in the destructor
    state_ = PyEval_SaveThread();
    gate().leave();
  }
  ~Pin() {
    if (!state_ || !gate().enter()) return;
    PyEval_RestoreThread(state_);
    PyGILState_Release(PyGILState_UNLOCKED);  // the last one: deletes the state
    gate().leave();
  }
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;

 private:
  PyThreadState* state_ = nullptr;
};

}  // namespace

PythonCall::PythonCall() : entered_(gate().enter()) {
  if (entered_) state_ = PyGILState_Ensure();
}

PythonCall::~PythonCall() {
  if (!entered_) return;
  PyGILState_Release(state_);
  gate().leave();
}

void pin_thread_state() {
  // A thread that holds the GIL has a state of its own already.
  if (!PyGILState_GetThisThreadState()) {
    static thread_local Pin pin;
    static_cast<void>(pin);
  }
}

void stop_calling_python() {
  const nb::gil_scoped_release released;
  std::unique_lock<std::mutex> lock(gate().mutex);
  gate().closed = true;
  gate().changed.wait_for(lock, kPatience, [] { return gate().inside == 0; });
}

}  // namespace pyds::py
