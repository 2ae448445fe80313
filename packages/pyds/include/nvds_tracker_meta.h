// What nvtracker attaches besides the objects themselves: frames of targets that were not reported
// at the time, targets that ended, targets in shadow, and embeddings.
//
// All of these are user metas. The structs and everything they point to belong to the meta: they
// are deep-copied with it and freed with it.
//   batch  NVDS_TRACKER_PAST_FRAME_META       NvDsTargetMiscDataBatch, earlier frames
//   batch  NVDS_TRACKER_TERMINATED_LIST_META  NvDsTargetMiscDataBatch, whole lives
//   batch  NVDS_TRACKER_SHADOW_LIST_META      NvDsTargetMiscDataBatch, this frame
//   object NVDS_TRACKER_OBJ_REID_META         NvDsObjReid
#pragma once

#include <stdint.h>

#include "nvdsmeta.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NVDS_TRACKER_TERMINATED_LIST_META ((NvDsMetaType)18)
#define NVDS_TRACKER_SHADOW_LIST_META ((NvDsMetaType)19)

typedef enum {
  EMPTY = 0,
  ACTIVE = 1,       // reported
  INACTIVE = 2,     // in shadow: lost for the moment
  TENTATIVE = 3,    // on probation
  PROJECTED = 4,    // part of a projected trajectory
  QUASIACTIVE = 5,  // confirmed by other cameras only
} TRACKER_STATE;

typedef struct _NvDsTargetMiscDataFrame {
  uint32_t frameNum;
  NvOSD_RectParams tBbox;  // pixels of the muxed frame
  float confidence;
  uint32_t age;  // frames since the target was first detected, which is 1
  TRACKER_STATE trackerState;
  float visibility;      // 0..1
  float ptWorldFeet[2];  // not filled: there is no 3D model of the scene
} NvDsTargetMiscDataFrame;

// One target.
typedef struct _NvDsTargetMiscDataObject {
  NvDsTargetMiscDataFrame* list;
  uint32_t numObj;  // frames in `list`
  uint32_t numAllocated;
  uint64_t uniqueId;  // its object_id
  uint16_t classId;
  char objLabel[MAX_LABEL_SIZE];
} NvDsTargetMiscDataObject;

// One source.
typedef struct _NvDsTargetMiscDataStream {
  NvDsTargetMiscDataObject* list;
  uint32_t streamID;         // source_id of its frames
  uint64_t surfaceStreamID;  // the same
  uint32_t numAllocated;
  uint32_t numFilled;  // targets in `list`
} NvDsTargetMiscDataStream;

typedef struct _NvDsTargetMiscDataBatch {
  NvDsTargetMiscDataStream* list;
  uint32_t numAllocated;
  uint32_t numFilled;  // streams in `list`
  void* priv_data;     // of the library
} NvDsTargetMiscDataBatch;

// The embedding of an object, a vector of unit length.
typedef struct _NvDsObjReid {
  uint32_t featureSize;
  float* ptr_host;
  float* ptr_dev;  // NULL
} NvDsObjReid;

#ifdef __cplusplus
}
#endif
