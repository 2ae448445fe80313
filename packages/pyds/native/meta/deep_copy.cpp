// Deep copies of metadata: what a buffer copy gets.
//
// A copy iterates in the order of its source. Parents of objects are found again in the copy
// wherever they are in the list; user metas without a copy function are left out.
#include "meta/deep_copy.h"

#include <cstring>
#include <unordered_map>

#include "meta/batch_memory.h"
#include "meta/list.h"

using namespace pyds::meta;

namespace {

template <typename T>
T* acquire_like(const T* source, NvDsBatchMeta* batch, NvDsMetaType type) {
  BatchMemory* memory = BatchMemory::of(batch);
  T* copy = static_cast<T*>(memory->pool(type).acquire(batch, memory->first_slab(type)));
  const NvDsBaseMeta fresh = copy->base_meta;
  std::memcpy(copy, source, sizeof(T));
  copy->base_meta = fresh;
  copy->base_meta.uContext = source->base_meta.uContext;
  if (const auto& attachment = element_of(source)->attachment)
    element_of(copy)->attachment = attachment->for_copy();
  return copy;
}

void add_copy(void* parent, void* meta, NvDsMetaType type) {
  link(list_of(parent, type), element_of(meta), parent);
}

// Calls `copy` with each meta of a list, in the order in which adding the copies to the front
// (or, for lists that grow at the end, the end) of a list yields the same sequence. That list may
// be this one: copies are not copied again.
template <typename T, typename Copy>
void for_each_in_adding_order(GList* list, bool append, Copy copy) {
  GList* first = append ? list : g_list_last(list);
  GList* last = append ? g_list_last(list) : list;
  for (GList* node = first; node; node = append ? node->next : node->prev) {
    copy(static_cast<T*>(node->data));
    if (node == last) break;
  }
}

void copy_user_meta(NvDsUserMeta* source, NvDsBatchMeta* batch, void* parent) {
  if (!source->base_meta.copy_func) return;
  NvDsUserMeta* copy = acquire_like(source, batch, NVDS_USER_META);
  copy->base_meta.meta_type = source->base_meta.meta_type;
  copy->user_meta_data = nullptr;
  Attachment* attachment = element_of(source)->attachment.get();
  if (attachment) {
    if (!attachment->copy_user_meta(source, copy)) copy->user_meta_data = nullptr;
  } else {
    copy->user_meta_data = source->base_meta.copy_func(source, batch);
  }
  if (!copy->user_meta_data) {
    release(element_of(copy));
    return;
  }
  copy->base_meta.copy_func = source->base_meta.copy_func;
  copy->base_meta.release_func = source->base_meta.release_func;
  add_copy(parent, copy, NVDS_USER_META);
}

void copy_user_metas(GList* list, NvDsBatchMeta* batch, void* parent, bool append) {
  for_each_in_adding_order<NvDsUserMeta>(
      list, append, [&](NvDsUserMeta* user) { copy_user_meta(user, batch, parent); });
}

void copy_label(const NvDsLabelInfo* source, NvDsBatchMeta* batch, NvDsClassifierMeta* parent) {
  NvDsLabelInfo* copy = acquire_like(source, batch, NVDS_LABEL_INFO_META);
  copy->pResult_label = g_strdup(source->pResult_label);
  add_copy(parent, copy, NVDS_LABEL_INFO_META);
}

void copy_classifier(const NvDsClassifierMeta* source, NvDsBatchMeta* batch,
                     NvDsObjectMeta* parent) {
  NvDsClassifierMeta* copy = acquire_like(source, batch, NVDS_CLASSIFIER_META);
  copy->num_labels = 0;
  copy->label_info_list = nullptr;
  for_each_in_adding_order<NvDsLabelInfo>(
      source->label_info_list, false,
      [&](NvDsLabelInfo* label) { copy_label(label, batch, copy); });
  add_copy(parent, copy, NVDS_CLASSIFIER_META);
}

NvDsObjectMeta* copy_object(const NvDsObjectMeta* source, NvDsBatchMeta* batch,
                            NvDsFrameMeta* parent) {
  NvDsObjectMeta* copy = acquire_like(source, batch, NVDS_OBJ_META);
  copy->text_params.display_text = g_strdup(source->text_params.display_text);
  copy->mask_params.data = static_cast<float*>(
      g_memdup2(source->mask_params.data, source->mask_params.data ? source->mask_params.size : 0));
  copy->classifier_meta_list = nullptr;
  copy->obj_user_meta_list = nullptr;
  for_each_in_adding_order<NvDsClassifierMeta>(
      source->classifier_meta_list, false,
      [&](NvDsClassifierMeta* classifier) { copy_classifier(classifier, batch, copy); });
  copy_user_metas(source->obj_user_meta_list, batch, copy, false);
  add_copy(parent, copy, NVDS_OBJ_META);
  return copy;
}

void copy_objects(GList* list, NvDsBatchMeta* batch, NvDsFrameMeta* parent) {
  std::unordered_map<const NvDsObjectMeta*, NvDsObjectMeta*> copies;
  bool any_parent = false;
  for (GList* node = list; node; node = node->next)
    any_parent |= static_cast<NvDsObjectMeta*>(node->data)->parent != nullptr;
  for_each_in_adding_order<NvDsObjectMeta>(list, false, [&](NvDsObjectMeta* object) {
    NvDsObjectMeta* copy = copy_object(object, batch, parent);
    if (any_parent) copies[object] = copy;
  });
  for (const auto& [object, copy] : copies) {
    const auto found = copies.find(object->parent);
    copy->parent = found == copies.end() ? nullptr : found->second;
    if (copy->parent) element_of(copy->parent)->is_parent = true;
  }
}

void copy_display(const NvDsDisplayMeta* source, NvDsBatchMeta* batch, NvDsFrameMeta* parent) {
  NvDsDisplayMeta* copy = acquire_like(source, batch, NVDS_DISPLAY_META);
  for (NvOSD_TextParams& text : copy->text_params) text.display_text = g_strdup(text.display_text);
  add_copy(parent, copy, NVDS_DISPLAY_META);
}

void copy_displays(GList* list, NvDsBatchMeta* batch, NvDsFrameMeta* parent) {
  for_each_in_adding_order<NvDsDisplayMeta>(
      list, false, [&](NvDsDisplayMeta* display) { copy_display(display, batch, parent); });
}

void copy_frames(GList* list, NvDsBatchMeta* batch) {
  for_each_in_adding_order<NvDsFrameMeta>(list, true,
                                          [&](NvDsFrameMeta* frame) { copy_frame(frame, batch); });
}

// Locks the batches of a list and of the meta its copies go to, always in the same order.
class PairGuard {
 public:
  PairGuard(GList* list, NvDsBatchMeta* to)
      : PairGuard(base_of(list->data)->batch_meta, to, std::less<NvDsBatchMeta*>()) {}

 private:
  template <typename Less>
  PairGuard(NvDsBatchMeta* a, NvDsBatchMeta* b, Less less)
      : first_(less(a, b) ? a : b), second_(less(a, b) ? b : a) {}
  BatchGuard first_;
  BatchGuard second_;
};

}  // namespace

NvDsFrameMeta* pyds::meta::copy_frame(const NvDsFrameMeta* source, NvDsBatchMeta* batch) {
  NvDsFrameMeta* copy = acquire_like(source, batch, NVDS_FRAME_META);
  copy->num_obj_meta = 0;
  copy->obj_meta_list = nullptr;
  copy->display_meta_list = nullptr;
  copy->frame_user_meta_list = nullptr;
  copy_objects(source->obj_meta_list, batch, copy);
  copy_displays(source->display_meta_list, batch, copy);
  copy_user_metas(source->frame_user_meta_list, batch, copy, false);
  add_copy(batch, copy, NVDS_FRAME_META);
  return copy;
}

void nvds_copy_frame_meta_list(NvDsFrameMetaList* src, NvDsBatchMeta* dst_batch_meta) {
  if (!src) return;
  const PairGuard guard(src, dst_batch_meta);
  copy_frames(src, dst_batch_meta);
}

void nvds_copy_obj_meta_list(NvDsObjectMetaList* src, NvDsFrameMeta* dst_frame_meta) {
  if (!src) return;
  NvDsBatchMeta* batch = dst_frame_meta->base_meta.batch_meta;
  const PairGuard guard(src, batch);
  copy_objects(src, batch, dst_frame_meta);
}

void nvds_copy_display_meta_list(NvDisplayMetaList* src, NvDsFrameMeta* dst_frame_meta) {
  if (!src) return;
  NvDsBatchMeta* batch = dst_frame_meta->base_meta.batch_meta;
  const PairGuard guard(src, batch);
  copy_displays(src, batch, dst_frame_meta);
}

void nvds_copy_batch_user_meta_list(NvDsUserMetaList* src, NvDsBatchMeta* dst_batch_meta) {
  if (!src) return;
  const PairGuard guard(src, dst_batch_meta);
  copy_user_metas(src, dst_batch_meta, dst_batch_meta, true);
}

void nvds_copy_frame_user_meta_list(NvDsUserMetaList* src, NvDsFrameMeta* dst_frame_meta) {
  if (!src) return;
  NvDsBatchMeta* batch = dst_frame_meta->base_meta.batch_meta;
  const PairGuard guard(src, batch);
  copy_user_metas(src, batch, dst_frame_meta, false);
}

gpointer nvds_batch_meta_copy_func(gpointer data, gpointer) {
  auto* source = static_cast<NvDsBatchMeta*>(data);
  const BatchGuard guard(source);
  NvDsBatchMeta* copy = nvds_create_batch_meta(source->max_frames_in_batch);
  copy->base_meta.uContext = source->base_meta.uContext;
  std::memcpy(copy->misc_batch_info, source->misc_batch_info, sizeof(copy->misc_batch_info));
  std::memcpy(copy->reserved, source->reserved, sizeof(copy->reserved));
  copy_frames(source->frame_meta_list, copy);
  copy_user_metas(source->batch_user_meta_list, copy, copy, true);
  return copy;
}

void nvds_batch_meta_release_func(gpointer data, gpointer) {
  nvds_destroy_batch_meta(static_cast<NvDsBatchMeta*>(data));
}
