#include "track/reid_meta.h"

#include <memory>
#include <vector>

#include "nvds_tracker_meta.h"

namespace pyds::track {
namespace {

// The struct applications see, first, and the values it points to.
struct Reid {
  NvDsObjReid meta = {};
  std::vector<float> values;

  explicit Reid(std::vector<float> v) : values(std::move(v)) {
    meta.featureSize = static_cast<uint32_t>(values.size());
    meta.ptr_host = values.data();
  }
};

Reid* reid_of(gpointer user_meta) {
  return static_cast<Reid*>(static_cast<NvDsUserMeta*>(user_meta)->user_meta_data);
}

}  // namespace

void attach_reid(const float* values, size_t size, NvDsObjectMeta* object) {
  NvDsUserMeta* user_meta = nvds_acquire_user_meta_from_pool(object->base_meta.batch_meta);
  user_meta->base_meta.meta_type = NVDS_TRACKER_OBJ_REID_META;
  user_meta->base_meta.copy_func = [](gpointer meta, gpointer) -> gpointer {
    return new Reid(reid_of(meta)->values);
  };
  user_meta->base_meta.release_func = [](gpointer meta, gpointer) {
    delete reid_of(meta);
    static_cast<NvDsUserMeta*>(meta)->user_meta_data = nullptr;
  };
  user_meta->user_meta_data = new Reid(std::vector<float>(values, values + size));
  nvds_add_user_meta_to_obj(object, user_meta);
}

}  // namespace pyds::track
