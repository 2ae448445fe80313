#include "fields.h"

namespace pyds::py {
namespace {

[[noreturn]] void throw_bad_number(const char* field, nb::handle object,
                                   const std::string& allowed) {
  PyErr_Clear();
  throw nb::type_error((std::string(field) + ": " + nb::repr(object).c_str() + " is not " +
                        allowed + (PyFloat_Check(object.ptr()) ? "; use int(value)" : ""))
                           .c_str());
}

// The int that `object` is, or an invalid object for floats and anything else.
nb::object as_int(nb::handle object) {
  if (!PyIndex_Check(object.ptr())) return {};
  PyObject* number = PyNumber_Index(object.ptr());
  if (!number) nb::raise_python_error();
  return nb::steal(number);
}

}  // namespace

int64_t to_signed(nb::handle object, int64_t low, int64_t high, const char* field) {
  const nb::object number = as_int(object);
  int overflow = 1;
  const long long value =
      number.is_valid() ? PyLong_AsLongLongAndOverflow(number.ptr(), &overflow) : 0;
  if (overflow || value < low || value > high)
    throw_bad_number(field, object,
                     "an int from " + std::to_string(low) + " to " + std::to_string(high));
  return value;
}

uint64_t to_unsigned(nb::handle object, uint64_t high, const char* field) {
  const nb::object number = as_int(object);
  const unsigned long long value = number.is_valid() ? PyLong_AsUnsignedLongLong(number.ptr()) : 0;
  if (!number.is_valid() || PyErr_Occurred() || value > high)
    throw_bad_number(field, object, "an int from 0 to " + std::to_string(high));
  return value;
}

double to_double(nb::handle object, const char* field) {
  const double value = PyFloat_AsDouble(object.ptr());
  if (value == -1.0 && PyErr_Occurred()) throw_bad_number(field, object, "a number");
  return value;
}

}  // namespace pyds::py
