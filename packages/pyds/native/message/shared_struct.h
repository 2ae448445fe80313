// SharedStruct<T>: a struct of an event message (or a custom payload) with a reference count.
//
// User metadata, other structs and Python objects may all hold the same one; the last to let go
// frees it with its strings. Structs made elsewhere (by C code, or copied byte by byte) have no
// such count: find() tells, and nothing of theirs is ever freed here.
#pragma once

#include "meta/element.h"
#include "nvds_custom_data.h"
#include "nvdsmeta_schema.h"

namespace pyds::message {

template <typename T>
inline constexpr bool kIsShared = false;
template <>
inline constexpr bool kIsShared<NvDsEventMsgMeta> = true;
template <>
inline constexpr bool kIsShared<NvDsVehicleObject> = true;
template <>
inline constexpr bool kIsShared<NvDsPersonObject> = true;
template <>
inline constexpr bool kIsShared<NvDsFaceObject> = true;
template <>
inline constexpr bool kIsShared<NvDsVehicleObjectExt> = true;
template <>
inline constexpr bool kIsShared<NvDsPersonObjectExt> = true;
template <>
inline constexpr bool kIsShared<NvDsFaceObjectWithExt> = true;
template <>
inline constexpr bool kIsShared<NvDsEvent> = true;
template <>
inline constexpr bool kIsShared<CustomDataStruct> = true;

class AnyShared : public meta::Memory {
 public:
  virtual void* value() = 0;
  virtual size_t size() const = 0;  // bytes
  virtual meta::Element* element() = 0;
  // A deep copy with one reference.
  virtual AnyShared* clone() = 0;

  // Keeps `other` (may be nullptr) instead of what this held before: the struct that a pointer
  // field of this one points to.
  void hold(AnyShared* other);

 protected:
  AnyShared() = default;
  ~AnyShared() override { hold(nullptr); }
  static void enter(AnyShared* shared);
  static void leave(AnyShared* shared);

 private:
  AnyShared* held_ = nullptr;
};

// The shared struct at an address, or nullptr. The caller must know that it stays alive.
AnyShared* find(const void* value);

// Fills `to`, zeroed, with a deep copy.
template <typename T>
void copy_contents(const T& from, T& to, AnyShared& owner);
template <typename T>
void free_contents(T& value);

template <typename T>
class SharedStruct final : public AnyShared {
 public:
  // Zeroed, with one reference.
  static SharedStruct* make() {
    auto* shared = new SharedStruct;
    enter(shared);
    return shared;
  }

  T& contents() { return storage_.value; }
  void* value() override { return &storage_.value; }
  size_t size() const override { return sizeof(T); }
  meta::Element* element() override { return &storage_.element; }
  SharedStruct* clone() override { return clone_of(storage_.value); }
  static SharedStruct* clone_of(const T& value) {
    SharedStruct* copy = make();
    copy_contents(value, copy->contents(), *copy);
    return copy;
  }

 private:
  struct Storage {
    meta::Element element;
    T value;
  };
  SharedStruct() {
    static_assert(offsetof(Storage, value) == sizeof(meta::Element));
    storage_.element.memory = this;
    storage_.element.generation = 1;
  }
  ~SharedStruct() override { free_contents(storage_.value); }
  void unreferenced() override {
    leave(this);
    delete this;
  }

  Storage storage_ = {};
};

// Makes a shared struct the payload of a user meta, which takes a reference; deep copies of the
// meta get deep copies of the struct.
void give_to(NvDsUserMeta* user_meta, AnyShared* shared);
// What give_to() gave to a user meta that still has it, or nullptr.
AnyShared* given_to(const NvDsUserMeta* user_meta);
// Takes back what give_to() gave; nothing happens to any other payload.
void take_from(NvDsUserMeta* user_meta);

}  // namespace pyds::message
