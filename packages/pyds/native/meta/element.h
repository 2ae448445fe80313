// Element: the hidden header in front of every piece of metadata.
//
// It holds what the public structs have no field for: the list node of the element, the list it is
// in, and a generation that tells a handle whether the element it was made for is still there.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "nvdsmeta.h"

namespace pyds::meta {

// Reference-counted memory that elements live in. It may outlive what is stored in it: a destroyed
// batch stays readable, as stale, until the last reference to its memory is gone.
class Memory {
 public:
  void ref() { references_.fetch_add(1, std::memory_order_relaxed); }
  void unref() {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) unreferenced();
  }

  // One reference for any number of handles, counted without atomics. All callers must hold the
  // same lock (for Python handles: the GIL).
  void add_handle() {
    if (handles_++ == 0) ref();
  }
  void remove_handle() {
    if (--handles_ == 0) unref();
  }

 protected:
  Memory() = default;
  virtual ~Memory() = default;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  // The last reference is gone.
  virtual void unreferenced() = 0;

  std::atomic<unsigned> references_{1};

 private:
  unsigned handles_ = 0;
};

// Something another language keeps with an element; destroyed when the element is released.
class Attachment {
 public:
  virtual ~Attachment() = default;
  // What a deep copy of the element gets: what its uContext needs.
  virtual std::unique_ptr<Attachment> for_copy() = 0;
  // Deep copy of a user meta: gives `to`, which has for_copy() already, its payload and whatever
  // belongs to that, or returns false to leave the meta out of the copy.
  virtual bool copy_user_meta(NvDsUserMeta* from, NvDsUserMeta* to) = 0;
};

struct alignas(64) Element {
  Memory* memory = nullptr;
  NvDsMetaPool* pool = nullptr;  // null: a batch, or not from a pool (made by a Python constructor)
  std::unique_ptr<Attachment> attachment;
  void* owner = nullptr;                // the meta whose list this element is in
  std::atomic<uint64_t> generation{0};  // odd while in use, even while in the pool
  bool is_parent = false;               // some object may name this one as its parent
  GList pool_node = {};                 // in the pool's empty or full list
  alignas(8) unsigned char unused_[16] = {};
  GList node = {};  // in the owner's list; last, so that it shares cache lines with the meta

  bool in_use() const { return generation.load(std::memory_order_relaxed) & 1; }
  void* meta() { return this + 1; }
};
static_assert(sizeof(Element) == 128, "metas must stay aligned and beside their list node");

inline Element* element_of(const void* meta) {
  return static_cast<Element*>(const_cast<void*>(meta)) - 1;
}

inline NvDsBaseMeta* base_of(void* meta) { return static_cast<NvDsBaseMeta*>(meta); }

// Why `meta` cannot be added to (or removed from) a list of `parent`, or nullptr if it can. `type`
// is what the list holds.
const char* reason_not_to_add(const void* meta, NvDsMetaType type, const void* parent);
const char* reason_not_to_remove(const void* meta, NvDsMetaType type, const void* parent);

// The element whose meta is at `address`, or nullptr: safe for any address. Slow, for validating.
Element* find_element(const void* address);

// Frees what the struct itself owns: strings, mask data, label text.
void free_owned_memory(void* meta, NvDsMetaType type);

}  // namespace pyds::meta
