#include "preprocess/batch_meta.h"

#include <unordered_map>

#include "meta/list.h"

namespace pyds::preprocess {
namespace {

// The struct applications see, and all it points to.
struct BatchMeta {
  GstNvDsPreProcessBatchMeta meta;
  NvDsPreProcessTensorMeta tensor;
  std::shared_ptr<uint8_t> memory;

  void link() {
    meta.tensor_meta = &tensor;
    meta.private_data = this;
  }
};

BatchMeta* batch_meta_of(gpointer user_meta) {
  const auto* meta = static_cast<GstNvDsPreProcessBatchMeta*>(
      static_cast<NvDsUserMeta*>(user_meta)->user_meta_data);
  return static_cast<BatchMeta*>(meta->private_data);
}

// What the elements of a batch are in its copy, which has them in the same order.
using Twins = std::unordered_map<const void*, void*>;

void pair_lists(GList* originals, GList* copies, Twins* twins) {
  for (; originals && copies; originals = originals->next, copies = copies->next)
    (*twins)[originals->data] = copies->data;
}

Twins twins_of(const NvDsBatchMeta* original, const NvDsBatchMeta* copy) {
  Twins twins;
  if (original->num_frames_in_batch != copy->num_frames_in_batch) return twins;
  pair_lists(original->frame_meta_list, copy->frame_meta_list, &twins);
  const Twins frames = twins;
  for (const auto& [frame, twin] : frames)
    pair_lists(static_cast<const NvDsFrameMeta*>(frame)->obj_meta_list,
               static_cast<NvDsFrameMeta*>(twin)->obj_meta_list, &twins);
  return twins;
}

template <typename Meta>
Meta* twin_of(const Twins& twins, const Meta* meta) {
  const auto found = twins.find(meta);
  return found == twins.end() ? nullptr : static_cast<Meta*>(found->second);
}

gpointer copy_tensor(gpointer user_meta, gpointer destination) {
  auto copy = std::make_unique<BatchMeta>(*batch_meta_of(user_meta));
  copy->link();
  const auto* to = static_cast<const NvDsBatchMeta*>(destination);
  const Twins twins =
      to ? twins_of(static_cast<NvDsUserMeta*>(user_meta)->base_meta.batch_meta, to) : Twins();
  for (NvDsRoiMeta& region : copy->meta.roi_vector) {
    region.frame_meta = twin_of(twins, region.frame_meta);
    region.object_meta = twin_of(twins, region.object_meta);
  }
  return &copy.release()->meta;  // released by release_tensor
}

void release_tensor(gpointer user_meta, gpointer) {
  const std::unique_ptr<BatchMeta> owned(batch_meta_of(user_meta));
  static_cast<NvDsUserMeta*>(user_meta)->user_meta_data = nullptr;
}

}  // namespace

void attach_tensor(NvDsBatchMeta* batch, PreparedTensor prepared) {
  auto made = std::make_unique<BatchMeta>();
  made->tensor = std::move(prepared.tensor);
  made->tensor.raw_tensor_buffer = prepared.memory.get();
  made->memory = std::move(prepared.memory);
  made->meta.target_unique_ids = std::move(prepared.target_ids);
  made->meta.roi_vector = std::move(prepared.regions);
  made->link();

  const meta::BatchGuard guard(batch);
  NvDsUserMeta* user_meta = nvds_acquire_user_meta_from_pool(batch);
  user_meta->user_meta_data = &made.release()->meta;
  user_meta->base_meta.meta_type = NVDS_PREPROCESS_BATCH_META;
  user_meta->base_meta.copy_func = copy_tensor;
  user_meta->base_meta.release_func = release_tensor;
  nvds_add_user_meta_to_batch(batch, user_meta);
}

}  // namespace pyds::preprocess
