#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS
GType cuframes_sink_get_type(void);
GType cuframes_src_get_type(void);
G_END_DECLS
