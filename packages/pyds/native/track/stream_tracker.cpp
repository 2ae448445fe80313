#include "track/stream_tracker.h"

#include <algorithm>

#include "meta/lock.h"
#include "track/reid_meta.h"

namespace pyds::track {
namespace {

constexpr unsigned kTextAbove = 20;  // pixels between the text's and the box's top

NvBbox_Coords coords(const Box& box) { return {box.left, box.top, box.width, box.height}; }

// The part of the box inside the frame; no size when there is none. A frame of unknown size clips
// nothing.
Box clipped(const Box& box, const NvDsFrameMeta& frame) {
  if (!frame.pipeline_width || !frame.pipeline_height) return box;
  const float left = std::max(box.left, 0.0f);
  const float top = std::max(box.top, 0.0f);
  const float right = std::min(box.right(), static_cast<float>(frame.pipeline_width));
  const float bottom = std::min(box.bottom(), static_cast<float>(frame.pipeline_height));
  return {left, top, std::max(right - left, 0.0f), std::max(bottom - top, 0.0f)};
}

void append_id(NvOSD_TextParams* text, uint64_t id) {
  static const char* const font = g_intern_static_string("Serif");
  if (!text->font_params.font_name) {
    text->font_params = {const_cast<char*>(font), 10, {1, 1, 1, 1}};
    text->set_bg_clr = 1;
    text->text_bg_clr = {0, 0, 0, 1};
  }
  char* before = text->display_text;
  const auto number = static_cast<unsigned long long>(id);
  text->display_text = before && *before ? g_strdup_printf("%s %llu", before, number)
                                         : g_strdup_printf("%llu", number);
  g_free(before);
}

// False when nothing of the box is inside the frame.
bool write(const TrackedObject& tracked, const NvDsFrameMeta& frame, bool display_id,
           NvDsObjectMeta* object) {
  const Box box = clipped(tracked.box, frame);
  if (box.width <= 0 || box.height <= 0) return false;
  object->object_id = tracked.id;
  object->tracker_confidence = tracked.confidence;
  object->tracker_bbox_info.org_bbox_coords = coords(tracked.box);
  object->rect_params.left = box.left;
  object->rect_params.top = box.top;
  object->rect_params.width = box.width;
  object->rect_params.height = box.height;
  NvOSD_TextParams& text = object->text_params;
  text.x_offset = static_cast<unsigned>(std::max(box.left, 0.0f));
  text.y_offset = static_cast<unsigned>(std::max(box.top - kTextAbove, 0.0f));
  if (display_id) append_id(&text, tracked.id);
  return true;
}

}  // namespace

void ClassStyles::learn(const NvDsObjectMeta& object) {
  const auto key = std::make_pair(object.unique_component_id, object.class_id);
  if (styles_.count(key)) return;
  Style style{object.obj_label,
              object.text_params.display_text ? object.text_params.display_text : "",
              object.rect_params, object.text_params};
  style.text.display_text = nullptr;
  styles_.emplace(key, std::move(style));
}

void ClassStyles::apply(NvDsObjectMeta* object) const {
  const auto found = styles_.find({object->unique_component_id, object->class_id});
  if (found == styles_.end()) return;
  const Style& style = found->second;
  object->rect_params = style.rect;
  object->text_params = style.text;
  if (!style.display_text.empty())
    object->text_params.display_text = g_strdup(style.display_text.c_str());
  g_strlcpy(object->obj_label, style.label.c_str(), sizeof(object->obj_label));
}

std::string ClassStyles::label(int component_id, int class_id) const {
  const auto found = styles_.find({component_id, class_id});
  return found == styles_.end() ? std::string() : found->second.label;
}

void BatchReport::attach(NvDsBatchMeta* batch) {
  TargetData::attach(std::move(past_frames), NVDS_TRACKER_PAST_FRAME_META, batch);
  TargetData::attach(std::move(terminated), NVDS_TRACKER_TERMINATED_LIST_META, batch);
  TargetData::attach(std::move(shadow), NVDS_TRACKER_SHADOW_LIST_META, batch);
}

void StreamTracker::collect(const NvDsFrameMeta& frame, const TrackingOptions& options,
                            ClassStyles* styles) {
  objects_.clear();
  for (GList* node = frame.obj_meta_list; node; node = node->next) {
    auto* object = static_cast<NvDsObjectMeta*>(node->data);
    if (options.class_ids.empty() || options.class_ids.count(object->class_id))
      objects_.push_back(object);
  }
  // The list is newest first; ids are given in the order of detection.
  std::reverse(objects_.begin(), objects_.end());
  detections_.clear();
  for (const NvDsObjectMeta* object : objects_) {
    styles->learn(*object);
    const NvOSD_RectParams& rect = object->rect_params;
    detections_.push_back({{rect.left, rect.top, rect.width, rect.height},
                           object->confidence,
                           object->class_id,
                           object->unique_component_id});
  }
}

void StreamTracker::track(NvDsFrameMeta* frame, const TrackingOptions& options,
                          EmbeddingSource* embeddings, ClassStyles* styles, BatchReport* report) {
  NvDsBatchMeta* batch = frame->base_meta.batch_meta;
  {
    const MetaLock lock(batch);
    collect(*frame, options, styles);
  }
  // A detector of the user's may not set bInferDone; then every frame counts as looked at.
  infer_flag_is_used_ |= frame->bInferDone != 0;
  const bool was_inferred = frame->bInferDone || !infer_flag_is_used_ || !objects_.empty();
  const auto frame_num = static_cast<uint32_t>(frame->frame_num);
  const FrameResult& result = was_inferred ? tracker_.update(frame_num, detections_, embeddings)
                                           : tracker_.predict(frame_num);

  write_back(frame, result, options, outputs_looks_ ? embeddings : nullptr, *styles);

  const auto label_of = [styles](const Tracklet& tracklet) {
    return styles->label(tracklet.component_id, tracklet.class_id);
  };
  report->past_frames->add_stream(frame->source_id, result.past_frames, label_of);
  report->terminated->add_stream(frame->source_id, result.terminated, label_of);
  report->shadow->add_stream(frame->source_id, result.shadow, label_of);
}

void StreamTracker::write_back(NvDsFrameMeta* frame, const FrameResult& result,
                               const TrackingOptions& options, const EmbeddingSource* embeddings,
                               const ClassStyles& styles) {
  NvDsBatchMeta* batch = frame->base_meta.batch_meta;
  const MetaLock lock(batch);
  for (const TrackedObject& tracked : result.objects) {
    if (tracked.detection >= 0) {
      NvDsObjectMeta*& object = objects_[tracked.detection];
      if (!write(tracked, *frame, options.display_id, object)) continue;
      const float* values = embeddings ? embeddings->embedding(tracked.detection) : nullptr;
      if (values) attach_reid(values, embeddings->size(), object);
      object = nullptr;  // what stays in the list is removed below
      continue;
    }
    const Box inside = clipped(tracked.box, *frame);
    if (inside.width <= 0 || inside.height <= 0) continue;
    NvDsObjectMeta* object = nvds_acquire_obj_meta_from_pool(batch);
    object->unique_component_id = tracked.component_id;
    object->class_id = tracked.class_id;
    object->confidence = -0.1f;  // as DeepStream marks objects no detector made
    styles.apply(object);
    write(tracked, *frame, options.display_id, object);
    nvds_add_obj_meta_to_frame(frame, object, nullptr);
  }
  for (NvDsObjectMeta* object : objects_)
    if (object) nvds_remove_obj_meta_from_frame(frame, object);
}

}  // namespace pyds::track
