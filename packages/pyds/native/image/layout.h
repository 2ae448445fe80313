// How the supported pixel formats differ, and views into pictures.
#pragma once

#include "image/picture.h"

namespace pyds {

enum class Family { kNone, kYuv420, kRgb32, kRgb24, kGray };

Family family_of(GstVideoFormat format);
inline bool is_rgb(Family family) { return family == Family::kRgb32 || family == Family::kRgb24; }
// True for formats with red in the first byte of a pixel, false for blue.
bool red_comes_first(GstVideoFormat format);
bool has_alpha(GstVideoFormat format);

// A copy of `picture` whose colorimetry has no unknown left: unknown matrices and ranges are filled
// in from the format and the height.
Picture with_known_colorimetry(const Picture& picture);
// Neither matrix nor range differ (what else colorimetry holds is not converted here).
bool same_colour(const GstVideoColorimetry& a, const GstVideoColorimetry& b);

// The part of `picture` inside `rect`, clipped to the picture; starts at even positions where
// chroma is subsampled. Width or height is 0 if nothing is left.
Picture crop(const Picture& picture, const Rect& rect);

inline Rect whole(const Picture& picture) { return {0, 0, picture.width, picture.height}; }
inline int chroma_extent(int luma_extent) { return (luma_extent + 1) / 2; }
int bytes_per_pixel(GstVideoFormat format);  // of plane 0

// Places in this thread's scratch memory. A picture in one place is valid until the next call for
// the same place on the same thread.
enum class Scratch { kFlipped, kExpanded, kStaged, kChroma, kRows };
Picture scratch_picture(Scratch place, GstVideoFormat format, int width, int height,
                        const GstVideoColorimetry& colorimetry);
uint8_t* scratch_bytes(Scratch place, size_t size);

}  // namespace pyds
