#include "batch_lock.h"

#include "meta/batch_memory.h"

namespace pyds::py {

void lock_batch(const Ref<NvDsBatchMeta>& batch) {
  NvDsBatchMeta* meta = batch.get();
  if (!batch.element() || !dynamic_cast<meta::BatchMemory*>(batch.element()->memory))
    throw nb::value_error(
        "this NvDsBatchMeta was made by its Python constructor and has no pools; use "
        "nvds_create_batch_meta() or the batch of a buffer");
  if (!g_rec_mutex_trylock(&meta->meta_mutex)) {
    const nb::gil_scoped_release released;
    g_rec_mutex_lock(&meta->meta_mutex);
  }
  if (batch.is_stale()) {
    g_rec_mutex_unlock(&meta->meta_mutex);
    batch.get();  // raises
  }
}

Ref<NvDsBatchMeta> batch_of(const Handle& meta) {
  meta::Element* element = meta.element();
  auto* memory = element ? dynamic_cast<meta::BatchMemory*>(element->memory) : nullptr;
  if (!memory)
    throw nb::value_error(
        "this metadata does not belong to a batch; acquire it with nvds_acquire_*_from_pool()");
  return Ref<NvDsBatchMeta>(memory->batch(), meta::element_of(memory->batch()));
}

}  // namespace pyds::py
