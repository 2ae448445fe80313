#include "text.h"

#include <glib.h>

#include <cstring>

namespace pyds::py {
namespace {

const char* utf8(nb::str value, Py_ssize_t& size) {
  const char* text = PyUnicode_AsUTF8AndSize(value.ptr(), &size);
  if (!text) nb::raise_python_error();
  return text;
}

}  // namespace

nb::str decode(const char* text, size_t size) {
  PyObject* result = PyUnicode_DecodeUTF8(text, static_cast<Py_ssize_t>(size), "replace");
  if (!result) nb::raise_python_error();
  return nb::steal<nb::str>(result);
}

nb::str decode_bounded(const char* text, size_t capacity) {
  return decode(text, strnlen(text, capacity));
}

void encode_bounded(nb::str value, char* text, size_t capacity) {
  Py_ssize_t size;
  const char* source = utf8(value, size);
  size_t length = strnlen(source, static_cast<size_t>(size));
  if (length >= capacity) {
    length = capacity - 1;
    while (length > 0 && (source[length] & 0xC0) == 0x80) --length;
  }
  std::memcpy(text, source, length);
  std::memset(text + length, 0, capacity - length);
}

char* duplicate(nb::str value) {
  Py_ssize_t size;
  return g_strdup(utf8(value, size));
}

}  // namespace pyds::py
