// A reader whose publisher lies: welcome and control block are patched by the input, before it
// connects and again between its calls.

#include "error.h"
#include "forged_ring.h"
#include "input.h"

namespace {

using namespace cuframes;

/// Planes and sidecar lie inside of what the reader mapped.
void check_bounds(const ReaderRing& ring, const cuframes_frame_info& info) {
  const uint64_t begin = ring.store().base();
  const uint64_t end = begin + ring.control().geometry().payload_bytes;
  for (uint32_t p = 0; p < info.n_planes; ++p) {
    const cuframes_plane& plane = info.planes[p];
    fuzz::require(plane.address >= begin && plane.address <= end);
    fuzz::require(uint64_t{plane.pitch_bytes} * plane.height <= end - plane.address);
  }
  fuzz::require(info.user_meta_bytes <= ring.control().geometry().sidecar_stride);
  test::read_all_pixels(info);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static test::ForgedRing forged;
  fuzz::Input input(data, size);
  const size_t bytes = forged.control_bytes();
  try {
    const auto ring =
        forged.connect([&](std::byte* block, size_t block_bytes, wire::Welcome* welcome) {
          input.patch(welcome, sizeof *welcome, input.number<uint8_t>() % 4);
          input.patch(block, block_bytes, input.number<uint8_t>() % 16);
        });
    do {
      const uint32_t policy = input.number<uint8_t>() % 3;
      if (const auto frame = ring->take(policy)) {
        check_bounds(*ring, frame->info);
        ring->release(frame->slot);
      }
      cuframes_stream_info info{};
      describe_stream(ring->control(), &info);
      fuzz::require(describe_readers(ring->control()).size() <= CUFRAMES_MAX_READERS);
      fuzz::require(ring->occupancy() <= CUFRAMES_MAX_SLOTS);
      fuzz::require(ring->held() == 0);
      static_cast<void>(ring->evicted());
      static_cast<void>(ring->policy_in_effect());
      input.patch(forged.block(), bytes, 4);
    } while (!input.empty());
  } catch (const Error&) {
  }
  return 0;
}
