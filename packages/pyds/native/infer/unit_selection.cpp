#include "infer/unit_selection.h"

#include <climits>
#include <cmath>

namespace pyds {
namespace {

// Only a classifier's answer holds until something changes; boxes are wanted in every frame.
int reinfer_interval_of(const InferConfig& config) {
  const bool is_set = config.secondary_reinfer_interval != INT_MAX;
  return is_set || config.network_type() == NetworkType::kClassifier
             ? config.secondary_reinfer_interval
             : -1;
}

bool remembers_objects(const InferConfig& config) {
  return config.network_type() == NetworkType::kClassifier ||
         (config.network_type() == NetworkType::kDetector && reinfer_interval_of(config) > 0);
}

int pixel(float position, int extent) {
  return int(std::lround(std::fmin(std::fmax(position, 0.0f), float(extent))));
}

}  // namespace

Rect region_of(const NvOSD_RectParams& rect, const Picture& picture) {
  const int left = pixel(rect.left, picture.width), top = pixel(rect.top, picture.height);
  return {left, top, pixel(rect.left + rect.width, picture.width) - left,
          pixel(rect.top + rect.height, picture.height) - top};
}

UnitSelector::UnitSelector(const InferConfig& config, const TensorFormat& format)
    : config_(config),
      format_(format),
      classifies_(config.network_type() == NetworkType::kClassifier),
      reinfer_interval_(reinfer_interval_of(config)),
      remembers_(remembers_objects(config)) {}

Selection UnitSelector::select(const NvDsBatchMeta* batch, const FrameMemory& memory) {
  Selection selection;
  for (NvDsMetaList* node = batch->frame_meta_list; node; node = node->next) {
    auto* frame = static_cast<NvDsFrameMeta*>(node->data);
    if (frame->batch_id >= memory.size()) continue;  // metadata without a picture
    const Picture picture = Picture::of(memory.picture(frame->batch_id));
    if (config_.process_mode == ProcessMode::kSecondary) {
      select_objects(frame, picture, &selection);
      continue;
    }
    Unit unit;
    unit.frame = frame;
    unit.placement = place(picture, {0, 0, picture.width, picture.height}, format_);
    unit.width = picture.width;
    unit.height = picture.height;
    selection.units.push_back(std::move(unit));
  }
  history_.next_batch();
  return selection;
}

void UnitSelector::select_objects(NvDsFrameMeta* frame, const Picture& picture,
                                  Selection* selection) {
  for (NvDsMetaList* node = frame->obj_meta_list; node; node = node->next) {
    auto* object = static_cast<NvDsObjectMeta*>(node->data);
    if (!is_meant(*object)) continue;
    Unit unit;
    unit.frame = frame;
    unit.object = object;
    unit.placement = place(picture, region_of(object->rect_params, picture), format_);
    unit.width = picture.width;
    unit.height = picture.height;
    const Rect& region = unit.placement.source;
    const bool fits_here = fits(object->rect_params) && region.width > 0 && region.height > 0;
    if (object->object_id == UNTRACKED_OBJECT_ID) {
      selection->has_untracked = true;
      if (fits_here && !config_.classifier_async_mode) selection->units.push_back(std::move(unit));
    } else if (remembers_) {
      select_tracked(std::move(unit), fits_here, selection);
    } else if (fits_here) {
      selection->units.push_back(std::move(unit));
    }
  }
}

void UnitSelector::select_tracked(Unit unit, bool fits, Selection* selection) {
  const auto track = history_.find(unit.frame->source_id, unit.object->object_id);
  const NvOSD_RectParams& rect = unit.object->rect_params;
  const float area = rect.width * rect.height;
  const bool due =
      fits && track->is_due(unit.frame->frame_num, area, reinfer_interval_, classifies_);
  Labelled labelled = {unit.object, track, nullptr};
  if (due) {
    track->start(unit.frame->frame_num, area);
    if (config_.classifier_async_mode)
      track->set_awaited(true);
    else if (classifies_)
      labelled.answer = unit.answer = std::make_shared<Classification>();
    if (classifies_) unit.track = track;
    selection->units.push_back(std::move(unit));
  }
  if (classifies_) selection->labelled.push_back(std::move(labelled));
}

bool UnitSelector::is_meant(const NvDsObjectMeta& object) const {
  if (config_.operate_on_gie_id >= 0 && object.unique_component_id != config_.operate_on_gie_id)
    return false;
  return config_.operate_on_class_ids.empty() ||
         config_.operate_on_class_ids.count(object.class_id) > 0;
}

bool UnitSelector::fits(const NvOSD_RectParams& rect) const {
  const auto within = [](float extent, unsigned least, unsigned most) {
    // False for NaN.
    return extent >= float(least) && (most == 0 || extent <= float(most));
  };
  return within(rect.width, config_.input_object_min_width, config_.input_object_max_width) &&
         within(rect.height, config_.input_object_min_height, config_.input_object_max_height);
}

}  // namespace pyds
