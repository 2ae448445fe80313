// What a reader does with the memory that a publisher offers, without a GPU: here every GPU is one
// that it cannot reach.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <vector>

#include "error.h"
#include "publisher_ring.h"
#include "reader_ring.h"

namespace cuframes::test {
namespace {

constexpr uint8_t kPixel = 77;

/// A ring with one frame, offered as CUDA memory on a GPU nobody has.
class OfferedRing {
 public:
  OfferedRing() : ring_(config()) {
    bool blocked = false;
    const uint32_t slot = *ring_.claim(false, &blocked);
    Slot& s = ring_.control().slot(slot);
    s.format = CUFRAMES_FORMAT_GRAY8;
    s.width = 64;
    s.height = 16;
    s.n_planes = 1;
    std::copy(ring_.layout().planes.begin(), ring_.layout().planes.end(), s.planes);
    const uint64_t stride = ring_.control().geometry().slot_stride;
    std::memset(reinterpret_cast<void*>(ring_.store().base() + stride * slot), kPixel, stride);
    ring_.publish(slot, 1);
    ring_.close_slot(slot);
    reader_ = ring_.add_reader(CUFRAMES_POLICY_NEWEST, 2, "blind", 0, 0);
  }

  std::unique_ptr<ReaderRing> connect(const ReaderMemory& memory, bool with_mirror,
                                      bool announced) const {
    wire::Welcome welcome = wire::make<wire::Welcome>();
    welcome.control_bytes = ring_.control().geometry().control_bytes();
    welcome.payload_bytes = ring_.control().geometry().payload_bytes;
    welcome.mem_kind = CUFRAMES_MEMORY_CUDA;
    welcome.mirror = announced ? 1 : 0;
    welcome.reader_index = reader_->index;
    welcome.reader_epoch = reader_->epoch;
    std::vector<GuardedFd> fds;
    fds.emplace_back(dup(ring_.control_fd()));
    fds.emplace_back(dup(reader_->fd.get()));
    fds.push_back(create_memfd("stands for GPU memory", kPage));
    if (with_mirror) fds.emplace_back(dup(ring_.store().export_fd()));
    return std::make_unique<ReaderRing>(welcome, std::move(fds),
                                        std::make_shared<GuardedFd>(dup(0)),
                                        std::make_shared<ReaderStream>(0), memory);
  }

 private:
  static RingConfig config() {
    RingConfig config;
    config.layout = frame_layout(CUFRAMES_FORMAT_GRAY8, 64, 16);
    config.n_slots = 6;
    config.max_readers = 2;
    config.generation = 9;
    return config;
  }
  PublisherRing ring_;
  PublisherRing::Reader* reader_;
};

cuframes_status refusal(const OfferedRing& offered, const ReaderMemory& memory, bool with_mirror,
                        bool announced) {
  try {
    offered.connect(memory, with_mirror, announced);
  } catch (const Error& error) {
    return error.status();
  }
  return CUFRAMES_OK;
}

ReaderMemory wanted(uint32_t kind, int device = -1) { return {kind, device, -1, 2}; }

TEST(ReaderMemory, AReaderWithoutTheGpuTakesTheHostMirror) {
  for (const uint32_t kind : {CUFRAMES_MEMORY_AUTO, CUFRAMES_MEMORY_MEMFD}) {
    const OfferedRing offered;
    const auto ring = offered.connect(wanted(kind), true, true);
    const auto taken = ring->take(CUFRAMES_POLICY_NEWEST);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->info.device, -1);
    EXPECT_EQ(taken->info.memory, CUFRAMES_MEMORY_MEMFD);
    EXPECT_EQ(*reinterpret_cast<const uint8_t*>(taken->info.planes[0].address), kPixel);
    ring->release(taken->slot);
  }
}

TEST(ReaderMemory, WhoeverAsksForAGpuIsNotGivenTheMirror) {
  const OfferedRing offered;
  EXPECT_EQ(refusal(offered, wanted(CUFRAMES_MEMORY_CUDA), true, true), CUFRAMES_E_DEVICE_LOST);
  EXPECT_EQ(refusal(offered, wanted(CUFRAMES_MEMORY_AUTO, 0), true, true), CUFRAMES_E_DEVICE_LOST);
  EXPECT_EQ(refusal(offered, wanted(CUFRAMES_MEMORY_STAGED), true, true), CUFRAMES_E_DEVICE_LOST);
}

TEST(ReaderMemory, WithoutAMirrorTheReasonIsTold) {
  const OfferedRing offered;
  EXPECT_EQ(refusal(offered, wanted(CUFRAMES_MEMORY_AUTO), false, false), CUFRAMES_E_DEVICE_LOST);
  EXPECT_EQ(refusal(offered, wanted(CUFRAMES_MEMORY_MEMFD), false, false), CUFRAMES_E_FORMAT);
}

TEST(ReaderMemory, AMirrorThatIsNotWhatWasAnnouncedIsRefused) {
  const OfferedRing offered;
  EXPECT_EQ(refusal(offered, wanted(CUFRAMES_MEMORY_AUTO), false, true), CUFRAMES_E_SHM);
  EXPECT_EQ(refusal(offered, wanted(CUFRAMES_MEMORY_AUTO), true, false), CUFRAMES_E_SHM);
}

}  // namespace
}  // namespace cuframes::test
