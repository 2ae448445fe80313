// What the classic loop needs of the metadata, bound with pybind11 in the way of NVIDIA's bindings:
// references without ownership, void* as capsules, list nodes whose `next` ends with StopIteration.
#include <pybind11/pybind11.h>

#include <cstdint>
#include <string>

#include "nvdsmeta.h"

namespace py = pybind11;

PYBIND11_MODULE(pybind11_peer, m) {
  constexpr auto kReference = py::return_value_policy::reference;

  py::class_<GList>(m, "GList")
      .def_readonly("data", &GList::data)
      .def_property_readonly(
          "next",
          [](const GList& node) {
            if (!node.next) throw py::stop_iteration();
            return node.next;
          },
          kReference);

  py::class_<NvOSD_RectParams>(m, "NvOSD_RectParams")
      .def_readwrite("left", &NvOSD_RectParams::left)
      .def_readwrite("top", &NvOSD_RectParams::top)
      .def_readwrite("width", &NvOSD_RectParams::width)
      .def_readwrite("height", &NvOSD_RectParams::height);

  py::class_<NvDsObjectMeta>(m, "NvDsObjectMeta")
      .def_readwrite("class_id", &NvDsObjectMeta::class_id)
      .def_readwrite("confidence", &NvDsObjectMeta::confidence)
      .def_readwrite("rect_params", &NvDsObjectMeta::rect_params)
      .def_property_readonly("obj_label",
                             [](const NvDsObjectMeta& meta) { return std::string(meta.obj_label); })
      .def_static(
          "cast", [](void* data) { return static_cast<NvDsObjectMeta*>(data); }, kReference);

  py::class_<NvDsFrameMeta>(m, "NvDsFrameMeta")
      .def_readonly("obj_meta_list", &NvDsFrameMeta::obj_meta_list)
      .def_static(
          "cast", [](void* data) { return static_cast<NvDsFrameMeta*>(data); }, kReference);

  py::class_<NvDsBatchMeta>(m, "NvDsBatchMeta")
      .def_readonly("frame_meta_list", &NvDsBatchMeta::frame_meta_list)
      .def_static(
          "at", [](uintptr_t address) { return reinterpret_cast<NvDsBatchMeta*>(address); },
          kReference);
}
