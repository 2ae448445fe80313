#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "cuframes.h"
#include "layout.h"

namespace cuframes {

struct FormatPlane {
  uint32_t width_divisor;
  uint32_t height_divisor;
  uint32_t channels;
};

/// What the table in format.cpp knows of a pixel format.
struct Format {
  cuframes_format id;
  const char* name;
  uint32_t element_bytes;
  uint32_t bit_depth;
  uint32_t n_planes;
  std::array<FormatPlane, CUFRAMES_MAX_PLANES> planes;
  bool even_width;  // interleaved chroma has no half sample
};

/// nullptr for an unknown id.
const Format* find_format(uint32_t id);
const Format* find_format(const std::string& name);

/// Where the planes of one frame lie in a slot.
struct FrameLayout {
  const Format* format = nullptr;
  uint32_t width = 0;
  uint32_t height = 0;
  std::array<PlaneLayout, CUFRAMES_MAX_PLANES> planes{};
  uint64_t bytes = 0;  // of one slot
};

constexpr uint32_t kPitchAlignment = 256;
constexpr uint32_t kPlaneAlignment = 512;

/// Throws CUFRAMES_E_FORMAT for an unknown format or an impossible size.
/// `pitch_alignment` 1 gives packed rows.
FrameLayout frame_layout(uint32_t format, uint32_t width, uint32_t height,
                         uint32_t pitch_alignment = kPitchAlignment,
                         uint32_t plane_alignment = kPlaneAlignment);

/// Fills size, format, planes and nbytes of `info` for a frame whose slot starts at `base`. Throws
/// CUFRAMES_E_SHM when a plane does not fit into `slot_bytes`: the numbers may come from a peer.
void describe_planes(const Format& format, const PlaneLayout* planes, uint32_t width,
                     uint32_t height, uint64_t base, uint64_t slot_bytes,
                     cuframes_frame_info* info);

}  // namespace cuframes
