// The lock of a batch, taken without keeping Python from running meanwhile.
#pragma once

#include "ref.h"

namespace pyds::py {

// Waits for the lock with the GIL released. Raises StaleMetaError, without the lock, if the batch
// was destroyed meanwhile, ValueError for a batch made by the Python constructor.
void lock_batch(const Ref<NvDsBatchMeta>& batch);

// The batch of some metadata, which need not be in a list.
Ref<NvDsBatchMeta> batch_of(const Handle& meta);

class BatchLock {
 public:
  explicit BatchLock(Ref<NvDsBatchMeta> batch) : batch_(std::move(batch)) { lock_batch(batch_); }
  ~BatchLock() { g_rec_mutex_unlock(&static_cast<NvDsBatchMeta*>(batch_.pointer())->meta_mutex); }
  BatchLock(const BatchLock&) = delete;
  BatchLock& operator=(const BatchLock&) = delete;

 private:
  Ref<NvDsBatchMeta> batch_;
};

}  // namespace pyds::py
