#include "bind_frame.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>

#include <algorithm>
#include <utility>

namespace {

/// Fields that do not change, also readable after release? No: a released frame is gone, like a
/// closed file, so that mistakes show at once.
cuframes_frame_info info_of(const Frame& frame) { return frame.state->info(); }

Plane plane(const Frame& frame, uint32_t index) {
  return Plane(frame.state, {PlaneView::Kind::kPlane, index, 0});
}

bool is_one_of(uint32_t format, std::initializer_list<uint32_t> formats) {
  return std::find(formats.begin(), formats.end(), format) != formats.end();
}

[[noreturn]] void raise_no_view(const cuframes_frame_info& info, const std::string& view,
                                const std::string& hint) {
  const nb::object type = nb::module_::import_("cuframes._errors").attr("CuframesFormatError");
  const std::string text = std::string("a ") + cuframes_format_name(info.format) +
                           " frame has no ." + view + "; " + hint;
  PyErr_SetString(type.ptr(), text.c_str());
  throw nb::python_error();
}

bool has_luma(uint32_t format) {
  return is_one_of(format, {CUFRAMES_FORMAT_NV12, CUFRAMES_FORMAT_P010, CUFRAMES_FORMAT_P016,
                            CUFRAMES_FORMAT_I420, CUFRAMES_FORMAT_YV12, CUFRAMES_FORMAT_GRAY8,
                            CUFRAMES_FORMAT_GRAY16});
}

bool has_interleaved_chroma(uint32_t format) {
  return is_one_of(format, {CUFRAMES_FORMAT_NV12, CUFRAMES_FORMAT_P010, CUFRAMES_FORMAT_P016});
}

Plane luma(const Frame& frame) {
  const cuframes_frame_info info = info_of(frame);
  if (!has_luma(info.format)) raise_no_view(info, "y", "use .rgb or .planes");
  return plane(frame, 0);
}

Plane chroma(const Frame& frame) {
  const cuframes_frame_info info = info_of(frame);
  if (!has_interleaved_chroma(info.format)) {
    raise_no_view(info, "uv", "use .u and .v, .rgb or .planes");
  }
  return plane(frame, 1);
}

/// `which`: 0 for U, 1 for V.
Plane chroma_channel(const Frame& frame, uint32_t which) {
  const cuframes_frame_info info = info_of(frame);
  if (has_interleaved_chroma(info.format)) {
    return Plane(frame.state, {PlaneView::Kind::kChannel, 1, which});
  }
  if (info.format == CUFRAMES_FORMAT_I420) return plane(frame, 1 + which);
  if (info.format == CUFRAMES_FORMAT_YV12) return plane(frame, 2 - which);
  raise_no_view(info, which == 0 ? "u" : "v", "use .rgb or .planes");
}

Plane rgb(const Frame& frame) {
  const cuframes_frame_info info = info_of(frame);
  if (info.format == CUFRAMES_FORMAT_RGBP) {
    return Plane(frame.state, {PlaneView::Kind::kPlanarRgb, 0, 0});
  }
  if (!is_one_of(info.format, {CUFRAMES_FORMAT_RGB, CUFRAMES_FORMAT_RGBA})) {
    raise_no_view(
        info, "rgb",
        has_luma(info.format) ? "use .y, .uv, .u, .v" : "its order is B, G, R: .planes[0]");
  }
  return plane(frame, 0);
}

void require_one_plane(const cuframes_frame_info& info) {
  if (info.n_planes == 1) return;
  const std::string text = std::string("a ") + cuframes_format_name(info.format) +
                           " frame is several arrays, not one: export " +
                           (has_interleaved_chroma(info.format)   ? "frame.y and frame.uv"
                            : info.format == CUFRAMES_FORMAT_RGBP ? "frame.rgb"
                                                                  : "frame.y, frame.u and frame.v");
  throw nb::buffer_error(text.c_str());
}

nb::tuple planes(const Frame& frame) {
  nb::list all;
  const uint32_t count = info_of(frame).n_planes;
  for (uint32_t p = 0; p < count; ++p) all.append(nb::cast(plane(frame, p)));
  return nb::tuple(all);
}

nb::object numpy(const Frame& frame) {
  const cuframes_frame_info info = info_of(frame);
  if (info.device >= 0) {
    throw nb::buffer_error("this frame is in CUDA memory; use frame.copy(\"host\").numpy()");
  }
  const nb::object asarray = nb::module_::import_("numpy").attr("asarray");
  if (info.n_planes == 1) return asarray(plane(frame, 0));
  nb::list arrays;
  for (uint32_t p = 0; p < info.n_planes; ++p) arrays.append(asarray(plane(frame, p)));
  return nb::tuple(arrays);
}

nb::object optional_time(int64_t ns) {
  return ns == CUFRAMES_TIME_NONE ? nb::none() : nb::object(nb::int_(ns));
}

}  // namespace

std::shared_ptr<const void> share_reference(cuframes_frame* frame) {
  return {frame, [](const void* f) {
            cuframes_frame_unref(static_cast<cuframes_frame*>(const_cast<void*>(f)));
          }};
}

FrameState::FrameState(cuframes_frame* frame, std::shared_ptr<FrameSet> set, uintptr_t stream,
                       bool strict)
    : frame_(frame),
      set_(std::move(set)),
      stream_(stream),
      strict_(strict),
      private_copy_(set_ == nullptr) {
  if (set_ == nullptr) return;
  const std::lock_guard<std::mutex> lock(set_->mutex);
  set_->frames.insert(this);
}

FrameState::~FrameState() {
  if (set_ != nullptr) {
    const std::lock_guard<std::mutex> lock(set_->mutex);
    set_->frames.erase(this);
  }
  release();
}

cuframes_frame* FrameState::reference() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (frame_ == nullptr) raise_closed("this frame was released");
  return cuframes_frame_ref(frame_);
}

std::shared_ptr<const void> FrameState::hold() { return share_reference(reference()); }

cuframes_frame_info FrameState::info() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (frame_ == nullptr) raise_closed("this frame was released");
  return *cuframes_frame_get_info(frame_);
}

void FrameState::record_stream(int64_t stream) {
  const std::shared_ptr<const void> held = hold();
  auto* frame = static_cast<cuframes_frame*>(const_cast<void*>(held.get()));
  if (stream >= 0) {
    check(cuframes_frame_record_stream(frame, static_cast<uintptr_t>(stream)));
    return;
  }
  check(cuframes_frame_record_stream(frame, 1));
  if (stream_ != 0) check(cuframes_frame_record_stream(frame, stream_));
}

std::shared_ptr<PixelOwner> FrameState::copy(bool to_host) { return copy_frame(to_host, nullptr); }

std::shared_ptr<FrameState> FrameState::copy_frame(bool to_host, FrameState* reuse) {
  cuframes_frame* source = reference();
  const std::shared_ptr<const void> held = share_reference(source);
  std::shared_ptr<const void> held_reuse;
  cuframes_frame* into = nullptr;
  if (reuse != nullptr) {
    held_reuse = reuse->hold();
    into = static_cast<cuframes_frame*>(const_cast<void*>(held_reuse.get()));
  }
  cuframes_frame* result = nullptr;
  cuframes_status status;
  {
    const nb::gil_scoped_release nogil;
    status = cuframes_frame_copy(source, to_host ? CUFRAMES_MEMORY_HOST : CUFRAMES_MEMORY_AUTO,
                                 into, &result);
  }
  check(status);
  return std::make_shared<FrameState>(result, nullptr, 0, false);
}

void FrameState::release() {
  cuframes_frame* frame = nullptr;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::swap(frame, frame_);
  }
  cuframes_frame_unref(frame);
}

bool FrameState::released() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return frame_ == nullptr;
}

bool FrameState::valid() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return frame_ != nullptr && cuframes_frame_valid(frame_) != 0;
}

void bind_frame(nb::module_& m) {
  nb::class_<Frame>(m, "CuframesFrame",
                    R"(One leased frame, read-only, shared with the publisher and all other readers.

The publisher does not write this frame's slot again until the lease ends: by ``release()``, by leaving
``with frame:``, or when the object is garbage. Arrays and tensors made from the frame keep the lease
themselves, so the frame may be released before them. Any thread may do any of this.

Using a released frame raises ``CuframesClosed``.)")
      .def_prop_ro(
          "seq", [](const Frame& f) { return info_of(f).seq; },
          "Number of this frame in its stream: rises by one per published frame.")
      .def_prop_ro(
          "generation", [](const Frame& f) { return info_of(f).generation; },
          "Which ring it is from: changes when the publisher restarts or changes format.")
      .def_prop_ro(
          "gap", [](const Frame& f) { return info_of(f).gap; },
          "Frames this subscriber missed just before this one.")
      .def_prop_ro(
          "pts_ns", [](const Frame& f) { return optional_time(info_of(f).pts_ns); },
          nb::sig("def pts_ns(self) -> int | None"), "Presentation time, ns.")
      .def_prop_ro(
          "duration_ns", [](const Frame& f) { return optional_time(info_of(f).duration_ns); },
          nb::sig("def duration_ns(self) -> int | None"))
      .def_prop_ro(
          "capture_ns", [](const Frame& f) { return optional_time(info_of(f).capture_ns); },
          nb::sig("def capture_ns(self) -> int | None"),
          "CLOCK_MONOTONIC, ns, as the publisher gave it; else the time of its commit.")
      .def_prop_ro(
          "publish_ns", [](const Frame& f) { return info_of(f).publish_ns; },
          "CLOCK_MONOTONIC, ns, when the frame became visible.")
      .def_prop_ro("width", [](const Frame& f) { return info_of(f).width; })
      .def_prop_ro("height", [](const Frame& f) { return info_of(f).height; })
      .def_prop_ro(
          "format", [](const Frame& f) { return cuframes_format_name(info_of(f).format); },
          nb::sig("def format(self) -> str"), "\"NV12\", \"RGB\", ...")
      .def_prop_ro(
          "bit_depth", [](const Frame& f) { return info_of(f).bit_depth; },
          "Significant bits per sample; in 16-bit formats they are the high bits.")
      .def_prop_ro(
          "nbytes", [](const Frame& f) { return info_of(f).nbytes; },
          "Bytes of pixels, without the padding of rows.")
      .def_prop_ro(
          "device",
          [](const Frame& f) {
            const int32_t device = info_of(f).device;
            return device < 0 ? std::string("cpu") : "cuda:" + std::to_string(device);
          },
          "\"cpu\" or \"cuda:N\", N as this process numbers its GPUs.")
      .def_prop_ro(
          "colour",
          [](const Frame& f) {
            const cuframes_colour c = info_of(f).colour;
            return std::make_tuple(c.matrix, c.range, c.primaries, c.transfer);
          },
          "ITU-T H.273 code points: matrix, range (1 full, 2 limited), primaries, transfer.")
      .def_prop_ro("planes", planes, nb::sig("def planes(self) -> tuple[Plane, ...]"),
                   "All planes in memory order.")
      .def_prop_ro("y", luma, "Luma: shape (height, width), row stride ``pitch_y`` bytes.")
      .def_prop_ro("uv", chroma,
                   "Interleaved chroma: shape (height / 2, width / 2, 2), rounded up; row stride "
                   "``pitch_uv`` bytes.")
      .def_prop_ro(
          "u", [](const Frame& f) { return chroma_channel(f, 0); },
          "U (Cb): shape (height / 2, width / 2); in NV12 every second sample of ``uv``.")
      .def_prop_ro(
          "v", [](const Frame& f) { return chroma_channel(f, 1); }, "V (Cr), as ``u``.")
      .def_prop_ro("rgb", rgb,
                   "RGB: (height, width, 3); RGBA: (height, width, 4); RGBP: (3, height, width).")
      .def_prop_ro(
          "pitch_y", [](const Frame& f) { return info_of(f).planes[0].pitch_bytes; },
          "Bytes from row to row of the first plane. Rows are padded: a 2688 pixel NV12 row "
          "takes 2816 bytes.")
      .def_prop_ro(
          "pitch_uv",
          [](const Frame& f) {
            const cuframes_frame_info info = info_of(f);
            return info.n_planes > 1 ? info.planes[1].pitch_bytes : 0;
          },
          "Bytes from row to row of the second plane, 0 when there is none.")
      .def_prop_ro(
          "ptr_y", [](const Frame& f) { return info_of(f).planes[0].address; },
          "Address of the first plane, for kernels of your own; valid while you hold the "
          "frame. Tell ``record_stream`` where you use it.")
      .def_prop_ro(
          "ptr_uv",
          [](const Frame& f) {
            const cuframes_frame_info info = info_of(f);
            return info.n_planes > 1 ? info.planes[1].address : 0;
          },
          "Address of the second plane, 0 when there is none.")
      .def_prop_ro(
          "user_meta",
          [](const Frame& f) {
            const std::shared_ptr<const void> held = f.state->hold();
            const cuframes_frame_info info = info_of(f);
            return nb::bytes(static_cast<const char*>(info.user_meta), info.user_meta_bytes);
          },
          "The sidecar that the publisher sent along, empty when it sent none.")
      .def_prop_ro(
          "valid", [](const Frame& f) { return f.state->valid(); },
          "False once it is released, or the publisher has evicted this subscriber and may "
          "overwrite the pixels.")
      .def_prop_ro("released", [](const Frame& f) { return f.state->released(); })
      .def(
          "release", [](const Frame& f) { f.state->release(); },
          "Ends this object's hold on the lease. May be called again, from any thread.")
      .def(
          "record_stream",
          [](const Frame& f, nb::object stream) {
            const nb::object to_int =
                nb::module_::import_("cuframes._streams").attr("stream_handle");
            f.state->record_stream(nb::cast<int64_t>(to_int(stream)));
          },
          nb::arg("stream"), nb::sig("def record_stream(self, stream: object) -> None"),
          "The frame is used on this CUDA stream (int, torch, CuPy, or with __cuda_stream__): the "
          "lease ends only after the work queued there so far.")
      .def(
          "copy",
          [](const Frame& f, const std::string& to, const Frame* out) {
            if (to != "same" && to != "host") {
              throw nb::value_error("copy(to=...) is \"same\" or \"host\"");
            }
            return Frame{
                f.state->copy_frame(to == "host", out == nullptr ? nullptr : out->state.get())};
          },
          nb::arg("to") = "same", nb::kw_only(), nb::arg("out") = nb::none(),
          R"(A private, writable copy with packed rows; done when this returns.

Args:
    to: "same" memory as the frame, or "host".
    out: an earlier copy of the same format, size and device that is overwritten instead of
        allocating.)")
      .def(
          "compact", [](const Frame& f) { return Frame{f.state->copy_frame(false, nullptr)}; },
          "As ``copy()``: for consumers that refuse padded rows (JAX).")
      .def("numpy", numpy, nb::sig("def numpy(self) -> Any"),
           R"(NumPy view of a frame in host memory, read-only, without a copy.

Returns:
    One array for formats of one plane, else a tuple of one array per plane.)")
      .def(
          "dlpack_y",
          [](const Frame& f) {
            return luma(f).dlpack(nb::none(), nb::none(), nb::none(), nb::none());
          },
          nb::sig("def dlpack_y(self) -> object"),
          "Capsule of ``y``; ``torch.from_dlpack(frame.y)`` says more.")
      .def(
          "dlpack_uv",
          [](const Frame& f) {
            return chroma(f).dlpack(nb::none(), nb::none(), nb::none(), nb::none());
          },
          nb::sig("def dlpack_uv(self) -> object"), "Capsule of ``uv``.")
      .def(
          "__dlpack__",
          [](const Frame& f, nb::object stream, nb::object max_version, nb::object dl_device,
             nb::object copy) {
            require_one_plane(info_of(f));
            return plane(f, 0).dlpack(stream, max_version, dl_device, copy);
          },
          nb::kw_only(), nb::arg("stream") = nb::none(), nb::arg("max_version") = nb::none(),
          nb::arg("dl_device") = nb::none(), nb::arg("copy") = nb::none(),
          nb::sig("def __dlpack__(self, *, stream: int | None = None, max_version: tuple[int, int] "
                  "| None = None, dl_device: tuple[int, int] | None = None, copy: bool | None = "
                  "None) -> object"),
          "As ``Plane.__dlpack__``, for formats of one plane; others raise BufferError.")
      .def("__dlpack_device__",
           [](const Frame& f) {
             const int32_t device = info_of(f).device;
             return std::make_tuple(device < 0 ? 1 : 2, device < 0 ? 0 : device);
           })
      .def(
          "__enter__", [](nb::object self) { return self; },
          nb::sig("def __enter__(self) -> CuframesFrame"))
      .def(
          "__exit__", [](const Frame& f, nb::args) { f.state->release(); },
          nb::sig("def __exit__(self, *args: object) -> None"))
      .def("__repr__", [](const Frame& f) -> std::string {
        if (f.state->released()) return "<CuframesFrame released>";
        const cuframes_frame_info info = info_of(f);
        return "<CuframesFrame " + std::to_string(info.seq) + " " + std::to_string(info.width) +
               "x" + std::to_string(info.height) + " " + cuframes_format_name(info.format) +
               " on " + (info.device < 0 ? "cpu" : "cuda:" + std::to_string(info.device)) + ">";
      });
}
