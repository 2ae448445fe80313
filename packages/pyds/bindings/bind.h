// One function per bind_*.cpp: adds the names of one public header (or idea) to the module.
#pragma once

#include <nanobind/nanobind.h>

namespace pyds::py {

void bind_glist(nanobind::module_& module);
void bind_nvll_osd(nanobind::module_& module);
void bind_nvdsmeta(nanobind::module_& module);
void bind_nvdsmeta_functions(nanobind::module_& module);
void bind_user_meta(nanobind::module_& module);
void bind_meta_views(nanobind::module_& module);
void bind_object_table(nanobind::module_& module);
void bind_gstnvdsmeta(nanobind::module_& module);
void bind_nvbufsurface(nanobind::module_& module);
void bind_frame(nanobind::module_& module);
void bind_strings(nanobind::module_& module);
void bind_schema(nanobind::module_& module);
void bind_custom_data(nanobind::module_& module);
void bind_tracker(nanobind::module_& module);
void bind_analytics(nanobind::module_& module);
void bind_maps(nanobind::module_& module);
void bind_object_encoder(nanobind::module_& module);
void bind_gst_elements(nanobind::module_& module);
void bind_deprecated(nanobind::module_& module);
void bind_probe(nanobind::module_& module);
void bind_inference(nanobind::module_& module);
void bind_environment(nanobind::module_& module);

}  // namespace pyds::py
