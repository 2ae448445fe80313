#include "tile/grid.h"

namespace pyds::tile {
namespace {

struct Span {
  int start, extent;
};

Span share(int whole, unsigned parts, unsigned index) {
  const auto edge = [&](unsigned i) {
    return i == parts ? whole : int(int64_t{whole} * i / parts) & ~1;
  };
  return {edge(index), edge(index + 1) - edge(index)};
}

}  // namespace

Rect Grid::tile(unsigned index) const {
  const Span across = share(width, columns, index % columns);
  const Span down = share(height, rows, index / columns);
  return {across.start, down.start, across.extent, down.extent};
}

Grid Grid::square(unsigned count, int width, int height) {
  unsigned side = 1;
  while (side * side < count) ++side;
  return {side, side, width, height};
}

}  // namespace pyds::tile
