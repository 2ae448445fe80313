// What nvdsanalytics says about objects and frames, as user metadata (C++ only: the fields are
// containers).
//
// user_meta_data of an object's user meta of type NVDS_USER_OBJ_META_NVDSANALYTICS is an
// NvDsAnalyticsObjInfo, that of a frame's of type NVDS_USER_FRAME_META_NVDSANALYTICS an
// NvDsAnalyticsFrameMeta. Both are copied and released with their user meta.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "nvdsmeta.h"

#define NVDS_USER_OBJ_META_NVDSANALYTICS \
  (nvds_get_user_meta_type("NVIDIA.DSANALYTICSOBJ.USER_META"))
#define NVDS_USER_FRAME_META_NVDSANALYTICS \
  (nvds_get_user_meta_type("NVIDIA.DSANALYTICSFRAME.USER_META"))

struct NvDsAnalyticsObjInfo {
  std::vector<std::string> roiStatus;  // labels of the regions the object is in
  std::vector<std::string> ocStatus;   // labels of the overcrowding regions it is in
  std::vector<std::string> lcStatus;   // labels of the lines it crossed in this frame
  std::string dirStatus;               // label of the direction it moves in, or empty
  guint unique_id = 0;                 // of the element
  std::string objStatus;               // all of it in one line, "ROI:Gate LC:Exit DIR:South"
};

// Every label of the configuration is a key.
struct NvDsAnalyticsFrameMeta {
  std::unordered_map<std::string, bool> ocStatus;          // overcrowded
  std::unordered_map<std::string, uint32_t> objInROIcnt;   // objects in a region
  std::unordered_map<std::string, uint64_t> objLCCurrCnt;  // crossings in this frame
  std::unordered_map<std::string, uint64_t> objLCCumCnt;   // crossings since the start
  guint unique_id = 0;
  std::unordered_map<int, uint32_t> objCnt;  // objects in the frame by class id
};
