#pragma once

#include <exception>
#include <string>
#include <utility>

#include "error.h"
#include "fork_guard.h"

namespace cuframes {

/// Stores the details for cuframes_last_error() and returns the status.
cuframes_status report(const Error& error, const std::string& key = "");

/// Runs `body`, which returns a status or throws: nothing leaves the C ABI but a status.
template <class Body>
cuframes_status guarded(const std::string& key, Body&& body) {
  try {
    return std::forward<Body>(body)();
  } catch (const Error& error) {
    return report(error, key);
  } catch (const std::exception& error) {
    return report(Error(CUFRAMES_E_INTERNAL, std::string("internal error: ") + error.what()), key);
  }
}

inline Error after_fork_error() {
  return Error(
      CUFRAMES_E_CLOSED,
      "this object belongs to the parent process; after fork() subscribe or publish again");
}

}  // namespace cuframes
