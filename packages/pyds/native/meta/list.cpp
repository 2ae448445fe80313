#include "meta/list.h"

#include <utility>

#include "meta/batch_memory.h"

namespace pyds::meta {
namespace {

void unname_parent(Element* parent) {
  auto* frame = static_cast<NvDsFrameMeta*>(parent->owner);
  for (GList* node = frame->obj_meta_list; node; node = node->next) {
    auto* object = static_cast<NvDsObjectMeta*>(node->data);
    if (object->parent == parent->meta()) object->parent = nullptr;
  }
}

void release_children(void* meta, NvDsMetaType type) {
  switch (type) {
    case NVDS_FRAME_META: {
      auto* frame = static_cast<NvDsFrameMeta*>(meta);
      clear(frame, NVDS_OBJ_META, frame->obj_meta_list);
      clear(frame, NVDS_DISPLAY_META, frame->display_meta_list);
      clear(frame, NVDS_USER_META, frame->frame_user_meta_list);
      break;
    }
    case NVDS_OBJ_META: {
      auto* object = static_cast<NvDsObjectMeta*>(meta);
      clear(object, NVDS_CLASSIFIER_META, object->classifier_meta_list);
      clear(object, NVDS_USER_META, object->obj_user_meta_list);
      break;
    }
    case NVDS_CLASSIFIER_META: {
      auto* classifier = static_cast<NvDsClassifierMeta*>(meta);
      clear(classifier, NVDS_LABEL_INFO_META, classifier->label_info_list);
      break;
    }
    case NVDS_USER_META: {
      // A function that releases the payload may look at the meta: the handle is not stale yet.
      auto* user = static_cast<NvDsUserMeta*>(meta);
      if (user->base_meta.release_func) user->base_meta.release_func(user, nullptr);
      break;
    }
    default:
      break;
  }
}

}  // namespace

OwnedList list_of(void* owner, NvDsMetaType type) {
  switch (element_of(owner)->pool ? element_of(owner)->pool->meta_type : NVDS_BATCH_META) {
    case NVDS_BATCH_META: {
      auto* batch = static_cast<NvDsBatchMeta*>(owner);
      if (type == NVDS_FRAME_META)
        return {&batch->frame_meta_list, &batch->num_frames_in_batch, true};
      if (type == NVDS_USER_META) return {&batch->batch_user_meta_list, nullptr, true};
      break;
    }
    case NVDS_FRAME_META: {
      auto* frame = static_cast<NvDsFrameMeta*>(owner);
      if (type == NVDS_OBJ_META) return {&frame->obj_meta_list, &frame->num_obj_meta, false};
      if (type == NVDS_DISPLAY_META) return {&frame->display_meta_list, nullptr, false};
      if (type == NVDS_USER_META) return {&frame->frame_user_meta_list, nullptr, false};
      break;
    }
    case NVDS_OBJ_META: {
      auto* object = static_cast<NvDsObjectMeta*>(owner);
      if (type == NVDS_CLASSIFIER_META) return {&object->classifier_meta_list, nullptr, false};
      if (type == NVDS_USER_META) return {&object->obj_user_meta_list, nullptr, false};
      break;
    }
    case NVDS_CLASSIFIER_META: {
      auto* classifier = static_cast<NvDsClassifierMeta*>(owner);
      if (type == NVDS_LABEL_INFO_META)
        return {&classifier->label_info_list, &classifier->num_labels, false};
      break;
    }
    default:
      break;
  }
  return {nullptr, nullptr, false};
}

void link(OwnedList list, Element* element, void* owner) {
  GList* node = &element->node;
  GList* last = list.append ? g_list_last(*list.head) : nullptr;
  node->prev = last;
  node->next = last ? nullptr : *list.head;
  if (node->next) node->next->prev = node;
  (last ? last->next : *list.head) = node;
  if (list.count) ++*list.count;
  element->owner = owner;
}

void unlink(OwnedList list, Element* element) {
  GList* node = &element->node;
  (node->prev ? node->prev->next : *list.head) = node->next;
  if (node->next) node->next->prev = node->prev;
  // A counter may have been written by a user; it must not wrap.
  if (list.count && *list.count > 0) --*list.count;
  if (element->is_parent) unname_parent(element);
  node->prev = node->next = nullptr;
  element->owner = nullptr;
}

// Not element by element: unlinking a parent would make its children forget it.
void move_all(void* from, void* to, NvDsMetaType type) {
  const OwnedList source = list_of(from, type), destination = list_of(to, type);
  guint moved = 0;
  for (GList* node = *source.head; node; node = node->next, ++moved)
    element_of(node->data)->owner = to;
  *destination.head = g_list_concat(std::exchange(*source.head, nullptr), *destination.head);
  if (source.count) *source.count = 0;
  if (destination.count) *destination.count += moved;
}

void release(Element* element) {
  const NvDsMetaType type = element->pool->meta_type;
  release_children(element->meta(), type);
  element->generation.fetch_add(1, std::memory_order_release);
  free_owned_memory(element->meta(), type);
  element->attachment.reset();
  Pool::of(element->pool)->take_back(element);
}

void clear(void* owner, NvDsMetaType type, GList* node) {
  const OwnedList list = list_of(owner, type);
  while (node) {
    GList* next = node->next;
    Element* element = element_of(node->data);
    unlink(list, element);
    release(element);
    node = next;
  }
}

const char* reason_not_to_add(const void* meta, NvDsMetaType type, const void* parent) {
  if (!meta) return "the meta is NULL";
  if (!parent) return "the parent is NULL";
  const Element* element = element_of(meta);
  if (!element->pool || !element_of(parent)->memory)
    return "the meta was not acquired from a pool; use nvds_acquire_*_from_pool()";
  if (element->pool->meta_type != type) return "the meta is of another kind than the list";
  if (!element->in_use()) return "the meta was already returned to its pool";
  if (!element_of(parent)->in_use()) return "the parent was already returned to its pool";
  if (element->memory != element_of(parent)->memory)
    return "the meta belongs to another batch; acquire it from the batch it is added to";
  if (element->owner == parent) return "the meta is already in this list";
  if (element->owner) return "the meta is already in a list of another parent";
  return nullptr;
}

const char* reason_not_to_remove(const void* meta, NvDsMetaType type, const void* parent) {
  if (!meta) return "the meta is NULL";
  if (!parent) return "the parent is NULL";
  const Element* element = element_of(meta);
  if (!element->pool || element->pool->meta_type != type)
    return "the meta is of another kind than the list";
  if (!element->in_use()) return "the meta was already returned to its pool";
  if (element->owner != parent) return "the meta is not in this list";
  return nullptr;
}

void free_owned_memory(void* meta, NvDsMetaType type) {
  switch (type) {
    case NVDS_OBJ_META: {
      auto* object = static_cast<NvDsObjectMeta*>(meta);
      g_clear_pointer(&object->text_params.display_text, g_free);
      g_clear_pointer(&object->mask_params.data, g_free);
      break;
    }
    case NVDS_DISPLAY_META: {
      auto* display = static_cast<NvDsDisplayMeta*>(meta);
      for (NvOSD_TextParams& text : display->text_params)
        g_clear_pointer(&text.display_text, g_free);
      break;
    }
    case NVDS_LABEL_INFO_META:
      g_clear_pointer(&static_cast<NvDsLabelInfo*>(meta)->pResult_label, g_free);
      break;
    default:
      break;
  }
}

}  // namespace pyds::meta
