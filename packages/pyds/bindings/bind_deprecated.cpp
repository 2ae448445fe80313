// The casts of old: glist_get_*(data) is X.cast(data).
#include <nanobind/stl/string.h>
#include "bind.h"

#include "fields.h"
#include "gstnvdsinfer.h"
#include "nvbufsurface.h"

namespace pyds::py {
namespace {

template <typename T>
void def_cast(nb::module_& module, const char* name) {
  const auto type = nb::cast<std::string>(nb::type<Ref<T>>().attr("__name__"));
  module.def(
      name, &cast_to<T>, nb::arg("data").none(),
      nb::sig(g_intern_string((std::string("def ") + name + "(data: object) -> " + type).c_str())),
      g_intern_string(("Deprecated: " + type + ".cast(data).").c_str()));
}

}  // namespace

void bind_deprecated(nb::module_& module) {
  def_cast<NvDsBatchMeta>(module, "glist_get_nvds_batch_meta");
  def_cast<NvDsFrameMeta>(module, "glist_get_nvds_frame_meta");
  def_cast<NvDsObjectMeta>(module, "glist_get_nvds_object_meta");
  def_cast<NvDsUserMeta>(module, "glist_get_nvds_user_meta");
  def_cast<NvDsClassifierMeta>(module, "glist_get_nvds_classifier_meta");
  def_cast<NvDsDisplayMeta>(module, "glist_get_nvds_display_meta");
  def_cast<NvDsLabelInfo>(module, "glist_get_nvds_label_info");
  def_cast<NvDsEventMsgMeta>(module, "glist_get_nvds_event_msg_meta");
  def_cast<NvDsVehicleObject>(module, "glist_get_nvds_vehicle_object");
  def_cast<NvDsPersonObject>(module, "glist_get_nvds_person_object");
  def_cast<NvDsInferTensorMeta>(module, "glist_get_nvds_tensor_meta");
  def_cast<NvBufSurfaceParams>(module, "glist_get_nvds_Surface_Params");
}

}  // namespace pyds::py
