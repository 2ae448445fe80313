#include "nvstreammux/starting_sources.h"

namespace pyds::mux {
namespace {

bool may_get_src_pads(GstElement* element) {
  for (GList* node = gst_element_get_pad_template_list(element); node; node = node->next) {
    const auto* pad_template = static_cast<GstPadTemplate*>(node->data);
    if (GST_PAD_TEMPLATE_DIRECTION(pad_template) == GST_PAD_SRC &&
        GST_PAD_TEMPLATE_PRESENCE(pad_template) == GST_PAD_SOMETIMES)
      return true;
  }
  return false;
}

bool is_starting(GstElement* element) {
  GST_OBJECT_LOCK(element);
  const bool waits = element->numsrcpads == 0 && GST_STATE(element) >= GST_STATE_PAUSED;
  GST_OBJECT_UNLOCK(element);
  return waits && may_get_src_pads(element);
}

}  // namespace

std::string find_starting_source(GstElement* mux) {
  GstObject* bin = gst_object_get_parent(GST_OBJECT(mux));
  if (!bin) return {};
  std::string name;
  if (GST_IS_BIN(bin)) {
    GST_OBJECT_LOCK(bin);
    for (GList* node = GST_BIN_CHILDREN(bin); node && name.empty(); node = node->next)
      if (is_starting(GST_ELEMENT(node->data))) name = GST_OBJECT_NAME(node->data);
    GST_OBJECT_UNLOCK(bin);
  }
  gst_object_unref(bin);
  return name;
}

}  // namespace pyds::mux
