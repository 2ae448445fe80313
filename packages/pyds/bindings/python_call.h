// Calling Python from threads that are not Python's.
#pragma once

#include <nanobind/nanobind.h>

namespace pyds::py {

namespace nb = nanobind;

// Holds the GIL on any thread while in scope, unless the interpreter is going away: then it is
// false and Python must not be touched. (A thread that asks a finalizing interpreter for the GIL is
// killed by it; so none of ours does.)
class PythonCall {
 public:
  PythonCall();
  ~PythonCall();
  PythonCall(const PythonCall&) = delete;
  PythonCall& operator=(const PythonCall&) = delete;
  explicit operator bool() const { return entered_; }

 private:
  bool entered_;
  PyGILState_STATE state_ = PyGILState_UNLOCKED;
};

// Gives the current thread a Python thread state that stays until the thread ends, which makes
// every later call into Python from it (ours and PyGObject's) several times cheaper.
void pin_thread_state();

// Waits until no other thread is in Python through a PythonCall and keeps them out from now on. For
// interpreter exit; a call that does not return within a second is left alone.
void stop_calling_python();

}  // namespace pyds::py
