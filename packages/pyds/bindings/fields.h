// Binding<T>: the fields of a C struct as Python properties, by the kind of the field.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>

#include <limits>
#include <string>
#include <type_traits>

#include "enums.h"
#include "ref.h"
#include "text.h"

namespace pyds::py {

// An argument converted by the setter itself, for errors that name the field.
struct IntArgument {
  nb::handle object;
};
struct FloatArgument {
  nb::handle object;
};

// The value of a Python int (or what has __index__) in a range; TypeError naming `field` otherwise.
int64_t to_signed(nb::handle object, int64_t low, int64_t high, const char* field);
uint64_t to_unsigned(nb::handle object, uint64_t high, const char* field);
double to_double(nb::handle object, const char* field);

template <typename D>
D to_number(nb::handle object, const char* field) {
  if constexpr (std::is_floating_point_v<D>)
    return static_cast<D>(to_double(object, field));
  else if constexpr (std::is_signed_v<D>)
    return static_cast<D>(
        to_signed(object, std::numeric_limits<D>::min(), std::numeric_limits<D>::max(), field));
  else
    return static_cast<D>(to_unsigned(object, std::numeric_limits<D>::max(), field));
}

// The pointer fields of a struct that Python may point to something of its own.
enum class PointerSlot { kPayload, kContext };
// Keeps `value` alive until the element of `owner` is released or the slot is set again.
void keep_alive(const Handle& owner, PointerSlot slot, nb::handle value);
// The pointer in a slot as a capsule, or None. The capsule of something of Python's keeps that
// alive itself.
std::optional<nb::capsule> read_pointer(const Handle& owner, PointerSlot slot, void* pointer);

// Sets a `void*` field.
template <typename T>
void point_to(void*& field, void* target, const Ref<T>&) {
  field = target;
}
// Shared structs are managed by the user meta or event they are given to.
void point_to(void*& field, void* target, const Ref<NvDsUserMeta>& user_meta);
void point_to(void*& field, void* target, const Ref<NvDsEventMsgMeta>& event);

// Whether the strings of a struct are certain to be its own, to be freed when they are replaced.
// (A struct of an event message may be a copy, byte by byte, that shares them.)
template <typename T>
bool owns_strings(const Ref<T>& self) {
  if constexpr (message::kIsShared<T>)
    return self.is_element();
  else
    return true;
}

template <typename T>
class Binding {
 public:
  using Class = nb::class_<Ref<T>, Handle>;

  // `documentation` says what the struct is. `constructor` is false for what only C makes.
  Binding(nb::module_& module, const char* name, const char* documentation)
      : class_(module, name, documentation, nb::pooled(256)), name_(name) {
    class_.def_static(
        "cast", &cast_to<T>, nb::arg("data").none(), signature("def cast(data: object) -> ", name),
        "The object at what a list's `data` or a `void*` field holds. None gives None.");
  }

  Binding& constructor() {
    class_.def(
        "__init__", [](Ref<T>* self) { new (self) Ref<T>(make_struct<T>()); },
        "A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: "
        "acquire it from a pool.");
    return *this;
  }

  // Numbers.
  template <typename D>
  std::enable_if_t<std::is_arithmetic_v<D>, Binding&> field(const char* name, D T::*member,
                                                            const char* doc = nullptr) {
    using Argument = std::conditional_t<std::is_floating_point_v<D>, FloatArgument, IntArgument>;
    const char* full = full_name(name);
    class_.def_prop_rw(
        name, [member](const Ref<T>& self) { return self.get()->*member; },
        [member, full](const Ref<T>& self, Argument value) {
          self.get()->*member = to_number<D>(value.object, full);
        },
        doc_of(doc));
    return *this;
  }

  template <typename D>
  std::enable_if_t<std::is_enum_v<D>, Binding&> field(const char* name, D T::*member,
                                                      const char* doc = nullptr) {
    class_.def_prop_rw(
        name, [member](const Ref<T>& self) { return AnyEnum<D>{self.get()->*member}; },
        [member](const Ref<T>& self, AnyEnum<D> value) { self.get()->*member = value.value; },
        doc_of(doc));
    return *this;
  }

  // Structs inside this one: read as a live reference, assigned by value.
  template <typename S>
  std::enable_if_t<std::is_class_v<S>, Binding&> field(const char* name, S T::*member,
                                                       const char* doc = nullptr) {
    class_.def_prop_rw(
        name, [member](const Ref<T>& self) { return self.part(&(self.get()->*member)); },
        [member](const Ref<T>& self, const Ref<S>& value) {
          assign_value(self.get()->*member, *value.get());
        },
        doc_of(doc));
    return *this;
  }

  // A fixed array of structs: a list of live references.
  template <typename S, size_t N>
  std::enable_if_t<std::is_class_v<S>, Binding&> field(const char* name, S (T::*member)[N],
                                                       const char* doc = nullptr) {
    class_.def_prop_ro(
        name,
        [member](const Ref<T>& self) {
          nb::typed<nb::list, Ref<S>> list;
          for (S& entry : self.get()->*member) list.append(self.part(&entry));
          return list;
        },
        doc_of(doc));
    return *this;
  }

  // A fixed array of numbers: a writable view.
  template <typename D, size_t N>
  std::enable_if_t<std::is_arithmetic_v<D> && !std::is_same_v<D, char>, Binding&> field(
      const char* name, D (T::*member)[N], const char* doc = nullptr) {
    class_.def_prop_ro(
        name,
        [member](nb::pointer_and_handle<Ref<T>> self) {
          return nb::ndarray<nb::numpy, D, nb::shape<N>>(&(self.p->get()->*member)[0], {N}, self.h);
        },
        doc_of(doc));
    return *this;
  }

  // A string in an array: cut to fit, always terminated.
  template <size_t N>
  Binding& field(const char* name, char (T::*member)[N], const char* doc = nullptr) {
    class_.def_prop_rw(
        name, [member](const Ref<T>& self) { return decode_bounded(self.get()->*member, N); },
        [member](const Ref<T>& self, nb::str value) {
          encode_bounded(value, self.get()->*member, N);
        },
        doc_of(doc));
    return *this;
  }

  // A list: its first node or None. Lists are changed with the nvds_* functions only.
  Binding& field(const char* name, GList* T::*member, const char* doc = nullptr) {
    class_.def_prop_ro(
        name,
        [member](const Ref<T>& self) -> std::optional<Ref<GList>> {
          GList* node = self.get()->*member;
          if (!node) return std::nullopt;
          // Only lists of metadata hold elements.
          if constexpr (message::kIsShared<T>)
            return self.part(node);
          else
            return Ref<GList>(node, meta::element_of(node->data));
        },
        doc_of(doc));
    return *this;
  }

  // `void*`: a capsule or None.
  Binding& pointer(const char* name, void* T::*member, PointerSlot slot,
                   const char* doc = nullptr) {
    const char* full = full_name(name);
    class_.def_prop_rw(
        name,
        [member, slot](const Ref<T>& self) {
          return read_pointer(self, slot, self.get()->*member);
        },
        [member, slot, full](const Ref<T>& self, nb::object value) {
          const Handle target = handle_from(value, full, false);
          point_to(self.get()->*member, target.pointer(), self);
          keep_alive(self, slot, value);
        },
        nb::for_setter(nb::arg("value").none()), doc_of(doc));
    return *this;
  }

  // `void*` that Python only reads: a capsule or None.
  template <typename P>
  Binding& read_only_pointer(const char* name, P T::*member, const char* doc = nullptr) {
    class_.def_prop_ro(
        name,
        [member](const Ref<T>& self) {
          return make_capsule(self.part(static_cast<void*>(self.get()->*member)));
        },
        doc_of(doc));
    return *this;
  }

  // A pointer to one struct: a reference or None.
  template <typename S>
  Binding& reference(const char* name, S* T::*member, PointerSlot slot, const char* doc = nullptr) {
    class_.def_prop_rw(
        name,
        [member](const Ref<T>& self) -> std::optional<Ref<S>> {
          S* target = self.get()->*member;
          if (!target) return std::nullopt;
          return self.part(target);
        },
        [member, slot](const Ref<T>& self, std::optional<Ref<S>> value) {
          self.get()->*member = value ? value->get() : nullptr;
          keep_alive(self, slot, value ? nb::cast(*value) : nb::none());
        },
        nb::for_setter(nb::arg("value").none()), doc_of(doc));
    return *this;
  }

  // A pointer to numbers that reads as the first of them or None.
  template <typename D>
  Binding& first_number(const char* name, D* T::*member, const char* doc = nullptr) {
    class_.def_prop_ro(
        name,
        [member](const Ref<T>& self) -> std::optional<D> {
          const D* numbers = self.get()->*member;
          if (!numbers) return std::nullopt;
          return *numbers;
        },
        doc_of(doc));
    return *this;
  }

  // A C++ string or container: copied to and from Python.
  template <typename V>
  Binding& value(const char* name, V T::*member, const char* doc = nullptr) {
    class_.def_prop_rw(
        name, [member](const Ref<T>& self) -> V { return self.get()->*member; },
        [member](const Ref<T>& self, V value) { self.get()->*member = std::move(value); },
        doc_of(doc));
    return *this;
  }

  // A g_malloc'ed string that reads as its address (see get_string()).
  Binding& address_string(const char* name, char* T::*member, const char* doc = nullptr) {
    class_.def_prop_rw(
        name,
        [member](const Ref<T>& self) { return reinterpret_cast<uintptr_t>(self.get()->*member); },
        [member](const Ref<T>& self, nb::str value) {
          char* copy = duplicate(value);
          if (owns_strings(self)) g_free(self.get()->*member);
          self.get()->*member = copy;
        },
        doc_of(doc));
    return *this;
  }

  // A string kept forever in a table, which reads as its address.
  Binding& interned_string(const char* name, char* T::*member, const char* doc = nullptr) {
    class_.def_prop_rw(
        name,
        [member](const Ref<T>& self) { return reinterpret_cast<uintptr_t>(self.get()->*member); },
        [member](const Ref<T>& self, nb::str value) {
          self.get()->*member = const_cast<char*>(g_intern_string(value.c_str()));
        },
        doc_of(doc));
    return *this;
  }

  // A g_malloc'ed string that reads as str or None.
  Binding& owned_string(const char* name, char* T::*member, const char* doc = nullptr) {
    class_.def_prop_rw(
        name,
        [member](const Ref<T>& self) -> std::optional<nb::str> {
          const char* text = self.get()->*member;
          if (!text) return std::nullopt;
          return decode(text, strlen(text));
        },
        [member](const Ref<T>& self, std::optional<nb::str> value) {
          char* copy = value ? duplicate(*value) : nullptr;
          if (owns_strings(self)) g_free(self.get()->*member);
          self.get()->*member = copy;
        },
        nb::for_setter(nb::arg("value").none()), doc_of(doc));
    return *this;
  }

  Class& python() { return class_; }

 private:
  static const char* doc_of(const char* doc) { return doc ? doc : ""; }
  // Bindings live as long as the process; so do the strings they are made from.
  static const char* intern(const std::string& text) { return g_intern_string(text.c_str()); }
  static nb::sig signature(const char* text, const char* name) {
    return nb::sig(intern(std::string(text) + name));
  }
  const char* full_name(const char* field) const {
    return intern(std::string(name_) + "." + field);
  }

  Class class_;
  const char* name_;
};

}  // namespace pyds::py

namespace nanobind::detail {

template <>
struct type_caster<pyds::py::IntArgument> {
  NB_TYPE_CASTER(pyds::py::IntArgument, const_name("int"))
  bool from_python(handle source, uint32_t, cleanup_list*) noexcept {
    value.object = source;
    return true;
  }
};

template <>
struct type_caster<pyds::py::FloatArgument> {
  NB_TYPE_CASTER(pyds::py::FloatArgument, const_name("float"))
  bool from_python(handle source, uint32_t, cleanup_list*) noexcept {
    value.object = source;
    return true;
  }
};

}  // namespace nanobind::detail
