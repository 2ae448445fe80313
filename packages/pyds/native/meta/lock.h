// The lock of a batch's metadata for a scope.
#pragma once

#include "nvdsmeta.h"

namespace pyds {

class MetaLock {
 public:
  explicit MetaLock(NvDsBatchMeta* batch) : batch_(batch) { nvds_acquire_meta_lock(batch_); }
  ~MetaLock() { nvds_release_meta_lock(batch_); }
  MetaLock(const MetaLock&) = delete;
  MetaLock& operator=(const MetaLock&) = delete;

 private:
  NvDsBatchMeta* batch_;
};

}  // namespace pyds
