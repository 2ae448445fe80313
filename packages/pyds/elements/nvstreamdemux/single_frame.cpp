#include "nvstreamdemux/single_frame.h"

#include "gstnvdsmeta.h"
#include "meta/deep_copy.h"
#include "surface/frame_memory.h"

namespace pyds::demux {

GstBuffer* single_frame_buffer(GstBuffer* buffer, NvDsBatchMeta* batch,
                               const NvDsFrameMeta* frame) {
  const FrameMemory* pictures = FrameMemory::from(buffer);
  if (!pictures || frame->batch_id >= pictures->size()) return nullptr;
  GstMemory* memory = FrameMemory::create(1);
  FrameMemory::from(memory)->append(pictures->share(frame->batch_id));
  GstBuffer* single = gst_buffer_new();
  gst_buffer_append_memory(single, memory);
  gst_buffer_copy_into(single, buffer,
                       GstBufferCopyFlags(GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS), 0,
                       -1);

  NvDsBatchMeta* batch_of_one = nvds_create_batch_meta(1);
  meta::copy_frame(frame, batch_of_one)->batch_id = 0;
  nvds_copy_batch_user_meta_list(batch->batch_user_meta_list, batch_of_one);
  NvDsMeta* meta = gst_buffer_add_nvds_meta(
      single, batch_of_one, nullptr, nvds_batch_meta_copy_func, nvds_batch_meta_release_func);
  meta->meta_type = NVDS_BATCH_GST_META;
  return single;
}

}  // namespace pyds::demux
