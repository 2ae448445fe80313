// nvofvisual: shows the motion nvof found, in place of the frames.
//
// The hue of a pixel is the direction its block moves in (red goes right, yellow-green down), the
// brightness its speed. A frame without vectors, such as the first of a source, is black.
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_NV_OF_VISUAL (gst_nv_of_visual_get_type())
G_DECLARE_FINAL_TYPE(GstNvOfVisual, gst_nv_of_visual, GST, NV_OF_VISUAL, GstBaseTransform)

G_END_DECLS
