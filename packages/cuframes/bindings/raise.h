#pragma once

#include <cuframes.h>
#include <nanobind/nanobind.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

namespace nb = nanobind;

/// Raises the Python exception of cuframes_last_error(). Needs the GIL; the failed call must have
/// been made on this thread.
[[noreturn]] void raise_last_error();

/// Raises CuframesClosed with this text.
[[noreturn]] void raise_closed(const std::string& what);

/// Raises unless `status` is CUFRAMES_OK.
inline void check(cuframes_status status) {
  if (status != CUFRAMES_OK) raise_last_error();
}

/// Runs the Python signal handlers; throws what they raise.
inline void check_signals() {
  if (PyErr_CheckSignals() != 0) throw nb::python_error();
}

/// A timeout in seconds, None for ever, as the C ABI wants it.
inline int64_t timeout_ns(const std::optional<double>& seconds) {
  if (!seconds || std::isinf(*seconds)) return -1;
  if (!(*seconds >= 0)) throw nb::value_error("a timeout is at least 0 seconds, or None for ever");
  return static_cast<int64_t>(std::min(*seconds, 1e9) * 1e9);
}
