#include "struct_value.h"

namespace pyds::py {

void assign_value(NvOSD_TextParams& to, const NvOSD_TextParams& from) {
  if (&to == &from) return;
  g_free(to.display_text);
  to = from;
  to.display_text = g_strdup(from.display_text);
}

void assign_value(NvOSD_MaskParams& to, const NvOSD_MaskParams& from) {
  if (&to == &from) return;
  g_free(to.data);
  to = from;
  to.data = static_cast<float*>(g_memdup2(from.data, from.data ? from.size : 0));
}

void assign_value(NvDsBaseMeta& to, const NvDsBaseMeta& from) {
  to.meta_type = from.meta_type;
  to.uContext = from.uContext;
}

}  // namespace pyds::py
