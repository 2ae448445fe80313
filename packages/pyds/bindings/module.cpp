// The extension module pyds._native.
#include "bind.h"
#include "ref.h"

NB_MODULE(_native, module) {
  using namespace pyds::py;
  module.doc() = "The C side of pyds: use `import pyds`.";
  nb::set_leak_warnings(false);  // handles in user code may outlive the module at exit

  nb::exception<StaleMeta>(module, "StaleMetaError", PyExc_RuntimeError);
  nb::class_<Handle>(module, "Struct", "A C struct, by reference. Equal if the same struct.")
      .def(
          "__eq__", [](const Handle& self, const Handle& other) { return self == other; },
          nb::is_operator(), nb::sig("def __eq__(self, other: object, /) -> bool"))
      .def("__hash__", [](const Handle& self) { return std::hash<void*>()(self.pointer()); });

  bind_glist(module);
  bind_nvbufsurface(module);
  bind_nvll_osd(module);
  bind_meta_views(module);
  bind_nvdsmeta(module);
  bind_nvdsmeta_functions(module);
  bind_user_meta(module);
  bind_object_table(module);
  bind_gstnvdsmeta(module);
  bind_frame(module);
  bind_strings(module);
  bind_probe(module);
  bind_inference(module);
  bind_schema(module);
  bind_custom_data(module);
  bind_tracker(module);
  bind_analytics(module);
  bind_maps(module);
  bind_object_encoder(module);
  bind_gst_elements(module);
  bind_deprecated(module);
  bind_environment(module);
}
