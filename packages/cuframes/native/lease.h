#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "reader_ring.h"

namespace cuframes {

/// Private memory of this process for a copied frame.
class PrivateMemory {
 public:
  PrivateMemory(int device, uint64_t bytes);
  ~PrivateMemory();
  PrivateMemory(const PrivateMemory&) = delete;
  PrivateMemory& operator=(const PrivateMemory&) = delete;
  uint64_t address() const { return address_; }

 private:
  int device_;
  uint64_t address_ = 0;
  std::unique_ptr<std::byte[]> host_;
};

/// A frame of a ring, or a private copy, with a count of its references in this process. The bit in
/// the lease page changes only when the last reference goes.
class Lease {
 public:
  /// A frame taken from `ring`. One reference, the caller's.
  static Lease* of(std::shared_ptr<ReaderRing> ring, const ReaderRing::Taken& taken);
  /// A packed private copy of `source`, complete on return; `reuse` as in cuframes_frame_copy.
  static Lease* copy_of(const Lease& source, uint32_t memory, Lease* reuse);

  const cuframes_frame_info& info() const { return info_; }
  bool is_private() const { return ring_ == nullptr; }
  bool valid() const;
  void ref() { refs_.fetch_add(1, std::memory_order_relaxed); }
  void unref() noexcept;
  /// The lease ends only when `stream` has got to this point after the last reference went.
  void record_stream(uintptr_t stream);

 private:
  Lease() = default;
  static std::unique_ptr<Lease> make() { return std::unique_ptr<Lease>(new Lease); }
  /// The GPU whose streams may use the pixels, -1 for none.
  int stream_device() const;
  void end_after_streams() noexcept;
  void launch_end(uintptr_t stream) noexcept;
  void end_later(uintptr_t stream, bool capturing) noexcept;
  void wait_for_capture(uintptr_t stream) noexcept;
  void wait_for_context() noexcept;
  void count_down() noexcept;

  cuframes_frame_info info_{};
  std::shared_ptr<ReaderRing> ring_;
  uint32_t slot_ = 0;
  uint64_t fork_epoch_ = 0;
  std::unique_ptr<PrivateMemory> memory_;
  std::vector<std::byte> private_meta_;
  std::atomic<uint32_t> refs_{1};
  std::mutex mutex_;
  std::vector<uintptr_t> streams_;
  std::atomic<uint32_t> streams_left_{0};
};

}  // namespace cuframes
