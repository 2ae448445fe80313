#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <mutex>
#include <tuple>
#include <utility>

#include "bind_stats.h"
#include "plane.h"

namespace {

using AnyArray = nb::ndarray<nb::ro>;

[[noreturn]] void raise_format(const std::string& what) {
  const nb::object type = nb::module_::import_("cuframes._errors").attr("CuframesFormatError");
  PyErr_SetString(type.ptr(), what.c_str());
  throw nb::python_error();
}

/// A slot open for writing. Exports keep the handle, and with it the mapping, but not the slot.
class WritableState final : public PixelOwner {
 public:
  explicit WritableState(cuframes_writable* writable)
      : writable_(writable, cuframes_writable_destroy) {}

  std::shared_ptr<const void> hold() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    require_open();
    return writable_;
  }
  cuframes_frame_info info() override { return *cuframes_writable_info(writable_.get()); }
  bool readonly() const override { return false; }
  std::shared_ptr<PixelOwner> copy(bool) override {
    throw nb::buffer_error("a frame that is being written cannot be copied out");
  }
  cuframes_writable* open() {
    const std::lock_guard<std::mutex> lock(mutex_);
    require_open();
    return writable_.get();
  }
  void commit(const cuframes_commit& commit) {
    const std::lock_guard<std::mutex> lock(mutex_);
    require_open();
    check(cuframes_writable_commit(writable_.get(), &commit));
    end();
  }
  void abort() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (open_) end();
  }
  bool is_open() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return open_;
  }

 private:
  void require_open() const {
    if (!open_) raise_closed("this frame was committed or aborted already");
  }
  void end() {
    cuframes_writable_end(writable_.get());
    open_ = false;
  }
  std::mutex mutex_;
  std::shared_ptr<cuframes_writable> writable_;
  bool open_ = true;
};

struct Writable {
  std::shared_ptr<WritableState> state;
  std::optional<int64_t> pts_ns;
  std::optional<int64_t> duration_ns;
  std::optional<int64_t> capture_ns;
  int64_t stream = 0;
};

uintptr_t commit_stream(const nb::object& stream, int64_t otherwise) {
  if (stream.is_none()) return static_cast<uintptr_t>(otherwise);
  const nb::object to_int = nb::module_::import_("cuframes._streams").attr("stream_handle");
  return static_cast<uintptr_t>(nb::cast<int64_t>(to_int(stream)));
}

void commit(Writable& w, std::optional<int64_t> pts_ns, const nb::object& stream,
            std::optional<int64_t> duration_ns, std::optional<int64_t> capture_ns) {
  cuframes_commit options;
  cuframes_commit_init(&options);
  const auto pick = [](std::optional<int64_t> given, std::optional<int64_t> set) {
    return given ? *given : set.value_or(CUFRAMES_TIME_NONE);
  };
  options.pts_ns = pick(pts_ns, w.pts_ns);
  options.duration_ns = pick(duration_ns, w.duration_ns);
  options.capture_ns = pick(capture_ns, w.capture_ns);
  options.stream = commit_stream(stream, w.stream);
  w.state->commit(options);
}

Plane plane(const Writable& w, uint32_t index) {
  w.state->open();
  return Plane(w.state, {PlaneView::Kind::kPlane, index, 0});
}

nb::tuple planes(const Writable& w) {
  nb::list all;
  for (uint32_t p = 0; p < w.state->info().n_planes; ++p) all.append(nb::cast(plane(w, p)));
  return nb::tuple(all);
}

// --- Publisher
// ------------------------------------------------------------------------------------

class Publisher {
 public:
  Publisher(const cuframes_publisher_options& options, int64_t stream) : stream_(stream) {
    cuframes_publisher* raw = nullptr;
    cuframes_status status;
    {
      const nb::gil_scoped_release nogil;
      status = cuframes_publisher_create(&options, &raw);
    }
    check(status);
    handle_ = std::shared_ptr<cuframes_publisher>(raw, cuframes_publisher_destroy);
  }

  Writable frame(std::optional<double> timeout) const {
    // In slices, so that signals are handled while we wait.
    int64_t left = timeout ? timeout_ns(timeout) : 0;
    for (;;) {
      const int64_t slice = std::min<int64_t>(left, 100'000'000);
      cuframes_writable* raw = nullptr;
      cuframes_status status;
      {
        const nb::gil_scoped_release nogil;
        status = cuframes_publisher_begin(handle_.get(), slice, &raw);
      }
      if (status == CUFRAMES_OK) {
        return Writable{std::make_shared<WritableState>(raw), {}, {}, {}, stream_};
      }
      left -= slice;
      if (status != CUFRAMES_E_CAPACITY || left <= 0) raise_last_error();
      check_signals();
    }
  }

  void write(const nb::object& pixels, std::optional<int64_t> pts_ns, const nb::object& user_meta,
             std::optional<double> timeout, const nb::object& stream) const;

  cuframes_stream_info info() const {
    cuframes_stream_info info{};
    info.struct_size = sizeof info;
    check(cuframes_publisher_info(handle_.get(), &info));
    return info;
  }

  nb::list readers() const {
    cuframes_reader_info all[CUFRAMES_MAX_READERS];
    uint32_t count = 0;
    check(cuframes_publisher_readers(handle_.get(), all, CUFRAMES_MAX_READERS, &count));
    nb::list list;
    for (uint32_t i = 0; i < count; ++i) list.append(reader_dict(all[i]));
    return list;
  }

  void reconfigure(uint32_t width, uint32_t height, const std::string& format) const {
    const nb::gil_scoped_release nogil;
    const cuframes_status status = cuframes_publisher_reconfigure(
        handle_.get(), width, height, cuframes_format_from_name(format.c_str()));
    const nb::gil_scoped_acquire gil;
    check(status);
  }

  void close() const {
    const nb::gil_scoped_release nogil;
    cuframes_publisher_close(handle_.get());
  }

 private:
  std::shared_ptr<cuframes_publisher> handle_;
  int64_t stream_;
};

/// One array that is the source of one plane.
struct Source {
  const void* data;
  size_t pitch_bytes;
  bool on_device;
};

std::string shape_text(const AnyArray& array) {
  std::string text = "(";
  for (size_t i = 0; i < array.ndim(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(array.shape(i));
  }
  return text + ")";
}

bool is_device(const AnyArray& array) { return array.device_type() == nb::device::cuda::value; }

/// `array` as the source of `to`; raises CuframesFormatError when shape, dtype or strides disagree.
Source source_of(const AnyArray& array, const cuframes_plane& to) {
  const bool flat = to.channels == 1;
  const bool shape_fits = array.ndim() == (flat ? 2u : 3u) && array.shape(0) == to.height &&
                          array.shape(1) == to.width && (flat || array.shape(2) == to.channels);
  const bool type_fits = array.dtype().bits == to.element_bytes * 8 && array.dtype().lanes == 1 &&
                         array.dtype().code == static_cast<uint8_t>(nb::dlpack::dtype_code::UInt);
  const bool rows_fit =
      shape_fits &&
      (flat ? array.stride(1) == 1 : array.stride(2) == 1 && array.stride(1) == to.channels);
  if (!shape_fits || !type_fits || !rows_fit || array.stride(0) <= 0) {
    const std::string want = "(" + std::to_string(to.height) + ", " + std::to_string(to.width) +
                             (flat ? "" : ", " + std::to_string(to.channels)) + ")";
    raise_format("a plane of uint" + std::to_string(to.element_bytes * 8) + " " + want +
                 " with unit stride within its rows is needed, not uint" +
                 std::to_string(array.dtype().bits) + " " + shape_text(array));
  }
  return {array.data(), static_cast<size_t>(array.stride(0)) * to.element_bytes, is_device(array)};
}

bool is_contiguous(const AnyArray& array) {
  int64_t expected = 1;
  for (size_t i = array.ndim(); i-- > 0;) {
    if (array.stride(i) != expected) return false;
    expected *= static_cast<int64_t>(array.shape(i));
  }
  return true;
}

/// One packed array that holds all planes one after another, as OpenCV and FFmpeg lay them out.
std::vector<Source> split_packed(const AnyArray& array, const cuframes_frame_info& info) {
  if (info.n_planes == 1) return {source_of(array, info.planes[0])};
  size_t items = 1;
  for (size_t i = 0; i < array.ndim(); ++i) items *= array.shape(i);
  const uint32_t element = info.planes[0].element_bytes;
  if (!is_contiguous(array) || array.dtype().bits != element * 8 ||
      items * element != info.nbytes) {
    raise_format(std::string("a whole ") + cuframes_format_name(info.format) + " frame of " +
                 std::to_string(info.width) + "x" + std::to_string(info.height) +
                 " is one contiguous uint" + std::to_string(element * 8) + " array of " +
                 std::to_string(info.nbytes) + " bytes, not " + shape_text(array) +
                 "; or pass one array per plane");
  }
  std::vector<Source> sources;
  const auto* at = static_cast<const char*>(array.data());
  for (uint32_t p = 0; p < info.n_planes; ++p) {
    const cuframes_plane& plane = info.planes[p];
    const size_t row = size_t{plane.width} * plane.channels * plane.element_bytes;
    sources.push_back({at, row, is_device(array)});
    at += row * plane.height;
  }
  return sources;
}

void Publisher::write(const nb::object& pixels, std::optional<int64_t> pts_ns,
                      const nb::object& user_meta, std::optional<double> timeout,
                      const nb::object& stream) const {
  Writable w = frame(timeout);
  const cuframes_frame_info info = w.state->info();
  std::vector<AnyArray> arrays;  // alive until the copy is done
  std::vector<Source> sources;
  if (nb::isinstance<nb::tuple>(pixels) || nb::isinstance<nb::list>(pixels)) {
    for (const nb::handle item : pixels) arrays.push_back(nb::cast<AnyArray>(item));
    if (arrays.size() != info.n_planes) {
      raise_format(std::string(cuframes_format_name(info.format)) + " has " +
                   std::to_string(info.n_planes) + " planes, not " + std::to_string(arrays.size()));
    }
    for (uint32_t p = 0; p < info.n_planes; ++p) {
      sources.push_back(source_of(arrays[p], info.planes[p]));
    }
  } else {
    arrays.push_back(nb::cast<AnyArray>(pixels));
    sources = split_packed(arrays[0], info);
  }
  if (!user_meta.is_none()) {
    const nb::bytes bytes = nb::cast<nb::bytes>(user_meta);
    check(cuframes_writable_set_user_meta(w.state->open(), bytes.c_str(), bytes.size()));
  }
  const uintptr_t on = commit_stream(stream, stream_);
  cuframes_status status = CUFRAMES_OK;
  {
    const nb::gil_scoped_release nogil;
    for (uint32_t p = 0; p < info.n_planes && status == CUFRAMES_OK; ++p) {
      status =
          cuframes_writable_copy_plane(w.state->open(), p, sources[p].data, sources[p].pitch_bytes,
                                       sources[p].on_device ? 1 : 0, on);
    }
  }
  check(status);
  w.stream = static_cast<int64_t>(on);
  commit(w, pts_ns, nb::none(), {}, {});
}

nb::object optional_time(std::optional<int64_t> value) {
  return value ? nb::object(nb::int_(*value)) : nb::none();
}

}  // namespace

void bind_publisher(nb::module_& m) {
  nb::class_<Writable>(m, "WritableFrame",
                       R"(A slot of the ring to draw the next frame into, without a copy.

Leaving ``with pub.frame() as f:`` publishes it; an exception leaves it unpublished. Arrays made from its
planes must not be written after that.)")
      .def_prop_rw(
          "pts_ns", [](const Writable& w) { return optional_time(w.pts_ns); },
          [](Writable& w, std::optional<int64_t> v) { w.pts_ns = v; },
          nb::for_getter(nb::sig("def pts_ns(self) -> int | None")), nb::arg("value").none(),
          "Presentation time to publish with, ns.")
      .def_prop_rw(
          "duration_ns", [](const Writable& w) { return optional_time(w.duration_ns); },
          [](Writable& w, std::optional<int64_t> v) { w.duration_ns = v; },
          nb::for_getter(nb::sig("def duration_ns(self) -> int | None")), nb::arg("value").none())
      .def_prop_rw(
          "capture_ns", [](const Writable& w) { return optional_time(w.capture_ns); },
          [](Writable& w, std::optional<int64_t> v) { w.capture_ns = v; },
          nb::for_getter(nb::sig("def capture_ns(self) -> int | None")), nb::arg("value").none(),
          "When the picture was taken, CLOCK_MONOTONIC ns; None: the time of the commit.")
      .def_prop_ro("planes", planes, nb::sig("def planes(self) -> tuple[Plane, ...]"))
      .def_prop_ro(
          "y", [](const Writable& w) { return plane(w, 0); }, "The first plane.")
      .def_prop_ro(
          "uv", [](const Writable& w) { return plane(w, 1); }, "The second plane.")
      .def_prop_ro("width", [](const Writable& w) { return w.state->info().width; })
      .def_prop_ro("height", [](const Writable& w) { return w.state->info().height; })
      .def_prop_ro(
          "format", [](const Writable& w) { return cuframes_format_name(w.state->info().format); },
          nb::sig("def format(self) -> str"))
      .def(
          "numpy",
          [](const Writable& w) -> nb::object {
            const nb::object asarray = nb::module_::import_("numpy").attr("asarray");
            nb::list arrays;
            for (nb::handle p : planes(w)) arrays.append(asarray(p));
            return nb::len(arrays) == 1 ? nb::object(arrays[0]) : nb::object(nb::tuple(arrays));
          },
          nb::sig("def numpy(self) -> Any"),
          "Writable NumPy views (host memory): one array, or a tuple of one per plane.")
      .def(
          "set_user_meta",
          [](const Writable& w, nb::bytes data) {
            check(cuframes_writable_set_user_meta(w.state->open(), data.c_str(), data.size()));
          },
          nb::arg("data"), "Sends these bytes along with the frame.")
      .def("commit", commit, nb::arg("pts_ns") = nb::none(), nb::arg("stream") = nb::none(),
           nb::kw_only(), nb::arg("duration_ns") = nb::none(), nb::arg("capture_ns") = nb::none(),
           nb::sig("def commit(self, pts_ns: int | None = None, stream: object = None, *, "
                   "duration_ns: int | None = None, capture_ns: int | None = None) -> None"),
           R"(Publishes the frame.

In CUDA memory it becomes visible when ``stream`` has got here (None: the publisher's stream, by default the
legacy stream); the call does not wait. Frames appear in the order of their commits.)")
      .def(
          "abort", [](const Writable& w) { w.state->abort(); }, "Gives the slot back unpublished.")
      .def(
          "__enter__", [](nb::object self) { return self; },
          nb::sig("def __enter__(self) -> WritableFrame"))
      .def(
          "__exit__",
          [](Writable& w, nb::object type, nb::args) {
            if (!type.is_none()) {
              w.state->abort();
            } else if (w.state->is_open()) {
              commit(w, {}, nb::none(), {}, {});
            }
          },
          nb::arg("type").none(), nb::arg("args"),
          nb::sig("def __exit__(self, type: object, *args: object) -> None"));

  nb::class_<Publisher>(m, "CuframesPublisher",
                        R"(The writing end of a stream. Make one with ``cuframes.publish``.

All methods may be called from any thread. The stream ends with ``close()``, with leaving ``with pub:``, or
with the process; readers keep the frames they hold.)")
      .def(
          "__init__",
          [](Publisher* self, const std::string& key, uint32_t width, uint32_t height,
             const std::string& format, uint32_t slots, uint32_t memory, int32_t device,
             uint32_t max_readers, uint32_t mode, int64_t group,
             std::optional<std::vector<uint32_t>> allow, uint32_t user_meta_capacity,
             bool overcommit, bool allow_block, std::optional<double> block_timeout,
             std::optional<double> lease_timeout, double fps, const std::string& path,
             int64_t stream, std::tuple<uint32_t, uint32_t, uint32_t, uint32_t> colour,
             bool host_mirror) {
            cuframes_publisher_options o;
            cuframes_publisher_options_init(&o);
            o.key = key.c_str();
            o.path = path.empty() ? nullptr : path.c_str();
            o.width = width;
            o.height = height;
            o.format = cuframes_format_from_name(format.c_str());
            if (o.format == 0) raise_format("unknown pixel format \"" + format + "\"");
            o.slots = slots;
            o.memory = memory;
            o.device = device;
            o.max_readers = max_readers;
            o.socket_mode = mode;
            o.socket_group = group;
            if (allow) {
              o.allow_uids = allow->empty() ? &o.slots : allow->data();
              o.n_allow_uids = static_cast<uint32_t>(allow->size());
            }
            o.user_meta_capacity = user_meta_capacity;
            o.overcommit = overcommit ? 1 : 0;
            o.forbid_block = allow_block ? 0 : 1;
            if (block_timeout) o.block_timeout_ns = timeout_ns(block_timeout);
            if (lease_timeout) o.lease_timeout_ns = timeout_ns(lease_timeout);
            o.fps_hint = fps;
            o.colour = {std::get<0>(colour), std::get<1>(colour), std::get<2>(colour),
                        std::get<3>(colour)};
            o.host_mirror = host_mirror ? 1 : 0;
            new (self) Publisher(o, stream);
          },
          nb::arg("key"), nb::kw_only(), nb::arg("width"), nb::arg("height"), nb::arg("format"),
          nb::arg("slots"), nb::arg("memory"), nb::arg("device"), nb::arg("max_readers"),
          nb::arg("mode"), nb::arg("group"), nb::arg("allow").none(), nb::arg("user_meta_capacity"),
          nb::arg("overcommit"), nb::arg("allow_block"), nb::arg("block_timeout").none(),
          nb::arg("lease_timeout").none(), nb::arg("fps"), nb::arg("path"), nb::arg("stream"),
          nb::arg("colour"), nb::arg("host_mirror"), "Use ``cuframes.publish``.")
      .def("frame", &Publisher::frame, nb::arg("timeout") = nb::none(),
           R"(A slot to write the next frame into.

Args:
    timeout: seconds to wait for a slot when all are in use; None does not wait. For readers with the
        policy "block" it waits up to the publisher's ``block_timeout`` in any case.

Raises:
    CuframesCapacityError: no slot came free; the frame is counted as dropped.
    CuframesClosed: the publisher is closed.)")
      .def("write", &Publisher::write, nb::arg("pixels"), nb::arg("pts_ns") = nb::none(),
           nb::kw_only(), nb::arg("user_meta") = nb::none(), nb::arg("timeout") = nb::none(),
           nb::arg("stream") = nb::none(),
           nb::sig("def write(self, pixels: Any, pts_ns: int | None = None, *, user_meta: bytes | "
                   "None = None, timeout: float | None = None, stream: object = None) -> None"),
           R"(Copies one frame into the ring and publishes it.

Args:
    pixels: an array with all planes one after another (NV12: (height * 3 / 2, width)), or a sequence of
        one array per plane. NumPy, torch, CuPy: anything with DLPack or the buffer protocol.
    pts_ns: presentation time.
    user_meta: bytes to send along.
    timeout: as in ``frame``.
    stream: CUDA stream the source was written on.

Raises:
    CuframesFormatError: shape, dtype or strides do not fit the stream's format.)")
      .def("reconfigure", &Publisher::reconfigure, nb::arg("width"), nb::arg("height"),
           nb::arg("format"),
           "New size or format: readers move to a new ring and generation by themselves, ``seq`` "
           "goes on.")
      .def(
          "stats", [](const Publisher& p) { return stream_dict(p.info()); },
          nb::sig("def stats(self) -> dict[str, Any]"), "Counters and state of the stream.")
      .def("readers", &Publisher::readers, nb::sig("def readers(self) -> list[dict[str, Any]]"),
           "One dict per connected reader: name, pid, policy, held, cursor, stalls, ...")
      .def_prop_ro("key", [](const Publisher& p) { return std::string(p.info().key); })
      .def_prop_ro("generation", [](const Publisher& p) { return p.info().generation; })
      .def_prop_ro(
          "ring_occupancy", [](const Publisher& p) { return p.info().occupancy; },
          "Slots leased by anybody or being written, now.")
      .def_prop_ro("ring_capacity", [](const Publisher& p) { return p.info().n_slots; })
      .def("close", &Publisher::close, "Ends the stream. May be called again.")
      .def(
          "__enter__", [](nb::object self) { return self; },
          nb::sig("def __enter__(self) -> CuframesPublisher"))
      .def(
          "__exit__", [](const Publisher& p, nb::args) { p.close(); },
          nb::sig("def __exit__(self, *args: object) -> None"));
}
