// Grid: where the tiles of a mosaic lie.
#pragma once

#include "image/picture.h"

namespace pyds::tile {

struct Grid {
  unsigned rows = 1;
  unsigned columns = 1;
  int width = 0;  // of the mosaic, pixels
  int height = 0;

  unsigned size() const { return rows * columns; }
  // Tile `index`, row by row. Tiles begin at even positions, as subsampled chroma does, and
  // together cover the mosaic.
  Rect tile(unsigned index) const;

  // The smallest grid of as many rows as columns that has `count` tiles.
  static Grid square(unsigned count, int width, int height);
};

}  // namespace pyds::tile
