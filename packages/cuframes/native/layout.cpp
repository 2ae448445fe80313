#include "layout.h"

#include <cstring>
#include <string>

#include "error.h"

namespace cuframes {

Geometry checked_geometry(const Header& header, uint64_t mapped_bytes) {
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) {
    throw Error(CUFRAMES_E_VERSION, "the publisher's control block does not start with CUFRAME1");
  }
  if (header.abi_major != CUFRAMES_ABI_MAJOR) {
    throw Error(CUFRAMES_E_VERSION,
                "the publisher speaks cuframes ABI " + std::to_string(header.abi_major) +
                    ", this reader " + std::to_string(CUFRAMES_ABI_MAJOR) +
                    "; install the same major version of cuframes on both sides");
  }
  Geometry g;
  g.n_slots = header.n_slots;
  g.order_len = header.order_len;
  g.max_readers = header.max_readers;
  g.sidecar_stride = header.sidecar_stride;
  g.slot_stride = header.slot_stride;
  g.payload_bytes = header.payload_bytes;
  settle_copies();
  const bool order_ok =
      g.order_len >= 4 * g.n_slots && g.order_len <= 4096 && (g.order_len & (g.order_len - 1)) == 0;
  const bool sizes_ok =
      g.slot_stride > 0 && g.slot_stride <= UINT32_MAX && g.sidecar_stride <= kMaxUserMeta &&
      g.payload_bytes / g.slot_stride >= g.n_slots && g.payload_bytes <= (uint64_t{1} << 40);
  if (g.n_slots < 2 || g.n_slots > CUFRAMES_MAX_SLOTS || g.max_readers == 0 ||
      g.max_readers > CUFRAMES_MAX_READERS || !order_ok || !sizes_ok ||
      g.control_bytes() > mapped_bytes) {
    throw Error(CUFRAMES_E_SHM, "the publisher's control block makes no sense (" +
                                    std::to_string(g.n_slots) + " slots of " +
                                    std::to_string(g.slot_stride) + " bytes, " +
                                    std::to_string(g.max_readers) + " readers); not connecting");
  }
  return g;
}

}  // namespace cuframes
