// The objects of a batch as rows of one table, read and written in one call.
#pragma once

#include <cstddef>
#include <cstdint>

#include "nvdsmeta.h"

namespace pyds::meta {

// Coordinates are pixels of the muxed frame.
struct ObjectRow {
  uint32_t frame_index;  // position of the frame in the batch's list
  uint32_t batch_id;
  uint32_t source_id;
  int32_t frame_num;
  int32_t unique_component_id;
  int32_t class_id;
  uint64_t object_id;
  float confidence;
  float tracker_confidence;
  float left;
  float top;
  float width;
  float height;
  uint32_t label_id;  // of obj_label, for label_text(); 0 without a label
  uint32_t unused;
};
static_assert(sizeof(ObjectRow) == 64, "one cache line per row");

// No fewer than the objects in all frames of the batch, without walking the lists.
size_t most_objects(const NvDsBatchMeta* batch);
// Writes at most `capacity` rows, frame by frame in list order; returns how many.
size_t read_objects(const NvDsBatchMeta* batch, ObjectRow* rows, size_t capacity);
// Adds one object per row to the frame at its frame_index, dressed to be drawn like a detection
// (red border, label above). Rows of a frame end up in its list in the order given. Of a row,
// batch_id, source_id and frame_num are not looked at. Adds nothing and returns the first bad row
// if a frame_index does not exist; otherwise returns `count`.
size_t add_objects(NvDsBatchMeta* batch, const ObjectRow* rows, size_t count);

// A number for a label, the same for equal labels in this process; 0 for an empty label.
uint32_t label_id(const char* label);
// The label of a number, or nullptr if there is none.
const char* label_text(uint32_t id);

}  // namespace pyds::meta
