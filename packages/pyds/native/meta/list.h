// The doubly linked lists of metadata, made of the nodes inside the elements.
#pragma once

#include "meta/element.h"

namespace pyds::meta {

// The list a kind of element is kept in, and its counter if there is one.
struct OwnedList {
  GList** head;
  guint* count;
  bool append;  // to the end; otherwise to the front
};

// The list of `owner` that holds elements of `type`; its head is nullptr if there is none.
OwnedList list_of(void* owner, NvDsMetaType type);

void link(OwnedList list, Element* element, void* owner);
void unlink(OwnedList list, Element* element);

// Releases an element that is in no list, with everything in it, and returns it to its pool.
void release(Element* element);
// Moves every element of a kind from one meta to another of the same batch, before what is there.
void move_all(void* from, void* to, NvDsMetaType type);
// Unlinks and releases every element of a list from `node` on.
void clear(void* owner, NvDsMetaType type, GList* node);

// Holds the recursive lock of a batch.
class BatchGuard {
 public:
  explicit BatchGuard(NvDsBatchMeta* batch) : batch_(batch) {
    g_rec_mutex_lock(&batch->meta_mutex);
  }
  ~BatchGuard() { g_rec_mutex_unlock(&batch_->meta_mutex); }
  BatchGuard(const BatchGuard&) = delete;
  BatchGuard& operator=(const BatchGuard&) = delete;

 private:
  NvDsBatchMeta* batch_;
};

}  // namespace pyds::meta
