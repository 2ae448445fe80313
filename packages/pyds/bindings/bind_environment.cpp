// What the package needs to start: GStreamer, the plugin, the samples tree.
#include <gst/gst.h>
#include <nanobind/stl/string.h>

#include "base/paths.h"
#include "base/streaming_thread.h"
#include "bind.h"
#include "python_call.h"

namespace pyds::py {
namespace {

namespace nb = nanobind;

void load_plugin(const std::string& directory) {
  const nb::gil_scoped_release released;
  GError* error = nullptr;
  if (!gst_init_check(nullptr, nullptr, &error)) {
    const std::string reason = error ? error->message : "unknown reason";
    g_clear_error(&error);
    throw std::runtime_error("GStreamer does not start: " + reason);
  }
  gst_registry_scan_path(gst_registry_get(), directory.c_str());
}

}  // namespace

void bind_environment(nb::module_& module) {
  module.def("_load_plugin", &load_plugin, nb::arg("directory"));
  module.def("_resolve_deepstream_path", &resolve_deepstream_path, nb::arg("path"));

  set_streaming_thread_hook(&pin_thread_state);
  nb::module_::import_("atexit").attr("register")(nb::cpp_function([] {
    set_streaming_thread_hook(nullptr);
    stop_calling_python();
  }));
}

}  // namespace pyds::py
