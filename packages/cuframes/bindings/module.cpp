#include "bind_frame.h"

void bind_publisher(nb::module_& m);
void bind_subscriber(nb::module_& m);

NB_MODULE(_cuframes, m) {
  m.doc() = "Native part of cuframes; use the names of the package.";
  // Frames and tensors may outlive the interpreter's shutdown; that is no leak of ours to report.
  nb::set_leak_warnings(false);
  bind_plane(m);
  bind_frame(m);
  bind_publisher(m);
  bind_subscriber(m);
}
