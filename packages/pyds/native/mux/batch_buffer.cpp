#include "mux/batch_buffer.h"

#include <algorithm>

#include "gstnvdsmeta.h"
#include "message/latency.h"
#include "nvds_latency_meta.h"
#include "nvdsmeta.h"
#include "surface/frame_memory.h"

namespace pyds::mux {

GstBuffer* make_batch_buffer(std::vector<Frame>& frames, unsigned batch_size) {
  const unsigned capacity = std::max<unsigned>(batch_size, frames.size());
  GstMemory* memory = FrameMemory::create(capacity);
  FrameMemory* pictures = FrameMemory::from(memory);
  NvDsBatchMeta* batch = nvds_create_batch_meta(capacity);
  for (Frame& frame : frames) {
    const GstVideoInfo& info = frame.picture->info();
    NvDsFrameMeta* meta = nvds_acquire_frame_meta_from_pool(batch);
    meta->pad_index = meta->source_id = frame.source_id;
    meta->frame_num = frame.number;
    meta->buf_pts = frame.pts;
    meta->ntp_timestamp = frame.ntp_time;
    meta->num_surfaces_per_frame = 1;
    meta->source_frame_width = frame.source_width;
    meta->source_frame_height = frame.source_height;
    meta->pipeline_width = GST_VIDEO_INFO_WIDTH(&info);
    meta->pipeline_height = GST_VIDEO_INFO_HEIGHT(&info);
    meta->batch_id = pictures->append(std::move(frame.picture));
    nvds_add_frame_meta_to_batch(batch, meta);
    if (nvds_enable_latency_measurement) message::note_arrival(meta, frame.arrival_time);
    for (UserPayload& payload : frame.user_payloads) payload.give_to(meta);
  }
  GstBuffer* buffer = gst_buffer_new();
  gst_buffer_append_memory(buffer, memory);
  NvDsMeta* meta = gst_buffer_add_nvds_meta(buffer, batch, nullptr, nvds_batch_meta_copy_func,
                                            nvds_batch_meta_release_func);
  meta->meta_type = NVDS_BATCH_GST_META;
  return buffer;
}

}  // namespace pyds::mux
