// Strings between Python and C.
#pragma once

#include <nanobind/nanobind.h>

#include <cstddef>

namespace pyds::py {

namespace nb = nanobind;

// Bytes that are not UTF-8 become U+FFFD: a label must not make a probe fail.
nb::str decode(const char* text, size_t size);
// A field of fixed size, terminated or full.
nb::str decode_bounded(const char* text, size_t capacity);
// Writes a terminated string, cut between two characters if it does not fit.
void encode_bounded(nb::str value, char* text, size_t capacity);
// A g_malloc'ed copy.
char* duplicate(nb::str value);

}  // namespace pyds::py
