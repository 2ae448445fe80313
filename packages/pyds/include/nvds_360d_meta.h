// Regions of interest in surround views.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { ROI_ENTRY_360D = 1, ROI_EXIT_360D = 2, INSIDE_AISLE_360D = 4 } ROI_STATUS_360D;

typedef struct {
  float left;
  float top;
  float width;
  float height;
  int class_id;
  int tracking_id;
  int gie_unique_id;
  int roi_status;  // flags of ROI_STATUS_360D
  void* text;
} RectDim;

#ifdef __cplusplus
}
#endif
