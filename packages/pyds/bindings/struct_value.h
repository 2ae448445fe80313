// Value semantics of C structs that own memory: how they are assigned and freed.
#pragma once

#include "meta/element.h"
#include "nvdsmeta.h"

namespace pyds::py {

// Assignment by value, as in `object.text_params = other`. Owned memory is copied.
template <typename T>
void assign_value(T& to, const T& from) {
  to = from;
}
void assign_value(NvOSD_TextParams& to, const NvOSD_TextParams& from);
void assign_value(NvOSD_MaskParams& to, const NvOSD_MaskParams& from);
// The batch and the functions of a base meta belong to its meta and stay.
void assign_value(NvDsBaseMeta& to, const NvDsBaseMeta& from);

template <typename T>
void free_value(T&) {}
inline void free_value(NvOSD_TextParams& text) { g_free(text.display_text); }
inline void free_value(NvOSD_MaskParams& mask) { g_free(mask.data); }
inline void free_value(NvDsObjectMeta& meta) { meta::free_owned_memory(&meta, NVDS_OBJ_META); }
inline void free_value(NvDsDisplayMeta& meta) { meta::free_owned_memory(&meta, NVDS_DISPLAY_META); }
inline void free_value(NvDsLabelInfo& meta) {
  meta::free_owned_memory(&meta, NVDS_LABEL_INFO_META);
}

}  // namespace pyds::py
