#include "meta/object_table.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "meta/list.h"

namespace pyds::meta {
namespace {

constexpr NvOSD_ColorParams kRed = {1, 0, 0, 1};
constexpr NvOSD_ColorParams kWhite = {1, 1, 1, 1};
constexpr NvOSD_ColorParams kBlack = {0, 0, 0, 1};

// Remembers the numbers of recent labels, so that a label is compared once instead of hashed.
class LabelCache {
 public:
  uint32_t find(const NvDsObjectMeta& object) {
    if (!object.obj_label[0]) return 0;
    Entry& entry = entries_[(object.class_id * 7u + object.unique_component_id) % entries_.size()];
    if (std::strncmp(entry.label, object.obj_label, sizeof(entry.label)) != 0) {
      g_strlcpy(entry.label, object.obj_label, sizeof(entry.label));
      entry.id = label_id(entry.label);
    }
    return entry.id;
  }

 private:
  struct Entry {
    char label[MAX_LABEL_SIZE] = {};
    uint32_t id = 0;
  };
  std::array<Entry, 64> entries_;
};

void dress_like_a_detection(NvDsObjectMeta* object, const char* label) {
  object->rect_params.border_width = 3;
  object->rect_params.border_color = kRed;
  if (!label) return;
  g_strlcpy(object->obj_label, label, sizeof(object->obj_label));
  NvOSD_TextParams& text = object->text_params;
  text.display_text = g_strdup(object->obj_label);
  text.x_offset = static_cast<unsigned>(std::max(0.f, object->rect_params.left));
  text.y_offset = static_cast<unsigned>(std::max(0.f, object->rect_params.top - 10));
  text.font_params.font_name = const_cast<char*>(g_intern_static_string("Serif"));
  text.font_params.font_size = 11;
  text.font_params.font_color = kWhite;
  text.set_bg_clr = 1;
  text.text_bg_clr = kBlack;
}

NvDsObjectMeta* make_object(NvDsBatchMeta* batch, const ObjectRow& row) {
  NvDsObjectMeta* object = nvds_acquire_obj_meta_from_pool(batch);
  object->unique_component_id = row.unique_component_id;
  object->class_id = row.class_id;
  object->object_id = row.object_id;
  object->confidence = row.confidence;
  object->tracker_confidence = row.tracker_confidence;
  object->rect_params.left = row.left;
  object->rect_params.top = row.top;
  object->rect_params.width = row.width;
  object->rect_params.height = row.height;
  object->detector_bbox_info.org_bbox_coords = {row.left, row.top, row.width, row.height};
  dress_like_a_detection(object, label_text(row.label_id));
  return object;
}

}  // namespace

size_t most_objects(const NvDsBatchMeta* batch) { return batch->obj_meta_pool->num_full_elements; }

size_t read_objects(const NvDsBatchMeta* batch, ObjectRow* rows, size_t capacity) {
  static thread_local LabelCache labels;
  size_t written = 0;
  uint32_t frame_index = 0;
  for (GList* list = batch->frame_meta_list; list; list = list->next, ++frame_index) {
    const auto& frame = *static_cast<NvDsFrameMeta*>(list->data);
    for (GList* node = frame.obj_meta_list; node && written < capacity; node = node->next) {
      if (node->next) __builtin_prefetch(node->next->data);
      const auto& object = *static_cast<NvDsObjectMeta*>(node->data);
      rows[written++] = {frame_index,
                         frame.batch_id,
                         frame.source_id,
                         frame.frame_num,
                         object.unique_component_id,
                         object.class_id,
                         object.object_id,
                         object.confidence,
                         object.tracker_confidence,
                         object.rect_params.left,
                         object.rect_params.top,
                         object.rect_params.width,
                         object.rect_params.height,
                         labels.find(object),
                         0};
    }
  }
  return written;
}

size_t add_objects(NvDsBatchMeta* batch, const ObjectRow* rows, size_t count) {
  std::vector<NvDsFrameMeta*> frames;
  for (GList* node = batch->frame_meta_list; node; node = node->next)
    frames.push_back(static_cast<NvDsFrameMeta*>(node->data));
  for (size_t i = 0; i < count; ++i)
    if (rows[i].frame_index >= frames.size()) return i;
  // Objects are added to the front of their list: the last row goes first.
  for (size_t i = count; i-- > 0;)
    nvds_add_obj_meta_to_frame(frames[rows[i].frame_index], make_object(batch, rows[i]), nullptr);
  return count;
}

uint32_t label_id(const char* label) { return label && *label ? g_quark_from_string(label) : 0; }

const char* label_text(uint32_t id) { return id ? g_quark_to_string(id) : nullptr; }

}  // namespace pyds::meta
