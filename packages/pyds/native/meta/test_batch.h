// Helpers shared by the tests of this folder.
#pragma once

#include <initializer_list>
#include <memory>
#include <vector>

#include "meta/element.h"
#include "nvdsmeta.h"

namespace pyds::meta {

struct DestroyBatch {
  void operator()(NvDsBatchMeta* batch) const { nvds_destroy_batch_meta(batch); }
};
using BatchPtr = std::unique_ptr<NvDsBatchMeta, DestroyBatch>;

inline BatchPtr make_batch(guint size = 4) { return BatchPtr(nvds_create_batch_meta(size)); }

inline NvDsFrameMeta* add_frame(NvDsBatchMeta* batch, guint source_id = 0) {
  NvDsFrameMeta* frame = nvds_acquire_frame_meta_from_pool(batch);
  frame->source_id = source_id;
  nvds_add_frame_meta_to_batch(batch, frame);
  return frame;
}

inline NvDsObjectMeta* add_object(NvDsFrameMeta* frame, gint class_id = 0,
                                  NvDsObjectMeta* parent = nullptr) {
  NvDsObjectMeta* object = nvds_acquire_obj_meta_from_pool(frame->base_meta.batch_meta);
  object->class_id = class_id;
  nvds_add_obj_meta_to_frame(frame, object, parent);
  return object;
}

inline std::vector<gint> class_ids(const NvDsFrameMeta* frame) {
  std::vector<gint> ids;
  for (GList* node = frame->obj_meta_list; node; node = node->next)
    ids.push_back(static_cast<NvDsObjectMeta*>(node->data)->class_id);
  return ids;
}

}  // namespace pyds::meta
