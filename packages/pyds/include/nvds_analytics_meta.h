// What nvdsanalytics says of objects and frames. C++: the members are containers.
//
// The payloads of user metas of the types nvds_get_user_meta_type(USER_META_...).
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include <glib.h>

#define NVDS_USER_FRAME_META_NVDSANALYTICS \
  (nvds_get_user_meta_type(const_cast<gchar*>("NVIDIA.DSANALYTICSFRAME.USER_META")))
#define NVDS_USER_OBJ_META_NVDSANALYTICS \
  (nvds_get_user_meta_type(const_cast<gchar*>("NVIDIA.DSANALYTICSOBJ.USER_META")))

// Payload of an object user meta.
typedef struct {
  std::vector<std::string> roiStatus;  // labels of the regions the object is in
  std::vector<std::string> ocStatus;   // labels of the overcrowded regions it is in
  std::vector<std::string> lcStatus;   // labels of the lines it crosses in this frame
  std::string dirStatus;               // label of the direction it moves in, or empty
  guint unique_id;                     // of the element
  std::string objStatus;
} NvDsAnalyticsObjInfo;

// Payload of a frame user meta.
typedef struct {
  std::unordered_map<std::string, bool> ocStatus;          // region: overcrowded
  std::unordered_map<std::string, uint32_t> objInROIcnt;   // region: valid objects in it
  std::unordered_map<std::string, uint64_t> objLCCurrCnt;  // line: crossings in this frame
  std::unordered_map<std::string, uint64_t> objLCCumCnt;   // line: crossings so far
  guint unique_id;                                         // of the element
  std::unordered_map<int, uint32_t> objCnt;                // class: objects in the frame
} NvDsAnalyticsFrameMeta;
