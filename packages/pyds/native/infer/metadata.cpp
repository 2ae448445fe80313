#include "infer/metadata.h"

#include <algorithm>
#include <memory>

#include "infer/labels.h"
#include "meta/lock.h"

namespace pyds {
namespace {

constexpr unsigned kBorderWidth = 3;       // pixels
constexpr unsigned kFrameBorderWidth = 6;  // of objects that stand for a whole frame
constexpr int kNoClass = -1;
constexpr unsigned kFontSize = 11;
constexpr unsigned kTextAbove = 10;  // pixels between the text's and the box's top

void set_label(const std::string& label, char (&field)[MAX_LABEL_SIZE]) {
  size_t length = std::min(label.size(), size_t{MAX_LABEL_SIZE} - 1);
  // Not in the middle of a UTF-8 character.
  while (length < label.size() && length > 0 && (label[length] & 0xc0) == 0x80) --length;
  std::copy_n(label.data(), length, field);
  field[length] = '\0';
}

void fill_text(const std::string& label, NvDsObjectMeta* object) {
  NvOSD_TextParams& text = object->text_params;
  const NvOSD_RectParams& rect = object->rect_params;
  static const char* const font = g_intern_static_string("Serif");
  text.display_text = g_strdup(label.c_str());
  text.x_offset = unsigned(rect.left);
  text.y_offset = rect.top > kTextAbove ? unsigned(rect.top) - kTextAbove : 0;
  text.font_params = {const_cast<char*>(font), kFontSize, {1.0, 1.0, 1.0, 1.0}};
  text.set_bg_clr = 1;
  text.text_bg_clr = {0.0, 0.0, 0.0, 1.0};
}

void fill_object(const NvDsInferObjectDetectionInfo& detection, const InferConfig& config,
                 const std::string& label, NvDsObjectMeta* object) {
  const ClassAttributes& attributes = config.attributes(int(detection.classId));
  object->unique_component_id = gint(config.unique_id);
  object->class_id = gint(detection.classId);
  object->object_id = UNTRACKED_OBJECT_ID;
  object->confidence = detection.detectionConfidence;
  set_label(label, object->obj_label);
  object->detector_bbox_info.org_bbox_coords = {detection.left, detection.top, detection.width,
                                                detection.height};
  NvOSD_RectParams& rect = object->rect_params;
  rect.left = detection.left;
  rect.top = detection.top;
  rect.width = detection.width;
  rect.height = detection.height;
  rect.border_width = kBorderWidth;
  rect.border_color = attributes.border_color;
  rect.has_bg_color = attributes.bg_color.has_value();
  if (attributes.bg_color) rect.bg_color = *attributes.bg_color;
  rect.rotation_angle = detection.rotation_angle;
  fill_text(object->obj_label, object);
}

void set_mask(InstanceMask mask, float threshold, NvDsObjectMeta* object) {
  NvOSD_MaskParams& params = object->mask_params;
  params.size = unsigned(mask.size() * sizeof(float));
  params.width = mask.width;
  params.height = mask.height;
  params.threshold = threshold;
  params.data = mask.values.release();  // freed with the object
}

// The struct applications see, and all it points to.
struct TensorMeta {
  NvDsInferTensorMeta meta = {};
  Layers layers;
  std::vector<void*> host, device;

  void link() {
    host.clear();
    for (const NvDsInferLayerInfo& layer : layers) host.push_back(layer.buffer);
    device.assign(layers.size(), nullptr);
    meta.num_output_layers = guint(layers.size());
    meta.output_layers_info = layers.data();
    meta.out_buf_ptrs_host = host.data();
    meta.out_buf_ptrs_dev = device.data();
    meta.priv_data = this;
  }
};

TensorMeta* tensor_meta_of(gpointer user_meta) {
  const auto* meta =
      static_cast<NvDsInferTensorMeta*>(static_cast<NvDsUserMeta*>(user_meta)->user_meta_data);
  return static_cast<TensorMeta*>(meta->priv_data);
}

gpointer copy_tensor_meta(gpointer user_meta, gpointer) {
  auto copy = std::make_unique<TensorMeta>(*tensor_meta_of(user_meta));
  copy->link();
  return &copy.release()->meta;  // released by release_tensor_meta
}

void release_tensor_meta(gpointer user_meta, gpointer) {
  const std::unique_ptr<TensorMeta> owned(tensor_meta_of(user_meta));
  static_cast<NvDsUserMeta*>(user_meta)->user_meta_data = nullptr;
}

}  // namespace

void attach_detections(NvDsBatchMeta* batch, const Unit& unit, const Detections& detections,
                       const InferConfig& config, const std::vector<std::string>& labels,
                       std::vector<InstanceMask> masks, float mask_threshold) {
  const MetaLock lock(batch);
  unit.frame->bInferDone = TRUE;
  // Objects are prepended: the most confident goes last to come first.
  for (auto detection = detections.rbegin(); detection != detections.rend(); ++detection) {
    NvDsObjectMeta* object = nvds_acquire_obj_meta_from_pool(batch);
    fill_object(*detection, config, label_of(labels, detection->classId), object);
    if (!masks.empty()) {
      const auto index = size_t(detections.rend() - detection) - 1;
      set_mask(std::move(masks[index]), mask_threshold, object);
    }
    nvds_add_obj_meta_to_frame(unit.frame, object, unit.object);
  }
}

void attach_classification(NvDsBatchMeta* batch, NvDsObjectMeta* object,
                           const Classification& classification, const InferConfig& config) {
  if (classification.empty()) return;
  const MetaLock lock(batch);
  NvDsClassifierMeta* meta = nvds_acquire_classifier_meta_from_pool(batch);
  meta->unique_component_id = gint(config.unique_id);
  if (!config.classifier_type.empty())
    meta->classifier_type = g_intern_string(config.classifier_type.c_str());
  if (!object->text_params.display_text) fill_text("", object);
  std::string text = object->text_params.display_text;
  for (const Attribute& attribute : classification) {
    NvDsLabelInfo* info = nvds_acquire_label_info_meta_from_pool(batch);
    info->label_id = attribute.index;
    info->result_class_id = attribute.value;
    info->result_prob = attribute.confidence;
    set_label(attribute.label, info->result_label);
    nvds_add_label_info_meta_to_classifier(meta, info);
    if (classification.text.empty()) text += (text.empty() ? "" : " ") + attribute.label;
  }
  if (!classification.text.empty()) text += (text.empty() ? "" : " ") + classification.text;
  g_free(object->text_params.display_text);
  object->text_params.display_text = g_strdup(text.c_str());
  nvds_add_classifier_meta_to_object(object, meta);
}

void attach_frame_classification(NvDsBatchMeta* batch, const Unit& unit,
                                 const Classification& classification, const InferConfig& config) {
  const MetaLock lock(batch);
  unit.frame->bInferDone = TRUE;
  if (classification.empty()) return;
  NvDsObjectMeta* object = nvds_acquire_obj_meta_from_pool(batch);
  object->unique_component_id = gint(config.unique_id);
  object->class_id = kNoClass;
  object->object_id = UNTRACKED_OBJECT_ID;
  NvOSD_RectParams& rect = object->rect_params;
  const Rect& area = unit.placement.source;
  rect.left = float(area.left);
  rect.top = float(area.top);
  rect.width = float(area.width);
  rect.height = float(area.height);
  rect.border_width = kFrameBorderWidth;
  rect.border_color = config.all_classes.border_color;
  nvds_add_obj_meta_to_frame(unit.frame, object, nullptr);
  attach_classification(batch, object, classification, config);
}

std::shared_ptr<void> tensor_owner(const NvDsInferTensorMeta& meta) {
  return static_cast<const TensorMeta*>(meta.priv_data)->layers.owner;
}

void attach_tensor_meta(NvDsBatchMeta* batch, const Unit& unit, Layers layers,
                        const Network& network, const InferConfig& config) {
  auto tensors = std::make_unique<TensorMeta>();
  tensors->meta.unique_id = config.unique_id;
  tensors->meta.gpu_id = gint(config.gpu_id);
  tensors->meta.network_info = network.info();
  tensors->meta.maintain_aspect_ratio = config.maintain_aspect_ratio;
  tensors->meta.symmetric_padding = config.symmetric_padding;
  tensors->layers = std::move(layers);
  tensors->link();

  const MetaLock lock(batch);
  NvDsUserMeta* user_meta = nvds_acquire_user_meta_from_pool(batch);
  user_meta->user_meta_data = &tensors.release()->meta;
  user_meta->base_meta.meta_type = NVDSINFER_TENSOR_OUTPUT_META;
  user_meta->base_meta.copy_func = copy_tensor_meta;
  user_meta->base_meta.release_func = release_tensor_meta;
  if (unit.object)
    nvds_add_user_meta_to_obj(unit.object, user_meta);
  else
    nvds_add_user_meta_to_frame(unit.frame, user_meta);
}

}  // namespace pyds
