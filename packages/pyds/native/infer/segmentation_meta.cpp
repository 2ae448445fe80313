#include "infer/segmentation_meta.h"

#include <algorithm>

#include "gstnvdsinfer.h"
#include "meta/list.h"

namespace pyds {
namespace {

// The struct applications see, and all it points to.
struct SegmentationMeta {
  NvDsInferSegmentationMeta meta = {};
  ClassMap map;

  SegmentationMeta(ClassMap classes, gint unique_id) : map(std::move(classes)) {
    meta.classes = map.classes;
    meta.width = map.width;
    meta.height = map.height;
    meta.class_map = map.pixels.get();
    meta.class_probabilities_map = const_cast<gfloat*>(map.probabilities);
    meta.priv_data = this;
    meta.unique_id = unique_id;
  }
};

SegmentationMeta* segmentation_meta_of(gpointer user_meta) {
  const auto* meta = static_cast<NvDsInferSegmentationMeta*>(
      static_cast<NvDsUserMeta*>(user_meta)->user_meta_data);
  return static_cast<SegmentationMeta*>(meta->priv_data);
}

gpointer copy_segmentation_meta(gpointer user_meta, gpointer) {
  const SegmentationMeta* original = segmentation_meta_of(user_meta);
  const ClassMap& map = original->map;
  const size_t count = size_t(map.width) * map.height;
  ClassMap copy = {map.classes,       map.width, map.height, std::unique_ptr<int[]>(new int[count]),
                   map.probabilities, map.owner};
  std::copy_n(map.pixels.get(), count, copy.pixels.get());
  // Released by release_segmentation_meta.
  return &std::make_unique<SegmentationMeta>(std::move(copy), original->meta.unique_id)
              .release()
              ->meta;
}

void release_segmentation_meta(gpointer user_meta, gpointer) {
  const std::unique_ptr<SegmentationMeta> owned(segmentation_meta_of(user_meta));
  static_cast<NvDsUserMeta*>(user_meta)->user_meta_data = nullptr;
}

}  // namespace

void attach_class_map(NvDsBatchMeta* batch, const Unit& unit, ClassMap map,
                      const InferConfig& config) {
  auto segmentation = std::make_unique<SegmentationMeta>(std::move(map), gint(config.unique_id));
  const meta::BatchGuard guard(batch);
  NvDsUserMeta* user_meta = nvds_acquire_user_meta_from_pool(batch);
  user_meta->user_meta_data = &segmentation.release()->meta;
  user_meta->base_meta.meta_type = NVDSINFER_SEGMENTATION_META;
  user_meta->base_meta.copy_func = copy_segmentation_meta;
  user_meta->base_meta.release_func = release_segmentation_meta;
  if (unit.object) {
    nvds_add_user_meta_to_obj(unit.object, user_meta);
  } else {
    unit.frame->bInferDone = TRUE;
    nvds_add_user_meta_to_frame(unit.frame, user_meta);
  }
}

}  // namespace pyds
