// nvds_custom_data.h and nvds_360d_meta.h: payloads of applications.
#include "alloc_payload.h"
#include "bind.h"
#include "nvds_360d_meta.h"
#include "nvds_custom_data.h"

namespace pyds::py {

void bind_custom_data(nb::module_& module) {
  Binding<CustomDataStruct>(module, "CustomDataStruct", "An example of a payload of one's own.")
      .constructor()
      .field("structId", &CustomDataStruct::structId)
      .address_string("message", &CustomDataStruct::message,
                      "Set with a str; reads as the address of the text (see get_string).")
      .field("sampleInt", &CustomDataStruct::sampleInt);
  def_alloc_payload<CustomDataStruct>(module, "alloc_custom_struct", "meta");

  nb::enum_<ROI_STATUS_360D>(module, "ROI_STATUS_360D", nb::is_arithmetic(),
                             "Where an object is in a surround view.")
      .value("ROI_ENTRY_360D", ROI_ENTRY_360D)
      .value("ROI_EXIT_360D", ROI_EXIT_360D)
      .value("INSIDE_AISLE_360D", INSIDE_AISLE_360D)
      .export_values();

  Binding<RectDim>(module, "RectDim", "A region of a surround view.")
      .constructor()
      .field("left", &RectDim::left)
      .field("top", &RectDim::top)
      .field("width", &RectDim::width)
      .field("height", &RectDim::height)
      .field("class_id", &RectDim::class_id)
      .field("tracking_id", &RectDim::tracking_id)
      .field("gie_unique_id", &RectDim::gie_unique_id)
      .field("roi_status", &RectDim::roi_status, "Flags of ROI_STATUS_360D.")
      .pointer("text", &RectDim::text, PointerSlot::kPayload);
}

}  // namespace pyds::py
