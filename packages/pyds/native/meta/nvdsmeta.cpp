// The C functions of nvdsmeta.h: creating, acquiring, adding, removing.
#include "nvdsmeta.h"

#include "meta/batch_memory.h"
#include "meta/list.h"

#undef G_LOG_DOMAIN
#define G_LOG_DOMAIN "nvdsmeta"

using namespace pyds::meta;

namespace {

void* acquire(NvDsBatchMeta* batch, NvDsMetaType type) {
  g_return_val_if_fail(batch, nullptr);
  const BatchGuard guard(batch);
  BatchMemory* memory = BatchMemory::of(batch);
  return memory->pool(type).acquire(batch, memory->first_slab(type));
}

bool add(void* parent, void* meta, NvDsMetaType type, const char* function) {
  if (const char* reason = reason_not_to_add(meta, type, parent)) {
    g_critical("%s: nothing added: %s", function, reason);
    return false;
  }
  const BatchGuard guard(base_of(meta)->batch_meta);
  link(list_of(parent, type), element_of(meta), parent);
  return true;
}

void remove(void* parent, void* meta, NvDsMetaType type, const char* function) {
  if (const char* reason = reason_not_to_remove(meta, type, parent)) {
    g_critical("%s: nothing removed: %s", function, reason);
    return;
  }
  const BatchGuard guard(base_of(meta)->batch_meta);
  unlink(list_of(parent, type), element_of(meta));
  release(element_of(meta));
}

void clear_list(void* parent, GList* list, NvDsMetaType type, const char* function) {
  if (!list) return;
  if (const char* reason = reason_not_to_remove(list->data, type, parent)) {
    g_critical("%s: nothing removed: %s", function, reason);
    return;
  }
  const BatchGuard guard(base_of(list->data)->batch_meta);
  clear(parent, type, list);
}

// Elements acquired and never added to a list.
void release_unlisted(NvDsMetaPool* pool) {
  while (pool->full_list) release(element_of(pool->full_list->data));
}

}  // namespace

NvDsBatchMeta* nvds_create_batch_meta(guint max_batch_size) {
  return BatchMemory::create(max_batch_size)->batch();
}

gboolean nvds_destroy_batch_meta(NvDsBatchMeta* batch_meta) {
  g_return_val_if_fail(batch_meta, FALSE);
  Element* element = element_of(batch_meta);
  {
    const BatchGuard guard(batch_meta);
    if (!element->in_use()) {
      g_critical("nvds_destroy_batch_meta: the batch was already destroyed");
      return FALSE;
    }
    clear(batch_meta, NVDS_FRAME_META, batch_meta->frame_meta_list);
    clear(batch_meta, NVDS_USER_META, batch_meta->batch_user_meta_list);
    release_unlisted(batch_meta->frame_meta_pool);
    release_unlisted(batch_meta->obj_meta_pool);
    release_unlisted(batch_meta->classifier_meta_pool);
    release_unlisted(batch_meta->label_info_meta_pool);
    release_unlisted(batch_meta->display_meta_pool);
    release_unlisted(batch_meta->user_meta_pool);
    element->attachment.reset();
    element->generation.fetch_add(1, std::memory_order_release);
  }
  element->memory->unref();
  return TRUE;
}

void nvds_acquire_meta_lock(NvDsBatchMeta* batch_meta) {
  g_return_if_fail(batch_meta);
  g_rec_mutex_lock(&batch_meta->meta_mutex);
}

void nvds_release_meta_lock(NvDsBatchMeta* batch_meta) {
  g_return_if_fail(batch_meta);
  g_rec_mutex_unlock(&batch_meta->meta_mutex);
}

NvDsFrameMeta* nvds_acquire_frame_meta_from_pool(NvDsBatchMeta* batch_meta) {
  return static_cast<NvDsFrameMeta*>(acquire(batch_meta, NVDS_FRAME_META));
}

void nvds_add_frame_meta_to_batch(NvDsBatchMeta* batch_meta, NvDsFrameMeta* frame_meta) {
  add(batch_meta, frame_meta, NVDS_FRAME_META, __func__);
}

void nvds_remove_frame_meta_from_batch(NvDsBatchMeta* batch_meta, NvDsFrameMeta* frame_meta) {
  remove(batch_meta, frame_meta, NVDS_FRAME_META, __func__);
}

NvDsFrameMeta* nvds_get_nth_frame_meta(NvDsFrameMetaList* frame_meta_list, guint index) {
  return static_cast<NvDsFrameMeta*>(g_list_nth_data(frame_meta_list, index));
}

NvDsObjectMeta* nvds_acquire_obj_meta_from_pool(NvDsBatchMeta* batch_meta) {
  return static_cast<NvDsObjectMeta*>(acquire(batch_meta, NVDS_OBJ_META));
}

void nvds_add_obj_meta_to_frame(NvDsFrameMeta* frame_meta, NvDsObjectMeta* obj_meta,
                                NvDsObjectMeta* obj_parent) {
  if (!add(frame_meta, obj_meta, NVDS_OBJ_META, __func__)) return;
  obj_meta->parent = obj_parent;
  if (obj_parent) element_of(obj_parent)->is_parent = true;
}

void nvds_remove_obj_meta_from_frame(NvDsFrameMeta* frame_meta, NvDsObjectMeta* obj_meta) {
  remove(frame_meta, obj_meta, NVDS_OBJ_META, __func__);
}

NvDsClassifierMeta* nvds_acquire_classifier_meta_from_pool(NvDsBatchMeta* batch_meta) {
  return static_cast<NvDsClassifierMeta*>(acquire(batch_meta, NVDS_CLASSIFIER_META));
}

void nvds_add_classifier_meta_to_object(NvDsObjectMeta* obj_meta,
                                        NvDsClassifierMeta* classifier_meta) {
  add(obj_meta, classifier_meta, NVDS_CLASSIFIER_META, __func__);
}

void nvds_remove_classifier_meta_from_obj(NvDsObjectMeta* obj_meta,
                                          NvDsClassifierMeta* classifier_meta) {
  remove(obj_meta, classifier_meta, NVDS_CLASSIFIER_META, __func__);
}

NvDsLabelInfo* nvds_acquire_label_info_meta_from_pool(NvDsBatchMeta* batch_meta) {
  return static_cast<NvDsLabelInfo*>(acquire(batch_meta, NVDS_LABEL_INFO_META));
}

void nvds_add_label_info_meta_to_classifier(NvDsClassifierMeta* classifier_meta,
                                            NvDsLabelInfo* label_info_meta) {
  add(classifier_meta, label_info_meta, NVDS_LABEL_INFO_META, __func__);
}

void nvds_remove_label_info_meta_from_classifier(NvDsClassifierMeta* classifier_meta,
                                                 NvDsLabelInfo* label_info_meta) {
  remove(classifier_meta, label_info_meta, NVDS_LABEL_INFO_META, __func__);
}

NvDsDisplayMeta* nvds_acquire_display_meta_from_pool(NvDsBatchMeta* batch_meta) {
  return static_cast<NvDsDisplayMeta*>(acquire(batch_meta, NVDS_DISPLAY_META));
}

void nvds_add_display_meta_to_frame(NvDsFrameMeta* frame_meta, NvDsDisplayMeta* display_meta) {
  add(frame_meta, display_meta, NVDS_DISPLAY_META, __func__);
}

void nvds_remove_display_meta_from_frame(NvDsFrameMeta* frame_meta, NvDsDisplayMeta* display_meta) {
  remove(frame_meta, display_meta, NVDS_DISPLAY_META, __func__);
}

NvDsUserMeta* nvds_acquire_user_meta_from_pool(NvDsBatchMeta* batch_meta) {
  return static_cast<NvDsUserMeta*>(acquire(batch_meta, NVDS_USER_META));
}

void nvds_add_user_meta_to_batch(NvDsBatchMeta* batch_meta, NvDsUserMeta* user_meta) {
  add(batch_meta, user_meta, NVDS_USER_META, __func__);
}

void nvds_add_user_meta_to_frame(NvDsFrameMeta* frame_meta, NvDsUserMeta* user_meta) {
  add(frame_meta, user_meta, NVDS_USER_META, __func__);
}

void nvds_add_user_meta_to_obj(NvDsObjectMeta* obj_meta, NvDsUserMeta* user_meta) {
  add(obj_meta, user_meta, NVDS_USER_META, __func__);
}

void nvds_remove_user_meta_from_batch(NvDsBatchMeta* batch_meta, NvDsUserMeta* user_meta) {
  remove(batch_meta, user_meta, NVDS_USER_META, __func__);
}

void nvds_remove_user_meta_from_frame(NvDsFrameMeta* frame_meta, NvDsUserMeta* user_meta) {
  remove(frame_meta, user_meta, NVDS_USER_META, __func__);
}

void nvds_remove_user_meta_from_object(NvDsObjectMeta* obj_meta, NvDsUserMeta* user_meta) {
  remove(obj_meta, user_meta, NVDS_USER_META, __func__);
}

NvDsMetaType nvds_get_user_meta_type(const gchar* meta_descriptor) {
  const GQuark quark = g_quark_from_string(meta_descriptor);
  return static_cast<NvDsMetaType>(NVDS_START_USER_META + static_cast<gint>(quark));
}

void nvds_clear_frame_meta_list(NvDsBatchMeta* batch_meta, NvDsFrameMetaList* meta_list) {
  clear_list(batch_meta, meta_list, NVDS_FRAME_META, __func__);
}

void nvds_clear_obj_meta_list(NvDsFrameMeta* frame_meta, NvDsObjectMetaList* meta_list) {
  clear_list(frame_meta, meta_list, NVDS_OBJ_META, __func__);
}

void nvds_clear_display_meta_list(NvDsFrameMeta* frame_meta, NvDisplayMetaList* meta_list) {
  clear_list(frame_meta, meta_list, NVDS_DISPLAY_META, __func__);
}

void nvds_clear_batch_user_meta_list(NvDsBatchMeta* batch_meta, NvDsUserMetaList* meta_list) {
  clear_list(batch_meta, meta_list, NVDS_USER_META, __func__);
}

void nvds_clear_frame_user_meta_list(NvDsFrameMeta* frame_meta, NvDsUserMetaList* meta_list) {
  clear_list(frame_meta, meta_list, NVDS_USER_META, __func__);
}

void nvds_clear_obj_user_meta_list(NvDsObjectMeta* object_meta, NvDsUserMetaList* meta_list) {
  clear_list(object_meta, meta_list, NVDS_USER_META, __func__);
}
