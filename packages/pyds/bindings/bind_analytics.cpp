// nvds_analytics_meta.h: what nvdsanalytics says.
#include "nvds_analytics_meta.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/unordered_map.h>
#include <nanobind/stl/vector.h>

#include "bind.h"
#include "fields.h"

namespace pyds::py {

void bind_analytics(nb::module_& module) {
  Binding<NvDsAnalyticsObjInfo>(module, "NvDsAnalyticsObjInfo",
                                "What nvdsanalytics says of an object. Containers are copies.")
      .constructor()
      .value("roiStatus", &NvDsAnalyticsObjInfo::roiStatus, "Regions it is in.")
      .value("ocStatus", &NvDsAnalyticsObjInfo::ocStatus, "Overcrowded regions it is in.")
      .value("lcStatus", &NvDsAnalyticsObjInfo::lcStatus, "Lines it crosses in this frame.")
      .value("dirStatus", &NvDsAnalyticsObjInfo::dirStatus, "The direction it moves in, or \"\".")
      .value("objStatus", &NvDsAnalyticsObjInfo::objStatus)
      .field("unique_id", &NvDsAnalyticsObjInfo::unique_id, "Of the element.");

  Binding<NvDsAnalyticsFrameMeta>(module, "NvDsAnalyticsFrameMeta",
                                  "What nvdsanalytics says of a frame. Containers are copies.")
      .constructor()
      .value("ocStatus", &NvDsAnalyticsFrameMeta::ocStatus, "Region: whether it is overcrowded.")
      .value("objInROIcnt", &NvDsAnalyticsFrameMeta::objInROIcnt, "Region: objects in it.")
      .value("objLCCurrCnt", &NvDsAnalyticsFrameMeta::objLCCurrCnt,
             "Line: crossings in this frame.")
      .value("objLCCumCnt", &NvDsAnalyticsFrameMeta::objLCCumCnt, "Line: crossings so far.")
      .value("objCnt", &NvDsAnalyticsFrameMeta::objCnt, "Class: objects in the frame.")
      .field("unique_id", &NvDsAnalyticsFrameMeta::unique_id, "Of the element.");
}

}  // namespace pyds::py
