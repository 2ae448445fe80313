// Results that cover a frame: segmentation (gstnvdsinfer.h) and nvds_opticalflow_meta.h.
#include "bind.h"
#include "fields.h"
#include "gstnvdsinfer.h"
#include "nvds_opticalflow_meta.h"

namespace pyds::py {
namespace {

template <typename T>
Ref<T> ref_from(nb::handle value, const char* function, const char* type) {
  const Handle handle = handle_from(value, function, true);
  if (!handle.pointer())
    throw nb::type_error((std::string(function) + ": expected an " + type + ", not None").c_str());
  return Ref<T>(handle);
}

nb::object segmentation_masks(nb::handle data) {
  const auto meta = ref_from<NvDsInferSegmentationMeta>(data, "get_segmentation_masks",
                                                        "NvDsInferSegmentationMeta");
  const size_t height = meta->height, width = meta->width;
  if (!meta->class_map)
    throw std::runtime_error("get_segmentation_masks: this NvDsInferSegmentationMeta has no map");
  auto* copy = static_cast<gint*>(g_memdup2(meta->class_map, height * width * sizeof(gint)));
  const nb::capsule owner(copy, [](void* memory) noexcept { g_free(memory); });
  return nb::cast(nb::ndarray<nb::numpy, gint, nb::ndim<2>>(copy, {height, width}, owner));
}

nb::object flow_vectors(nb::handle data) {
  const auto meta =
      ref_from<NvDsOpticalFlowMeta>(data, "get_optical_flow_vectors", "NvDsOpticalFlowMeta");
  if (!meta->data)
    throw std::runtime_error("get_optical_flow_vectors: this NvDsOpticalFlowMeta has no vectors");
  const size_t count = size_t{meta->rows} * meta->cols;
  const auto* vectors = static_cast<const NvOFFlowVector*>(meta->data);
  auto* values = g_new(float, 2 * count);
  for (size_t i = 0; i < count; ++i) {
    values[2 * i] = vectors[i].flowx;
    values[2 * i + 1] = vectors[i].flowy;
  }
  const nb::capsule owner(values, [](void* memory) noexcept { g_free(memory); });
  return nb::cast(nb::ndarray<nb::numpy, float, nb::ndim<1>>(values, {2 * count}, owner));
}

}  // namespace

void bind_maps(nb::module_& module) {
  Binding<NvDsInferSegmentationMeta>(module, "NvDsInferSegmentationMeta",
                                     "The class of each pixel.")
      .constructor()
      .field("classes", &NvDsInferSegmentationMeta::classes)
      .field("width", &NvDsInferSegmentationMeta::width, "Of the map, pixels.")
      .field("height", &NvDsInferSegmentationMeta::height, "Of the map, pixels.")
      .field("unique_id", &NvDsInferSegmentationMeta::unique_id, "Of the element that made it.")
      .first_number("class_map", &NvDsInferSegmentationMeta::class_map,
                    "The first value only; use get_segmentation_masks().")
      .first_number("class_probabilities_map", &NvDsInferSegmentationMeta::class_probabilities_map,
                    "The first value only.")
      .read_only_pointer("priv_data", &NvDsInferSegmentationMeta::priv_data);
  module.def("get_segmentation_masks", &segmentation_masks, nb::arg("data").none(),
             nb::sig("def get_segmentation_masks(data: object) -> "
                     "numpy.typing.NDArray[numpy.int32]"),
             "A copy of the class map, int32 of shape (height, width); -1 where no class is likely "
             "enough. `data` is the NvDsInferSegmentationMeta or a capsule of it.");

  Binding<NvOFFlowVector>(module, "NvOFFlowVector", "The motion of a block of pixels.")
      .constructor()
      .field("flowx", &NvOFFlowVector::flowx)
      .field("flowy", &NvOFFlowVector::flowy);
  Binding<NvDsOpticalFlowMeta>(module, "NvDsOpticalFlowMeta", "Motion between two frames.")
      .constructor()
      .field("rows", &NvDsOpticalFlowMeta::rows)
      .field("cols", &NvDsOpticalFlowMeta::cols)
      .field("mv_size", &NvDsOpticalFlowMeta::mv_size, "Bytes of one vector.")
      .field("frame_num", &NvDsOpticalFlowMeta::frame_num)
      .pointer("data", &NvDsOpticalFlowMeta::data, PointerSlot::kPayload)
      .pointer("priv", &NvDsOpticalFlowMeta::priv, PointerSlot::kContext)
      .read_only_pointer("reserved", &NvDsOpticalFlowMeta::reserved);
  module.def("get_optical_flow_vectors", &flow_vectors, nb::arg("data").none(),
             nb::sig("def get_optical_flow_vectors(data: object) -> "
                     "numpy.typing.NDArray[numpy.float32]"),
             "The vectors, float32 of shape (rows * cols * 2,): dx, dy of each block, row by row.");
}

}  // namespace pyds::py
