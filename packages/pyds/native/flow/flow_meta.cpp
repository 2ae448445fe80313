#include "flow/flow_meta.h"

namespace pyds::flow {
namespace {

// The struct applications see, and the owner of its vectors.
struct FlowMeta {
  NvDsOpticalFlowMeta meta = {};
  Vectors vectors;
};

FlowMeta* flow_meta_of(gpointer user_meta) {
  const auto* meta =
      static_cast<NvDsOpticalFlowMeta*>(static_cast<NvDsUserMeta*>(user_meta)->user_meta_data);
  return static_cast<FlowMeta*>(meta->priv);
}

NvDsOpticalFlowMeta* with_owner(std::unique_ptr<FlowMeta> flow) {
  flow->meta.priv = flow.get();
  return &flow.release()->meta;  // released by release_flow
}

gpointer copy_flow(gpointer user_meta, gpointer) {
  return with_owner(std::make_unique<FlowMeta>(*flow_meta_of(user_meta)));
}

void release_flow(gpointer user_meta, gpointer) {
  const std::unique_ptr<FlowMeta> owned(flow_meta_of(user_meta));
  static_cast<NvDsUserMeta*>(user_meta)->user_meta_data = nullptr;
}

}  // namespace

void attach_flow(NvDsFrameMeta* frame, Grid grid, Vectors vectors) {
  auto flow = std::make_unique<FlowMeta>();
  flow->meta.rows = grid.rows;
  flow->meta.cols = grid.columns;
  flow->meta.mv_size = sizeof(NvOFFlowVector);
  flow->meta.frame_num = (unsigned long)frame->frame_num;
  flow->meta.data = vectors->data();
  flow->vectors = std::move(vectors);

  NvDsUserMeta* user_meta = nvds_acquire_user_meta_from_pool(frame->base_meta.batch_meta);
  user_meta->user_meta_data = with_owner(std::move(flow));
  user_meta->base_meta.meta_type = NVDS_OPTICAL_FLOW_META;
  user_meta->base_meta.copy_func = copy_flow;
  user_meta->base_meta.release_func = release_flow;
  nvds_add_user_meta_to_frame(frame, user_meta);
}

const NvDsOpticalFlowMeta* flow_of(const NvDsFrameMeta* frame) {
  for (const GList* node = frame->frame_user_meta_list; node; node = node->next) {
    const auto* user_meta = static_cast<const NvDsUserMeta*>(node->data);
    if (user_meta->base_meta.meta_type == NVDS_OPTICAL_FLOW_META)
      return static_cast<const NvDsOpticalFlowMeta*>(user_meta->user_meta_data);
  }
  return nullptr;
}

}  // namespace pyds::flow
