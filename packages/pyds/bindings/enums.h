// Enums as in C: fields may hold any int, members compare with ints, but an int is not assigned.
#pragma once

#include <nanobind/nanobind.h>

#include <string>
#include <unordered_map>

namespace pyds::py {

namespace nb = nanobind;

// A field or argument of enum type; converts to and from the Python enum for every int value. (The
// package gives each enum a `_missing_` that makes members of unknown values.)
template <typename E>
struct AnyEnum {
  E value;
};

template <typename E>
nb::object enum_to_python(E value) {
  static auto& known = *new std::unordered_map<int, nb::object>;
  nb::object& member = known[static_cast<int>(value)];
  if (!member.is_valid()) member = nb::type<E>()(static_cast<int>(value));
  return member;
}

}  // namespace pyds::py

namespace nanobind::detail {

template <typename E>
struct type_caster<pyds::py::AnyEnum<E>> {
  NB_TYPE_CASTER(pyds::py::AnyEnum<E>, make_caster<E>::Name)

  bool from_python(handle source, uint32_t, cleanup_list*) noexcept {
    if (!PyObject_TypeCheck(source.ptr(), reinterpret_cast<PyTypeObject*>(type<E>().ptr())))
      return false;
    value.value = static_cast<E>(PyLong_AsLong(source.ptr()));
    return true;
  }

  static handle from_cpp(pyds::py::AnyEnum<E> source, rv_policy, cleanup_list*) noexcept {
    try {
      return pyds::py::enum_to_python(source.value).release();
    } catch (python_error& error) {
      error.restore();
      return {};
    }
  }
};

}  // namespace nanobind::detail
