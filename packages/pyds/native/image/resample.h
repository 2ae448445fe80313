// Scaling and flipping without a change of colour.
#pragma once

#include "image/picture.h"

namespace pyds {

// True if scale() takes this pair: equal formats (24-bit RGB excepted), or NV12 and I420 either
// way, of equal colour.
bool can_scale_into(const Picture& source, const Picture& destination);
void scale(const Picture& source, Picture& destination, Filter filter);

// The picture turned or mirrored, in scratch memory. 4:2:0 comes out as I420; 24-bit RGB is not
// taken.
Picture flipped(const Picture& source, Flip flip);

}  // namespace pyds
