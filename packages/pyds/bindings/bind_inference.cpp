// nvdsinfer.h and gstnvdsinfer.h: raw tensors, and the seam to engines and parsers in Python.
#include <cstring>

#include "bind.h"
#include "fields.h"
#include "gstnvdsinfer.h"
#include "infer/metadata.h"
#include "python_inference.h"

namespace pyds::py {
namespace {

std::optional<nb::str> layer_name(const Ref<NvDsInferLayerInfo>& layer) {
  if (!layer->layerName) return std::nullopt;
  return nb::str(layer->layerName);
}

NvDsInferLayerInfo* layer_at(const Ref<NvDsInferTensorMeta>& meta, long index) {
  if (index < 0 || index >= long(meta->num_output_layers))
    throw nb::index_error(("layer " + std::to_string(index) + " of " +
                           std::to_string(meta->num_output_layers) + " does not exist")
                              .c_str());
  return &meta->output_layers_info[index];
}

Ref<NvDsInferLayerInfo> get_layer(nb::handle meta, long index) {
  const Ref<NvDsInferTensorMeta> tensors(handle_from(meta, "get_nvds_LayerInfo", true));
  if (!tensors.pointer()) throw nb::type_error("get_nvds_LayerInfo needs an NvDsInferTensorMeta");
  NvDsInferLayerInfo* layer = layer_at(tensors, index);
  layer->buffer = tensors->out_buf_ptrs_host[index];
  return tensors.part(layer);
}

float get_detection(nb::handle data, size_t index) {
  const Handle values = handle_from(data, "get_detections", false);
  if (!values.pointer()) throw nb::type_error("get_detections needs a layer's buffer");
  return static_cast<const float*>(values.pointer())[index];
}

nb::dict tensors(const Ref<NvDsInferTensorMeta>& meta) {
  nb::dict result;
  for (unsigned i = 0; i < meta->num_output_layers; ++i) {
    const NvDsInferLayerInfo& layer = meta->output_layers_info[i];
    result[layer.layerName] = array_of(layer, tensor_owner(*meta.get()));
  }
  return result;
}

void bind_layers(nb::module_& module) {
  nb::enum_<NvDsInferDataType>(module, "NvDsInferDataType", nb::is_arithmetic(),
                               "The element type of a tensor.")
      .value("FLOAT", FLOAT)
      .value("HALF", HALF)
      .value("INT8", INT8)
      .value("INT32", INT32)
      .value("INT64", INT64)
      .value("UINT8", UINT8)
      .export_values();

  Binding<NvDsInferDims>(module, "NvDsInferDims", "The extents of a tensor.")
      .constructor()
      .field("numDims", &NvDsInferDims::numDims)
      .field("numElements", &NvDsInferDims::numElements)
      .field("d", &NvDsInferDims::d);

  Binding<NvDsInferDimsCHW>(module, "NvDsInferDimsCHW", "The extents of a picture tensor.")
      .constructor()
      .field("c", &NvDsInferDimsCHW::c)
      .field("h", &NvDsInferDimsCHW::h)
      .field("w", &NvDsInferDimsCHW::w);

  Binding<NvDsInferAttribute> attribute(module, "NvDsInferAttribute",
                                        "What a classifier says of one attribute.");
  attribute.constructor()
      .field("attributeIndex", &NvDsInferAttribute::attributeIndex)
      .field("atttributeIndex", &NvDsInferAttribute::attributeIndex, "attributeIndex, misspelt.")
      .field("attributeValue", &NvDsInferAttribute::attributeValue)
      .field("attributeConfidence", &NvDsInferAttribute::attributeConfidence);
  attribute.python().def_prop_ro(
      "attributeLabel", [](const Ref<NvDsInferAttribute>& self) -> std::optional<nb::str> {
        if (!self->attributeLabel) return std::nullopt;
        return decode(self->attributeLabel, strlen(self->attributeLabel));
      });

  Binding<NvDsInferNetworkInfo>(module, "NvDsInferNetworkInfo", "The size of a network's input.")
      .constructor()
      .field("width", &NvDsInferNetworkInfo::width)
      .field("height", &NvDsInferNetworkInfo::height)
      .field("channels", &NvDsInferNetworkInfo::channels);

  Binding<NvDsInferObjectDetectionInfo>(module, "NvDsInferObjectDetectionInfo",
                                        "A detection, in network pixels.")
      .constructor()
      .field("classId", &NvDsInferObjectDetectionInfo::classId)
      .field("left", &NvDsInferObjectDetectionInfo::left)
      .field("top", &NvDsInferObjectDetectionInfo::top)
      .field("width", &NvDsInferObjectDetectionInfo::width)
      .field("height", &NvDsInferObjectDetectionInfo::height)
      .field("detectionConfidence", &NvDsInferObjectDetectionInfo::detectionConfidence)
      .field("rotation_angle", &NvDsInferObjectDetectionInfo::rotation_angle);

  Binding<NvDsInferLayerInfo> layer(module, "NvDsInferLayerInfo",
                                    "One output of a network, of one frame.");
  layer.constructor()
      .field("dataType", &NvDsInferLayerInfo::dataType)
      .field("dims", &NvDsInferLayerInfo::dims)
      .field("inferDims", &NvDsInferLayerInfo::inferDims)
      .field("bindingIndex", &NvDsInferLayerInfo::bindingIndex)
      .field("isInput", &NvDsInferLayerInfo::isInput);
  layer.python()
      .def_prop_ro("layerName", &layer_name)
      .def_prop_ro(
          "buffer",
          [](const Ref<NvDsInferLayerInfo>& self) { return make_capsule(self.part(self->buffer)); },
          "The values, contiguous, as a capsule.");
}

}  // namespace

void bind_inference(nb::module_& module) {
  bind_layers(module);

  Binding<NvDsInferTensorMeta> meta(
      module, "NvDsInferTensorMeta",
      "The raw outputs of a network for one frame (`output-tensor-meta=1`).");
  meta.constructor()
      .field("unique_id", &NvDsInferTensorMeta::unique_id)
      .field("num_output_layers", &NvDsInferTensorMeta::num_output_layers)
      .field("gpu_id", &NvDsInferTensorMeta::gpu_id)
      .field("network_info", &NvDsInferTensorMeta::network_info)
      .read_only_pointer("out_buf_ptrs_host", &NvDsInferTensorMeta::out_buf_ptrs_host)
      .read_only_pointer("out_buf_ptrs_dev", &NvDsInferTensorMeta::out_buf_ptrs_dev)
      .read_only_pointer("priv_data", &NvDsInferTensorMeta::priv_data)
      .field("maintain_aspect_ratio", &NvDsInferTensorMeta::maintain_aspect_ratio)
      .field("symmetric_padding", &NvDsInferTensorMeta::symmetric_padding);
  meta.python()
      .def(
          "output_layers_info",
          [](const Ref<NvDsInferTensorMeta>& self, long j) { return self.part(layer_at(self, j)); },
          nb::arg("j"), "Layer `j`.")
      .def_prop_ro(
          "tensors", &tensors, nb::sig("def tensors(self, /) -> dict[str, numpy.ndarray]"),
          "The outputs by name, without a copy. They stay valid as long as they are kept.");

  module.def("get_nvds_LayerInfo", &get_layer, nb::arg("data"), nb::arg("j"),
             nb::sig("def get_nvds_LayerInfo(data: object, j: int) -> NvDsInferLayerInfo"),
             "Layer `j` of a tensor meta.");
  module.def("get_detections", &get_detection, nb::arg("data"), nb::arg("i"),
             nb::sig("def get_detections(data: object, i: int) -> float"),
             "Value `i` of a float32 layer's `buffer`. The index is not checked: "
             "`NvDsInferTensorMeta.tensors` is safer and much faster.");

  connect_python_inference();
}

}  // namespace pyds::py
