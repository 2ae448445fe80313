// SystemView: shows the pictures of memory:NVMM to elements that take system memory, by reference.
//
// Not registered: the encoders put it in front of software encoders, which read pictures once. The
// buffers that leave it hold the very pixels, read-only.
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define PYDS_TYPE_SYSTEM_VIEW (pyds_system_view_get_type())
G_DECLARE_FINAL_TYPE(PydsSystemView, pyds_system_view, PYDS, SYSTEM_VIEW, GstBaseTransform)

G_END_DECLS
