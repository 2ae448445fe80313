// What one entry of a prepared tensor shows: a frame, a region of one, or an object.
#pragma once

#include "nvbufsurface.h"
#include "nvdsmeta.h"

#define DS_MAX_POLYGON_POINTS 8

typedef enum {
  NvDsDataType_FP32 = 0,
  NvDsDataType_UINT8 = 1,
  NvDsDataType_INT8 = 2,
  NvDsDataType_UINT32 = 3,
  NvDsDataType_INT32 = 4,
  NvDsDataType_FP16 = 5,
} NvDsDataType;

typedef enum {
  NvDsUnitType_FullFrame = 0,
  NvDsUnitType_ROI = 1,
  NvDsUnitType_Object = 2,
} NvDsUnitType;

// A position x of the tensor is (x - offset_left) / scale_ratio_x + roi.left in the frame.
typedef struct NvDsRoiMeta {
  NvOSD_RectParams roi;                         // pixels of the frame
  guint roi_polygon[DS_MAX_POLYGON_POINTS][2];  // not used
  NvBufSurfaceParams* converted_buffer;         // NULL: the tensor is made in one pass
  NvDsFrameMeta* frame_meta;                    // NULL in a copy of the batch without this frame
  gdouble scale_ratio_x;                        // tensor pixels per pixel of the frame
  gdouble scale_ratio_y;
  gdouble offset_left;  // of the picture between borders, tensor pixels
  gdouble offset_top;
  NvDsClassifierMetaList* classifier_meta_list;  // empty
  NvDsUserMetaList* roi_user_meta_list;          // empty
  NvDsObjectMeta* object_meta;                   // NULL unless objects are prepared
} NvDsRoiMeta;
