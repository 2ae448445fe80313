// nvdsmeta.h: the structs.
#include "bind.h"
#include "fields.h"
#include "meta_view.h"
#include "nvdsmeta.h"

namespace pyds::py {
namespace {

void bind_meta_types(nb::module_& module) {
  nb::enum_<NvDsMetaType>(module, "NvDsMetaType", nb::is_arithmetic(),
                          "What a meta is. NvDsMetaType(n) accepts every int.")
      .value("NVDS_INVALID_META", NVDS_INVALID_META)
      .value("NVDS_BATCH_META", NVDS_BATCH_META)
      .value("NVDS_FRAME_META", NVDS_FRAME_META)
      .value("NVDS_OBJ_META", NVDS_OBJ_META)
      .value("NVDS_DISPLAY_META", NVDS_DISPLAY_META)
      .value("NVDS_CLASSIFIER_META", NVDS_CLASSIFIER_META)
      .value("NVDS_LABEL_INFO_META", NVDS_LABEL_INFO_META)
      .value("NVDS_USER_META", NVDS_USER_META)
      .value("NVDS_PAYLOAD_META", NVDS_PAYLOAD_META)
      .value("NVDS_EVENT_MSG_META", NVDS_EVENT_MSG_META)
      .value("NVDS_OPTICAL_FLOW_META", NVDS_OPTICAL_FLOW_META)
      .value("NVDS_LATENCY_MEASUREMENT_META", NVDS_LATENCY_MEASUREMENT_META)
      .value("NVDSINFER_TENSOR_OUTPUT_META", NVDSINFER_TENSOR_OUTPUT_META)
      .value("NVDSINFER_SEGMENTATION_META", NVDSINFER_SEGMENTATION_META)
      .value("NVDS_CROP_IMAGE_META", NVDS_CROP_IMAGE_META)
      .value("NVDS_TRACKER_PAST_FRAME_META", NVDS_TRACKER_PAST_FRAME_META)
      .value("NVDS_TRACKER_BATCH_REID_META", NVDS_TRACKER_BATCH_REID_META)
      .value("NVDS_TRACKER_OBJ_REID_META", NVDS_TRACKER_OBJ_REID_META)
      .value("NVDS_AUDIO_BATCH_META", NVDS_AUDIO_BATCH_META)
      .value("NVDS_AUDIO_FRAME_META", NVDS_AUDIO_FRAME_META)
      .value("NVDS_RESERVED_META", NVDS_RESERVED_META)
      .value("NVDS_GST_CUSTOM_META", NVDS_GST_CUSTOM_META)
      .value("NVDS_START_USER_META", NVDS_START_USER_META)
      .value("NVDS_FORCE32_META", NVDS_FORCE32_META)
      .export_values();
}

std::optional<Ref<NvDsMetaPool>> pool_of(const Ref<NvDsBatchMeta>& batch, NvDsMetaPool* pool) {
  if (!pool) return std::nullopt;
  return batch.part(pool);
}

}  // namespace

void bind_nvdsmeta(nb::module_& module) {
  bind_meta_types(module);

  Binding<NvBbox_Coords>(module, "NvBbox_Coords", "A box, in pixels.")
      .constructor()
      .field("left", &NvBbox_Coords::left)
      .field("top", &NvBbox_Coords::top)
      .field("width", &NvBbox_Coords::width)
      .field("height", &NvBbox_Coords::height);

  Binding<NvDsComp_BboxInfo>(module, "NvDsComp_BboxInfo", "The box as one component saw it.")
      .constructor()
      .field("org_bbox_coords", &NvDsComp_BboxInfo::org_bbox_coords);

  Binding<NvDsMetaPool> pool(module, "NvDsMetaPool", "The elements of one kind in a batch.");
  Binding<NvDsBaseMeta> base(module, "NvDsBaseMeta", "What all kinds of metadata start with.");
  Binding<NvDsBatchMeta> batch(module, "NvDsBatchMeta", "The metadata of one batched buffer.");
  Binding<NvDsFrameMeta> frame(module, "NvDsFrameMeta", "A frame of the batch.");
  Binding<NvDsObjectMeta> object(module, "NvDsObjectMeta", "Something seen in a frame.");
  Binding<NvDsClassifierMeta> classifier(module, "NvDsClassifierMeta",
                                         "What one classifier says of an object.");
  Binding<NvDsLabelInfo> label(module, "NvDsLabelInfo", "A label a classifier gave.");
  Binding<NvDsDisplayMeta> display(module, "NvDsDisplayMeta",
                                   "Things to draw on a frame, at most 16 of each kind.");
  Binding<NvDsUserMeta> user(module, "NvDsUserMeta", "A payload of any kind.");

  pool.constructor()
      .field("meta_type", &NvDsMetaPool::meta_type)
      .field("max_elements_in_pool", &NvDsMetaPool::max_elements_in_pool)
      .field("element_size", &NvDsMetaPool::element_size)
      .field("num_empty_elements", &NvDsMetaPool::num_empty_elements)
      .field("num_full_elements", &NvDsMetaPool::num_full_elements)
      .field("empty_list", &NvDsMetaPool::empty_list)
      .field("full_list", &NvDsMetaPool::full_list);

  base.constructor()
      .field("meta_type", &NvDsBaseMeta::meta_type)
      .pointer("uContext", &NvDsBaseMeta::uContext, PointerSlot::kContext)
      .python()
      .def_prop_ro("batch_meta",
                   [](const Ref<NvDsBaseMeta>& self) -> std::optional<Ref<NvDsBatchMeta>> {
                     return ref_to(self->batch_meta);
                   });

  batch.constructor()
      .field("base_meta", &NvDsBatchMeta::base_meta)
      .field("max_frames_in_batch", &NvDsBatchMeta::max_frames_in_batch)
      .field("num_frames_in_batch", &NvDsBatchMeta::num_frames_in_batch)
      .field("frame_meta_list", &NvDsBatchMeta::frame_meta_list)
      .field("batch_user_meta_list", &NvDsBatchMeta::batch_user_meta_list)
      .field("misc_batch_info", &NvDsBatchMeta::misc_batch_info)
      .field("reserved", &NvDsBatchMeta::reserved);
  batch.python().def_prop_ro(
      "meta_mutex",
      [](const Ref<NvDsBatchMeta>& self) { return make_capsule(self.part(&self->meta_mutex)); },
      "The GRecMutex as a capsule; use nvds_acquire_meta_lock().");
  for (const auto& [name, member] :
       {std::pair("frame_meta_pool", &NvDsBatchMeta::frame_meta_pool),
        std::pair("obj_meta_pool", &NvDsBatchMeta::obj_meta_pool),
        std::pair("classifier_meta_pool", &NvDsBatchMeta::classifier_meta_pool),
        std::pair("display_meta_pool", &NvDsBatchMeta::display_meta_pool),
        std::pair("user_meta_pool", &NvDsBatchMeta::user_meta_pool),
        std::pair("label_info_meta_pool", &NvDsBatchMeta::label_info_meta_pool)})
    batch.python().def_prop_ro(name, [member = member](const Ref<NvDsBatchMeta>& self) {
      return pool_of(self, self.get()->*member);
    });

  frame.constructor()
      .field("base_meta", &NvDsFrameMeta::base_meta)
      .field("pad_index", &NvDsFrameMeta::pad_index, "N of the mux pad sink_N.")
      .field("batch_id", &NvDsFrameMeta::batch_id, "Index of the picture in the batch.")
      .field("frame_num", &NvDsFrameMeta::frame_num, "Frames of this source before this one.")
      .field("buf_pts", &NvDsFrameMeta::buf_pts, "Presentation time, ns.")
      .field("ntp_timestamp", &NvDsFrameMeta::ntp_timestamp, "Time of capture, ns since 1970.")
      .field("source_id", &NvDsFrameMeta::source_id)
      .field("num_surfaces_per_frame", &NvDsFrameMeta::num_surfaces_per_frame)
      .field("source_frame_width", &NvDsFrameMeta::source_frame_width, "Before the mux scaled it.")
      .field("source_frame_height", &NvDsFrameMeta::source_frame_height)
      .field("surface_type", &NvDsFrameMeta::surface_type)
      .field("surface_index", &NvDsFrameMeta::surface_index)
      .field("num_obj_meta", &NvDsFrameMeta::num_obj_meta, "Objects in the frame.")
      .field("bInferDone", &NvDsFrameMeta::bInferDone, "1 if inference ran on the frame.")
      .field("obj_meta_list", &NvDsFrameMeta::obj_meta_list)
      .field("display_meta_list", &NvDsFrameMeta::display_meta_list)
      .field("frame_user_meta_list", &NvDsFrameMeta::frame_user_meta_list)
      .field("misc_frame_info", &NvDsFrameMeta::misc_frame_info)
      .field("pipeline_width", &NvDsFrameMeta::pipeline_width, "Of the muxed frame, pixels.")
      .field("pipeline_height", &NvDsFrameMeta::pipeline_height)
      .field("reserved", &NvDsFrameMeta::reserved);

  object.constructor()
      .field("base_meta", &NvDsObjectMeta::base_meta)
      .field("unique_component_id", &NvDsObjectMeta::unique_component_id,
             "Of the element that found it.")
      .field("class_id", &NvDsObjectMeta::class_id)
      .field("object_id", &NvDsObjectMeta::object_id,
             "Of the tracker; 0xFFFFFFFFFFFFFFFF if not tracked.")
      .field("detector_bbox_info", &NvDsObjectMeta::detector_bbox_info)
      .field("tracker_bbox_info", &NvDsObjectMeta::tracker_bbox_info)
      .field("confidence", &NvDsObjectMeta::confidence, "Of the detector, 0..1.")
      .field("tracker_confidence", &NvDsObjectMeta::tracker_confidence)
      .field("rect_params", &NvDsObjectMeta::rect_params, "The box, also as it is drawn.")
      .field("mask_params", &NvDsObjectMeta::mask_params)
      .field("text_params", &NvDsObjectMeta::text_params, "The text drawn with the box.")
      .field("obj_label", &NvDsObjectMeta::obj_label, "At most 127 bytes of UTF-8.")
      .field("classifier_meta_list", &NvDsObjectMeta::classifier_meta_list)
      .field("obj_user_meta_list", &NvDsObjectMeta::obj_user_meta_list)
      .field("misc_obj_info", &NvDsObjectMeta::misc_obj_info)
      .field("reserved", &NvDsObjectMeta::reserved)
      .python()
      .def_prop_rw(
          "parent", [](const Ref<NvDsObjectMeta>& self) { return ref_to(self->parent); },
          [](const Ref<NvDsObjectMeta>& self, std::optional<Ref<NvDsObjectMeta>> parent) {
            NvDsObjectMeta* const value = parent ? parent->get() : nullptr;
            if (parent && (!parent->is_element() || !parent->element()->pool ||
                           parent->element()->memory != self.element()->memory))
              throw nb::value_error(
                  "NvDsObjectMeta.parent: the parent must be an object of the same batch");
            self->parent = value;
            if (parent) parent->element()->is_parent = true;
          },
          nb::for_setter(nb::arg("parent").none()), "The object this one is part of, or None.");

  classifier.constructor()
      .field("base_meta", &NvDsClassifierMeta::base_meta)
      .field("num_labels", &NvDsClassifierMeta::num_labels)
      .field("unique_component_id", &NvDsClassifierMeta::unique_component_id)
      .field("label_info_list", &NvDsClassifierMeta::label_info_list)
      .python()
      .def_prop_rw(
          "classifier_type",
          [](const Ref<NvDsClassifierMeta>& self) -> std::optional<nb::str> {
            const char* type = self->classifier_type;
            if (!type) return std::nullopt;
            return decode(type, strlen(type));
          },
          [](const Ref<NvDsClassifierMeta>& self, nb::str value) {
            self->classifier_type = g_intern_string(value.c_str());
          });

  label.constructor()
      .field("base_meta", &NvDsLabelInfo::base_meta)
      .field("num_classes", &NvDsLabelInfo::num_classes)
      .field("result_label", &NvDsLabelInfo::result_label, "At most 127 bytes of UTF-8.")
      .owned_string("pResult_label", &NvDsLabelInfo::pResult_label,
                    "The label if it does not fit into result_label.")
      .field("result_class_id", &NvDsLabelInfo::result_class_id)
      .field("label_id", &NvDsLabelInfo::label_id)
      .field("result_prob", &NvDsLabelInfo::result_prob);

  display.constructor()
      .field("base_meta", &NvDsDisplayMeta::base_meta)
      .field("num_rects", &NvDsDisplayMeta::num_rects)
      .field("num_labels", &NvDsDisplayMeta::num_labels)
      .field("num_lines", &NvDsDisplayMeta::num_lines)
      .field("num_arrows", &NvDsDisplayMeta::num_arrows)
      .field("num_circles", &NvDsDisplayMeta::num_circles)
      .field("rect_params", &NvDsDisplayMeta::rect_params)
      .field("text_params", &NvDsDisplayMeta::text_params)
      .field("line_params", &NvDsDisplayMeta::line_params)
      .field("arrow_params", &NvDsDisplayMeta::arrow_params)
      .field("circle_params", &NvDsDisplayMeta::circle_params)
      .field("misc_osd_data", &NvDsDisplayMeta::misc_osd_data)
      .field("reserved", &NvDsDisplayMeta::reserved);

  user.constructor()
      .field("base_meta", &NvDsUserMeta::base_meta)
      .pointer("user_meta_data", &NvDsUserMeta::user_meta_data, PointerSlot::kPayload,
               "The payload. An object assigned here lives as long as the meta.");

  view<NvDsFrameMeta>(batch, "frames", &NvDsBatchMeta::frame_meta_list);
  view<NvDsUserMeta>(batch, "user_metas", &NvDsBatchMeta::batch_user_meta_list);
  view<NvDsObjectMeta>(frame, "objects", &NvDsFrameMeta::obj_meta_list);
  view<NvDsDisplayMeta>(frame, "display_metas", &NvDsFrameMeta::display_meta_list);
  view<NvDsUserMeta>(frame, "user_metas", &NvDsFrameMeta::frame_user_meta_list);
  view<NvDsClassifierMeta>(object, "classifiers", &NvDsObjectMeta::classifier_meta_list);
  view<NvDsUserMeta>(object, "user_metas", &NvDsObjectMeta::obj_user_meta_list);
  view<NvDsLabelInfo>(classifier, "labels", &NvDsClassifierMeta::label_info_list);
}

}  // namespace pyds::py
