#pragma once

#include <cuframes.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "dlpack.h"
#include "raise.h"

/// What a plane is a part of: a leased frame, a private copy, or a frame being written.
class PixelOwner {
 public:
  virtual ~PixelOwner() = default;
  /// Keeps the pixels where they are; raises CuframesClosed when they are given up already.
  virtual std::shared_ptr<const void> hold() = 0;
  virtual cuframes_frame_info info() = 0;
  virtual bool readonly() const = 0;
  /// Consumers that cannot be told "read-only" are refused.
  virtual bool strict_readonly() const { return false; }
  /// The pixels will be used on this CUDA stream (DLPack numbering; -1: any).
  virtual void record_stream(int64_t /*stream*/) {}
  /// A packed private copy, on the host if `to_host`.
  virtual std::shared_ptr<PixelOwner> copy(bool to_host) = 0;
};

/// Which view of a frame: one of its planes, one channel of NV12 chroma, or R, G and B of RGBP.
struct PlaneView {
  enum class Kind { kPlane, kChannel, kPlanarRgb } kind = Kind::kPlane;
  uint32_t plane = 0;
  uint32_t channel = 0;
};

/// Address, shape and strides of a view. Raises CuframesFormatError when the format has no such
/// view.
dlpack::Array describe(const cuframes_frame_info& info, const PlaneView& view, bool readonly);

/// A view of a frame that NumPy, torch, CuPy and others take without a copy.
class Plane {
 public:
  Plane(std::shared_ptr<PixelOwner> owner, PlaneView view);

  const dlpack::Array& array() const { return array_; }
  bool readonly() const { return owner_->readonly(); }
  std::shared_ptr<const void> hold() const { return owner_->hold(); }
  nb::object dlpack(nb::object stream, nb::object max_version, nb::object dl_device,
                    nb::object copy);
  nb::object cuda_array_interface();

 private:
  std::shared_ptr<PixelOwner> owner_;
  PlaneView view_;
  dlpack::Array array_;
  std::shared_ptr<const void> interface_hold_;  // the array interface knows no deleter
};

void bind_plane(nb::module_& m);
