#pragma once

#include <memory>
#include <mutex>
#include <unordered_set>

#include "plane.h"

/// A reference to a lease that deleters in any thread may drop.
std::shared_ptr<const void> share_reference(cuframes_frame* frame);

/// The frames of one subscriber that Python still owns.
class FrameState;
struct FrameSet {
  std::mutex mutex;
  std::unordered_set<FrameState*> frames;
};

/// A frame until it is released. Planes share this; exports hold the lease itself.
class FrameState final : public PixelOwner {
 public:
  /// Takes over one reference.
  FrameState(cuframes_frame* frame, std::shared_ptr<FrameSet> set, uintptr_t stream, bool strict);
  ~FrameState() override;
  FrameState(const FrameState&) = delete;
  FrameState& operator=(const FrameState&) = delete;

  std::shared_ptr<const void> hold() override;
  cuframes_frame_info info() override;
  bool readonly() const override { return !private_copy_; }
  bool strict_readonly() const override { return strict_; }
  void record_stream(int64_t stream) override;
  std::shared_ptr<PixelOwner> copy(bool to_host) override;
  std::shared_ptr<FrameState> copy_frame(bool to_host, FrameState* reuse);
  void release();
  bool released();
  bool valid();

 private:
  cuframes_frame* reference();  // one more; raises CuframesClosed when released

  std::mutex mutex_;
  cuframes_frame* frame_;
  const std::shared_ptr<FrameSet> set_;
  const uintptr_t stream_;
  const bool strict_;
  const bool private_copy_;
};

/// What Python calls CuframesFrame.
struct Frame {
  std::shared_ptr<FrameState> state;
};

void bind_frame(nb::module_& m);
