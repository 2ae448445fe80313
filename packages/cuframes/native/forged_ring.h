#pragma once

/// A ring whose control block somebody has tampered with, for the tests and fuzzers of readers.

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "memory.h"
#include "publisher_ring.h"
#include "reader_ring.h"
#include "wire.h"

namespace cuframes::test {

inline wire::Welcome welcome_of(const PublisherRing& ring, const PublisherRing::Reader& place) {
  wire::Welcome welcome = wire::make<wire::Welcome>();
  welcome.control_bytes = ring.control().geometry().control_bytes();
  welcome.payload_bytes = ring.control().geometry().payload_bytes;
  welcome.mem_kind = CUFRAMES_MEMORY_MEMFD;
  welcome.reader_index = place.index;
  welcome.reader_epoch = place.epoch;
  return welcome;
}

/// A reader without a socket; `control` stands for the ring's control block.
inline std::unique_ptr<ReaderRing> reader_of(const PublisherRing& ring,
                                             const PublisherRing::Reader& place,
                                             const wire::Welcome& welcome, GuardedFd control) {
  std::vector<GuardedFd> fds;
  fds.push_back(std::move(control));
  fds.emplace_back(dup(place.fd.get()));
  fds.emplace_back(dup(ring.store().export_fd()));
  return std::make_unique<ReaderRing>(welcome, std::move(fds),
                                      std::make_shared<GuardedFd>(dup(place.fd.get())),
                                      std::make_shared<ReaderStream>(0), ReaderMemory{});
}

/// An honest ring of four small NV12 frames, one place for a reader, and forgeries of it. Pixels
/// and lease page are honest.
class ForgedRing {
 public:
  using Spoil = std::function<void(std::byte* block, size_t bytes, wire::Welcome* welcome)>;

  ForgedRing() {
    RingConfig config;
    config.layout = frame_layout(CUFRAMES_FORMAT_NV12, 64, 32);
    config.n_slots = 6;
    config.max_readers = 2;
    config.sidecar_bytes = 64;
    config.generation = 9;
    honest_ = std::make_unique<PublisherRing>(config);
    bool blocked = false;
    for (int i = 0; i < 4; ++i) {
      const uint32_t slot = *honest_->claim(false, &blocked);
      Slot& s = honest_->control().slot(slot);
      s.format = CUFRAMES_FORMAT_NV12;
      s.width = 64;
      s.height = 32;
      s.n_planes = 2;
      std::copy(config.layout.planes.begin(), config.layout.planes.end(), s.planes);
      honest_->publish(slot, 1);
      honest_->close_slot(slot);
    }
    reader_ = honest_->add_reader(CUFRAMES_POLICY_NEWEST, 2, "victim", 0, 0);
  }

  size_t control_bytes() const { return honest_->control().geometry().control_bytes(); }
  const PublisherRing& honest() const { return *honest_; }
  const PublisherRing::Reader& reader() const { return *reader_; }
  /// The block that the last reader maps; a publisher may go on changing it.
  std::byte* block() const { return block_.data(); }

  /// A reader that was handed a spoilt copy of the control block and a spoilt welcome.
  std::unique_ptr<ReaderRing> connect(const Spoil& spoil) {
    reader_->page().hold.store(0);
    reader_->page().cursor.store(0);
    GuardedFd control = create_memfd("forged", control_bytes());
    block_ = Mapping(control.get(), control_bytes(), Mapping::Access::kReadWrite);
    const Mapping source(honest_->control_fd(), control_bytes(), Mapping::Access::kReadOnly);
    std::memcpy(block_.data(), source.data(), control_bytes());
    wire::Welcome welcome = welcome_of(*honest_, *reader_);
    spoil(block_.data(), control_bytes(), &welcome);
    seal_memfd(control.get(), Seal::kSizeOnly);
    return reader_of(*honest_, *reader_, welcome, std::move(control));
  }

 private:
  std::unique_ptr<PublisherRing> honest_;
  PublisherRing::Reader* reader_;
  Mapping block_;
};

/// Reads every byte a frame offers: what is out of reach ends the process.
inline uint64_t read_all_pixels(const cuframes_frame_info& info) {
  uint64_t sum = 0;
  for (uint32_t p = 0; p < info.n_planes; ++p) {
    const cuframes_plane& plane = info.planes[p];
    const size_t row = size_t{plane.width} * plane.channels * plane.element_bytes;
    for (uint32_t y = 0; y < plane.height; ++y) {
      const auto* line =
          reinterpret_cast<const uint8_t*>(plane.address + uint64_t{y} * plane.pitch_bytes);
      for (size_t x = 0; x < row; ++x) sum += line[x];
    }
  }
  const auto* meta = static_cast<const uint8_t*>(info.user_meta);
  for (uint64_t i = 0; i < info.user_meta_bytes; ++i) sum += meta[i];
  return sum;
}

}  // namespace cuframes::test
