// A control block of arbitrary bytes: checked geometry, then every lookup that a reader makes.

#include <array>
#include <cstring>
#include <vector>

#include "error.h"
#include "format.h"
#include "layout.h"
#include "ring.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kBytes = 64 * 1024;
  alignas(4096) static std::array<std::byte, kBytes> block;
  block.fill(std::byte{0});
  if (size != 0) std::memcpy(block.data(), data, size < kBytes ? size : kBytes);
  cuframes::Header& header = *reinterpret_cast<cuframes::Header*>(block.data());
  // The magic and the version are a gate that random bytes do not pass.
  std::memcpy(header.magic, cuframes::kMagic, sizeof header.magic);
  header.abi_major = CUFRAMES_ABI_MAJOR;
  try {
    const cuframes::Geometry g = cuframes::checked_geometry(header, kBytes);
    const cuframes::Control control(block.data(), g);
    cuframes::LeasePage page{};
    const uint64_t head = control.head().seq.load();
    for (uint64_t back = 0; back < 8; ++back) {
      const auto slot = cuframes::ring::lease(control, page, head - back);
      if (!slot) continue;
      const cuframes::Slot& s = control.slot(*slot);
      if (const cuframes::Format* format = cuframes::find_format(s.format)) {
        cuframes_frame_info info{};
        cuframes::describe_planes(*format, s.planes, s.width, s.height, 0, g.slot_stride, &info);
        for (uint32_t p = 0; p < info.n_planes; ++p) {
          const cuframes_plane& plane = info.planes[p];
          const uint64_t end = plane.address + uint64_t{plane.pitch_bytes} * plane.height;
          if (end > g.slot_stride) __builtin_trap();
        }
      }
      cuframes::ring::release(page, *slot);
    }
    for (uint32_t r = 0; r < g.max_readers; ++r) {
      static_cast<void>(control.reader(r).status.load());
    }
  } catch (const cuframes::Error&) {
  }
  return 0;
}
