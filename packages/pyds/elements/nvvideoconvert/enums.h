// Enumerations of nvvideoconvert's properties.
#pragma once

#include <glib-object.h>

#include "image/picture.h"

namespace pyds {

GType flip_method_get_type();
GType interpolation_method_get_type();
GType buffer_memory_type_get_type();
GType compute_hw_get_type();

constexpr int kInterpolationDefault = 6;
Filter filter_of_interpolation(int method);

}  // namespace pyds
