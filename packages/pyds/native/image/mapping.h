// Mapping: where the pixels of one picture lie in another made from it by crop, scale and flip.
#pragma once

#include "image/picture.h"
#include "nvdsmeta.h"

namespace pyds {

struct Mapping {
  Rect source;
  Rect destination;
  Flip flip = Flip::kNone;

  struct Point {
    double x, y;
  };
  Point map(Point point) const;
  // Boxes and points outside the source rectangle land outside the destination rectangle.
  void map_box(float& left, float& top, float& width, float& height) const;

  // Lengths without a direction (radii): the mean scale.
  double mean_scale() const;
  bool is_identity() const;
};

// Moves everything with a place in it to its place in the new picture: object boxes (drawn,
// detector's and tracker's), labels, display meta and masks. Takes the batch lock.
// `width` and `height` are those of the new picture.
void remap_batch_meta(NvDsBatchMeta* batch_meta, const Mapping& mapping, int width, int height);
// The same for one frame. The caller holds the batch lock.
void remap_frame_meta(NvDsFrameMeta* frame, const Mapping& mapping, int width, int height);

}  // namespace pyds
