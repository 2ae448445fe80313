// BatchMemory: one batch and the pools of everything in it, recycled from batch to batch.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "meta/element.h"

namespace pyds::meta {

// A NvDsMetaPool that hands out elements from slabs. Slabs are made when first needed and kept.
class Pool {
 public:
  Pool(Memory* memory, NvDsMetaType type, guint meta_size);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  NvDsMetaPool* c_pool() { return &pool_; }
  static Pool* of(NvDsMetaPool* pool) { return reinterpret_cast<Pool*>(pool); }

  // A zeroed element of `batch`. `first_slab` is the number of elements to make if there are none.
  void* acquire(NvDsBatchMeta* batch, guint first_slab);
  // Takes an element back; its contents must have been released.
  void take_back(Element* element);
  // The element whose meta starts at `address`, or nullptr.
  Element* find(const void* address) const;
  size_t bytes() const;

 private:
  struct Slab;
  void grow(guint count);

  NvDsMetaPool pool_ = {};  // first: the address of a Pool is the address of its C struct
  Memory* memory_;
  size_t stride_;
  std::vector<Slab> slabs_;
};

class BatchMemory final : public Memory {
 public:
  // Memory with a fresh batch in it, from the cache if possible. The caller owns one reference.
  static BatchMemory* create(guint max_batch_size);
  static BatchMemory* of(NvDsBatchMeta* batch) {
    return static_cast<BatchMemory*>(element_of(batch)->memory);
  }

  NvDsBatchMeta* batch() { return &storage_.batch; }
  Pool& pool(NvDsMetaType type);
  // Elements in the first slab of a pool, from the size of the batch.
  guint first_slab(NvDsMetaType type) const;
  Element* find(const void* address);
  size_t bytes() const;

 private:
  BatchMemory();
  ~BatchMemory() override;
  void unreferenced() override;
  void start(guint max_batch_size);

  struct Storage {
    Element element;
    NvDsBatchMeta batch;
  };
  Storage storage_ = {};
  Pool frames_, objects_, classifiers_, labels_, displays_, users_;
};

}  // namespace pyds::meta
