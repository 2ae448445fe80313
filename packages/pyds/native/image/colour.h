// Conversion between pixel formats and colour spaces, without a change of size.
#pragma once

#include "image/picture.h"

namespace pyds {

// `destination` has the size of `source`; both have known colorimetry. 4:2:0 to RGB repeats each
// chroma sample over its 2x2 pixels, the other way averages them.
void convert_colour(const Picture& source, Picture& destination);

}  // namespace pyds
