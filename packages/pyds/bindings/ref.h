// Ref<T>: what a bound Python object of a C struct is - a pointer that knows when it went stale.
//
// It remembers the metadata element the struct lives in (or belongs to) and the generation that
// element had. Using it after the element went back to its pool raises StaleMetaError; the memory
// behind it stays readable as long as the Ref exists, so it never crashes. Sub-structs and
// payloads share the element of what they were read from. All of it needs the GIL.
#pragma once

#include <nanobind/nanobind.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "message/shared_struct.h"
#include "meta/element.h"
#include "struct_value.h"

namespace pyds::py {

namespace nb = nanobind;

// Raised in Python as pyds.StaleMetaError.
struct StaleMeta : std::runtime_error {
  using std::runtime_error::runtime_error;
};
[[noreturn]] void throw_stale(nb::handle type);

class Handle {
 public:
  Handle() = default;
  // A struct at `pointer` that lives as long as the current content of `element`. Without an
  // element nothing is known about its life and nothing is checked.
  Handle(void* pointer, meta::Element* element)
      : Handle(pointer, element, element ? element->generation.load() : 0) {}
  Handle(void* pointer, meta::Element* element, uint64_t generation)
      : pointer_(pointer), element_(element), generation_(generation) {
    if (element_) element_->memory->add_handle();
  }
  Handle(const Handle& other) : Handle(other.pointer_, other.element_, other.generation_) {}
  Handle(Handle&& other) noexcept
      : pointer_(other.pointer_),
        element_(std::exchange(other.element_, nullptr)),
        generation_(other.generation_) {}
  Handle& operator=(Handle other) noexcept {
    std::swap(pointer_, other.pointer_);
    std::swap(element_, other.element_);
    std::swap(generation_, other.generation_);
    return *this;
  }
  ~Handle() {
    if (element_) element_->memory->remove_handle();
  }

  void* pointer() const { return pointer_; }
  meta::Element* element() const { return element_; }
  uint64_t generation() const { return generation_; }
  bool is_stale() const {
    return element_ && element_->generation.load(std::memory_order_relaxed) != generation_;
  }
  // Whether this is a whole metadata element, not something in or of one.
  bool is_element() const { return element_ && element_->meta() == pointer_; }
  bool operator==(const Handle& other) const {
    return pointer_ == other.pointer_ && generation_ == other.generation_;
  }

 protected:
  void* pointer_ = nullptr;
  meta::Element* element_ = nullptr;
  uint64_t generation_ = 0;
};

template <typename T>
class Ref : public Handle {
 public:
  using Struct = T;
  using Handle::Handle;
  explicit Ref(Handle handle) : Handle(std::move(handle)) {}

  T* get() const {
    if (NB_UNLIKELY(is_stale())) throw_stale(nb::type<Ref>());
    return static_cast<T*>(pointer_);
  }
  T* operator->() const { return get(); }
  auto& operator*() const { return *get(); }

  // Something inside this struct or owned by it, valid as long as this.
  template <typename S>
  Ref<S> part(S* pointer) const {
    return Ref<S>(pointer, element_, generation_);
  }
  Handle part(void* pointer) const { return Handle(pointer, element_, generation_); }
};

// A Ref to a metadata element, or nothing for nullptr.
template <typename T>
std::optional<Ref<T>> ref_to(T* meta) {
  if (!meta) return std::nullopt;
  return Ref<T>(meta, meta::element_of(meta));
}

// Memory of a struct made by a Python constructor; freed with the last handle to it.
template <typename T>
class Owned final : public meta::Memory {
 public:
  static Ref<T> make() {
    auto* owned = new Owned;
    Ref<T> ref(&owned->storage_.value, &owned->storage_.element);
    owned->unref();  // the handle has the only reference now
    return ref;
  }

 private:
  struct Storage {
    meta::Element element;
    T value;
  };
  Owned() {
    static_assert(offsetof(Storage, value) == sizeof(meta::Element));
    storage_.element.memory = this;
    storage_.element.generation = 1;
  }
  ~Owned() override { free_value(storage_.value); }
  void unreferenced() override { delete this; }

  Storage storage_ = {};
};

// A handle for the caller's reference to a shared struct.
template <typename T>
Ref<T> adopt(message::SharedStruct<T>* shared) {
  Ref<T> ref(&shared->contents(), shared->element());
  shared->unref();
  return ref;
}

// A zeroed struct of Python's.
template <typename T>
Ref<T> make_struct() {
  if constexpr (message::kIsShared<T>)
    return adopt(message::SharedStruct<T>::make());
  else
    return Owned<T>::make();
}

// A capsule with NULL name that keeps what it points to readable, or None for nullptr.
std::optional<nb::capsule> make_capsule(const Handle& handle);
// The address in a capsule, bound object, int or None (a null handle). Raises TypeError otherwise,
// StaleMetaError for something that is gone. `what` names the argument in errors.
Handle handle_from(nb::handle value, const char* what, bool accept_int);

// The kind of metadata a struct is, or NVDS_INVALID_META if it is not a list element.
template <typename T>
inline constexpr NvDsMetaType kMetaType = NVDS_INVALID_META;
template <>
inline constexpr NvDsMetaType kMetaType<NvDsBatchMeta> = NVDS_BATCH_META;
template <>
inline constexpr NvDsMetaType kMetaType<NvDsFrameMeta> = NVDS_FRAME_META;
template <>
inline constexpr NvDsMetaType kMetaType<NvDsObjectMeta> = NVDS_OBJ_META;
template <>
inline constexpr NvDsMetaType kMetaType<NvDsClassifierMeta> = NVDS_CLASSIFIER_META;
template <>
inline constexpr NvDsMetaType kMetaType<NvDsLabelInfo> = NVDS_LABEL_INFO_META;
template <>
inline constexpr NvDsMetaType kMetaType<NvDsDisplayMeta> = NVDS_DISPLAY_META;
template <>
inline constexpr NvDsMetaType kMetaType<NvDsUserMeta> = NVDS_USER_META;

// The kind of metadata a handle points to; NVDS_INVALID_META if it is not known to be any.
NvDsMetaType meta_type_of(const Handle& handle);
[[noreturn]] void throw_wrong_cast(NvDsMetaType actual, nb::handle type);

// X.cast(value) of every bound class.
template <typename T>
nb::object cast_to(nb::handle value) {
  Handle handle = handle_from(value, "cast", true);
  if (!handle.pointer()) return nb::none();
  if constexpr (message::kIsShared<T>) {
    // Such a struct lives as long as somebody refers to it, whoever the pointer was read from.
    if (message::AnyShared* shared = message::find(handle.pointer()))
      handle = Handle(shared->value(), shared->element());
  }
  if (handle.is_element() && !std::is_same_v<T, NvDsBaseMeta>) {
    const NvDsMetaType actual = meta_type_of(handle);
    if (actual != NVDS_INVALID_META && actual != kMetaType<T>)
      throw_wrong_cast(actual, nb::type<Ref<T>>());
  }
  return nb::cast(Ref<T>(std::move(handle)));
}

}  // namespace pyds::py
