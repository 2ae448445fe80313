#include "infer/prepared_input.h"

#include <algorithm>
#include <cmath>

namespace pyds {
namespace {

bool is_meant_for(const GstNvDsPreProcessBatchMeta& meta, unsigned unique_id) {
  const std::vector<guint64>& ids = meta.target_unique_ids;
  return meta.tensor_meta && std::find(ids.begin(), ids.end(), unique_id) != ids.end();
}

NvDsInferDataType infer_type_of(NvDsDataType type) {
  switch (type) {
    case NvDsDataType_UINT8:
      return UINT8;
    case NvDsDataType_INT8:
      return INT8;
    case NvDsDataType_FP16:
      return HALF;
    case NvDsDataType_FP32:
      return FLOAT;
    default:
      return INT32;
  }
}

void check(const GstNvDsPreProcessBatchMeta& meta, const Network& network,
           const InferConfig& config) {
  const NvDsPreProcessTensorMeta& tensor = *meta.tensor_meta;
  const std::vector<int64_t> wanted = network.unit_shape();
  const std::vector<int64_t> shape(tensor.tensor_shape.begin(), tensor.tensor_shape.end());
  const NvDsInferDataType type = infer_type_of(tensor.data_type);
  const bool fits = shape.size() == wanted.size() + 1 && type == network.input_type() &&
                    std::equal(wanted.begin(), wanted.end(), shape.begin() + 1) &&
                    size_t(shape[0]) == meta.roi_vector.size() &&
                    tensor.buffer_size >= size_t(shape[0]) * network.frame_bytes();
  if (fits) return;
  throw ConfigError(config.file + ": the tensor of nvdspreprocess is " + shape_text(shape) + " " +
                    type_name(type) + " for " + std::to_string(meta.roi_vector.size()) +
                    " regions, the model takes N x " + shape_text(wanted) + " " +
                    type_name(network.input_type()) +
                    ": set network-input-shape, network-input-order and tensor-data-type of "
                    "nvdspreprocess to that");
}

bool is_in(GList* list, const void* meta) { return g_list_find(list, meta) != nullptr; }

// The inverse of what the region says of its place in the tensor.
Placement placement_of(const NvDsRoiMeta& region) {
  Placement placement;
  placement.source = {int(region.roi.left), int(region.roi.top), int(region.roi.width),
                      int(region.roi.height)};
  placement.target = {int(region.offset_left), int(region.offset_top),
                      int(std::lround(region.roi.width * region.scale_ratio_x)),
                      int(std::lround(region.roi.height * region.scale_ratio_y))};
  return placement;
}

}  // namespace

std::vector<PreparedInput> find_prepared_inputs(const NvDsBatchMeta* batch,
                                                const FrameMemory& memory, const Network& network,
                                                const InferConfig& config) {
  std::vector<PreparedInput> inputs;
  for (const GList* node = batch->batch_user_meta_list; node; node = node->next) {
    const auto* user_meta = static_cast<const NvDsUserMeta*>(node->data);
    if (user_meta->base_meta.meta_type != NVDS_PREPROCESS_BATCH_META) continue;
    const auto& meta = *static_cast<const GstNvDsPreProcessBatchMeta*>(user_meta->user_meta_data);
    if (!is_meant_for(meta, config.unique_id)) continue;
    check(meta, network, config);
    auto* data = static_cast<uint8_t*>(meta.tensor_meta->raw_tensor_buffer);
    bool goes_on = false;  // the last input, with this region
    for (const NvDsRoiMeta& region : meta.roi_vector) {
      uint8_t* const of_region = data;
      data += network.frame_bytes();
      NvDsFrameMeta* frame = region.frame_meta;
      const bool is_there =
          frame && is_in(batch->frame_meta_list, frame) && frame->batch_id < memory.size() &&
          (!region.object_meta || is_in(frame->obj_meta_list, region.object_meta));
      if (!is_there) {
        goes_on = false;
        continue;
      }
      if (!goes_on || inputs.back().units.size() == network.batch_size())
        inputs.push_back({of_region, {}});
      goes_on = true;
      Unit unit;
      unit.frame = frame;
      unit.object = region.object_meta;
      unit.placement = placement_of(region);
      unit.width = memory.picture(frame->batch_id).info().width;
      unit.height = memory.picture(frame->batch_id).info().height;
      inputs.back().units.push_back(std::move(unit));
    }
  }
  return inputs;
}

}  // namespace pyds
