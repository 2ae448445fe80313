#include "preprocess/preparer.h"

#include <algorithm>
#include <utility>

#include "infer/half.h"
#include "infer/unit_selection.h"
#include "meta/list.h"

namespace pyds::preprocess {
namespace {

constexpr unsigned kBorderWidth = 3;  // of regions that are drawn, pixels

size_t bytes_of(NvDsDataType type) {
  switch (type) {
    case NvDsDataType_UINT8:
      return 1;
    case NvDsDataType_FP16:
      return 2;
    default:
      return 4;
  }
}

bool admits(const Group& group, const NvDsObjectMeta& object) {
  const auto within = [](float extent, unsigned least, unsigned most) {
    return extent >= float(least) && (most == 0 || extent <= float(most));  // false for NaN
  };
  if (!group.process_on_all_objects && !group.class_ids.empty() &&
      !group.class_ids.count(object.class_id))
    return false;
  return within(object.rect_params.width, group.min_width, group.max_width) &&
         within(object.rect_params.height, group.min_height, group.max_height);
}

void draw(const Group& group, NvDsFrameMeta* frame) {
  const std::vector<Rect>& regions = group.regions.at(frame->source_id);
  NvDsDisplayMeta* display = nullptr;
  for (const Rect& region : regions) {
    if (!display || display->num_rects == MAX_ELEMENTS_IN_DISPLAY_META) {
      display = nvds_acquire_display_meta_from_pool(frame->base_meta.batch_meta);
      nvds_add_display_meta_to_frame(frame, display);
    }
    NvOSD_RectParams& rect = display->rect_params[display->num_rects++];
    rect.left = float(region.left);
    rect.top = float(region.top);
    rect.width = float(region.width);
    rect.height = float(region.height);
    rect.border_width = kBorderWidth;
    rect.border_color = group.roi_color;
  }
}

}  // namespace

Preparer::Preparer(Config config, Warn warn)
    : config_(std::move(config)),
      warn_(std::move(warn)),
      unit_bytes_(config_.format.size() * bytes_of(config_.type)),
      pool_(unit_bytes_ * config_.batch_size),
      passed_over_(config_.groups.size()) {}

void Preparer::prepare(NvDsBatchMeta* batch, const FrameMemory& pictures) {
  units_.clear();
  {
    const meta::BatchGuard guard(batch);
    for (size_t i = 0; i < config_.groups.size(); ++i) {
      const Group& group = config_.groups[i];
      const bool is_due = passed_over_[i]++ % (group.interval + 1) == 0;
      for (GList* node = batch->frame_meta_list; node; node = node->next) {
        auto* frame = static_cast<NvDsFrameMeta*>(node->data);
        if (frame->batch_id >= pictures.size() || !group.has(frame->source_id)) continue;
        if (group.draw_roi && group.process_on_roi && group.regions.count(frame->source_id))
          draw(group, frame);
        if (is_due) select(group, frame, Picture::of(pictures.picture(frame->batch_id)));
      }
    }
  }
  guint tensors = 0;
  for (size_t begin = 0; begin < units_.size(); begin += config_.batch_size) {
    PreparedTensor tensor =
        make_tensor(begin, std::min(begin + config_.batch_size, units_.size()), pictures);
    tensor.tensor.meta_id = tensors++;
    attach_tensor(batch, std::move(tensor));
  }
}

void Preparer::select(const Group& group, NvDsFrameMeta* frame, const Picture& picture) {
  if (!config_.process_on_frame)
    select_objects(group, frame, picture);
  else if (group.process_on_roi)
    select_regions(group, frame, picture);
  else
    add(frame, nullptr, place(picture, {0, 0, picture.width, picture.height}, config_.format));
}

void Preparer::select_regions(const Group& group, NvDsFrameMeta* frame, const Picture& picture) {
  const auto found = group.regions.find(frame->source_id);
  if (found == group.regions.end()) return;  // src-ids=-1 covers more sources than have regions
  for (const Rect& region : found->second) {
    const Placement placement = place(picture, region, config_.format);
    const bool is_inside =
        region.left + region.width <= picture.width && region.top + region.height <= picture.height;
    if (!is_inside && !std::exchange(warned_of_outside_, true))
      warn_(config_.file + ": [" + group.name + "] the region " + std::to_string(region.left) +
            ";" + std::to_string(region.top) + ";" + std::to_string(region.width) + ";" +
            std::to_string(region.height) + " of source " + std::to_string(frame->source_id) +
            " is not all inside the frames of " + std::to_string(picture.width) + " x " +
            std::to_string(picture.height) + " pixels; what is outside is left out");
    if (placement.source.width > 0 && placement.source.height > 0) add(frame, nullptr, placement);
  }
}

void Preparer::select_objects(const Group& group, NvDsFrameMeta* frame, const Picture& picture) {
  for (GList* node = frame->obj_meta_list; node; node = node->next) {
    auto* object = static_cast<NvDsObjectMeta*>(node->data);
    if (config_.operate_on_gie_id >= 0 && object->unique_component_id != config_.operate_on_gie_id)
      continue;
    if (!admits(group, *object)) continue;
    const Placement placement =
        place(picture, region_of(object->rect_params, picture), config_.format);
    if (placement.source.width > 0 && placement.source.height > 0) add(frame, object, placement);
  }
}

void Preparer::add(NvDsFrameMeta* frame, NvDsObjectMeta* object, const Placement& placement) {
  Unit unit = {};
  unit.placement = placement;
  NvDsRoiMeta& region = unit.region;
  region.roi.left = float(placement.source.left);
  region.roi.top = float(placement.source.top);
  region.roi.width = float(placement.source.width);
  region.roi.height = float(placement.source.height);
  region.frame_meta = frame;
  region.object_meta = object;
  region.scale_ratio_x = double(placement.target.width) / placement.source.width;
  region.scale_ratio_y = double(placement.target.height) / placement.source.height;
  region.offset_left = placement.target.left;
  region.offset_top = placement.target.top;
  units_.push_back(unit);
}

PreparedTensor Preparer::make_tensor(size_t begin, size_t end, const FrameMemory& pictures) {
  PreparedTensor prepared;
  prepared.memory = pool_.acquire();
  prepared.target_ids = config_.target_ids;
  uint8_t* target = prepared.memory.get();
  for (size_t i = begin; i < end; ++i, target += unit_bytes_) {
    write(units_[i], pictures, target);
    prepared.regions.push_back(units_[i].region);
  }
  const int count = int(end - begin), c = config_.format.channels, h = config_.format.height,
            w = config_.format.width;
  NvDsPreProcessTensorMeta& tensor = prepared.tensor;
  tensor.tensor_shape = {count, c, h, w};
  if (config_.format.channels_last) tensor.tensor_shape = {count, h, w, c};
  tensor.buffer_size = unit_bytes_ * size_t(count);
  tensor.data_type = config_.type;
  tensor.tensor_name = config_.tensor_name;
  tensor.maintain_aspect_ratio = config_.format.keep_aspect;
  return prepared;
}

// The picture's format is always supported: the pad templates admit no other.
void Preparer::write(const Unit& unit, const FrameMemory& pictures, uint8_t* target) {
  const Picture picture = Picture::of(pictures.picture(unit.region.frame_meta->batch_id));
  if (config_.type == NvDsDataType_UINT8) {
    write_tensor(picture, unit.placement, config_.format, target);
  } else if (config_.type == NvDsDataType_FP32) {
    write_tensor(picture, unit.placement, config_.format, reinterpret_cast<float*>(target));
  } else {
    values_.resize(config_.format.size());
    write_tensor(picture, unit.placement, config_.format, values_.data());
    float_to_half(values_.data(), values_.size(), reinterpret_cast<uint16_t*>(target));
  }
}

}  // namespace pyds::preprocess
