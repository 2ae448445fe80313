// How long frames take through the pipeline.
//
// Nothing is measured unless the environment variable NVDS_ENABLE_LATENCY_MEASUREMENT is 1.
#pragma once

#include <gst/gst.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _NvDsFrameLatencyInfo {
  guint source_id;
  guint frame_num;
  gdouble comp_in_timestamp;  // milliseconds since 1970, of the frame's arrival in the muxer
  gdouble latency;            // milliseconds from then until now
} NvDsFrameLatencyInfo;

gboolean nvds_get_enable_latency_measurement(void);
#define nvds_enable_latency_measurement (nvds_get_enable_latency_measurement())
// Writes one entry for each frame of the buffer's batch whose arrival is known, at most as many as
// max_frames_in_batch says. Returns how many.
guint nvds_measure_buffer_latency(GstBuffer* buffer, NvDsFrameLatencyInfo* latency_info);

#ifdef __cplusplus
}
#endif
