#include "plane.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>

#include <tuple>
#include <utility>

namespace {

[[noreturn]] void raise_format(const std::string& what) {
  const nb::object type = nb::module_::import_("cuframes._errors").attr("CuframesFormatError");
  PyErr_SetString(type.ptr(), what.c_str());
  throw nb::python_error();
}

struct BufferExport {
  std::array<Py_ssize_t, 3> shape{};
  std::array<Py_ssize_t, 3> strides{};
  std::shared_ptr<const void> hold;
};

int get_buffer(PyObject* self, Py_buffer* view, int flags) {
  view->obj = nullptr;
  try {
    const Plane& plane = *nb::inst_ptr<Plane>(self);
    const dlpack::Array& array = plane.array();
    if (array.device_type != dlpack::kCpu) {
      PyErr_SetString(PyExc_BufferError,
                      "this plane is in CUDA memory; use torch.from_dlpack or cupy.from_dlpack, or "
                      "frame.copy() to the host");
      return -1;
    }
    if ((flags & PyBUF_WRITABLE) != 0 && plane.readonly()) {
      PyErr_SetString(PyExc_BufferError,
                      "a frame is read-only: other readers see the same memory; use frame.copy()");
      return -1;
    }
    if ((flags & PyBUF_STRIDES) != PyBUF_STRIDES) {
      PyErr_SetString(PyExc_BufferError,
                      "the rows of a plane are padded; ask for strides, or use frame.copy()");
      return -1;
    }
    auto exported = std::make_unique<BufferExport>();
    Py_ssize_t items = 1;
    for (int i = 0; i < array.ndim; ++i) {
      exported->shape[i] = array.shape[i];
      exported->strides[i] = array.strides[i] * array.element_bytes;
      items *= array.shape[i];
    }
    exported->hold = plane.hold();
    view->buf = reinterpret_cast<void*>(array.address);
    view->len = items * array.element_bytes;
    view->itemsize = array.element_bytes;
    view->readonly = plane.readonly() ? 1 : 0;
    view->ndim = array.ndim;
    view->format = const_cast<char*>(array.element_bytes == 1 ? "B" : "H");
    view->shape = exported->shape.data();
    view->strides = exported->strides.data();
    view->suboffsets = nullptr;
    view->internal = exported.release();
    view->obj = Py_NewRef(self);
    return 0;
  } catch (nb::python_error& error) {
    error.restore();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_BufferError, error.what());
  }
  return -1;
}

void release_buffer(PyObject*, Py_buffer* view) {
  const std::unique_ptr<BufferExport> end(static_cast<BufferExport*>(view->internal));
}

PyType_Slot plane_slots[] = {{Py_bf_getbuffer, reinterpret_cast<void*>(get_buffer)},
                             {Py_bf_releasebuffer, reinterpret_cast<void*>(release_buffer)},
                             {0, nullptr}};

[[noreturn]] void raise_buffer(const std::string& what) { throw nb::buffer_error(what.c_str()); }

nb::tuple shape_of(const dlpack::Array& array) {
  nb::list shape;
  for (int i = 0; i < array.ndim; ++i) shape.append(array.shape[i]);
  return nb::tuple(shape);
}

nb::tuple strides_of(const dlpack::Array& array) {
  nb::list strides;
  for (int i = 0; i < array.ndim; ++i) strides.append(array.strides[i] * array.element_bytes);
  return nb::tuple(strides);
}

}  // namespace

dlpack::Array describe(const cuframes_frame_info& info, const PlaneView& view, bool readonly) {
  const std::string format = cuframes_format_name(info.format);
  if (view.plane >= info.n_planes) {
    raise_format("a " + format + " frame has no plane " + std::to_string(view.plane) + "; it has " +
                 std::to_string(info.n_planes));
  }
  const cuframes_plane& p = info.planes[view.plane];
  dlpack::Array a;
  a.address = p.address;
  a.element_bytes = static_cast<uint8_t>(p.element_bytes);
  a.readonly = readonly;
  a.device_type = info.device >= 0 ? dlpack::kCuda : dlpack::kCpu;
  a.device_id = info.device >= 0 ? info.device : 0;
  const int64_t pitch = p.pitch_bytes / p.element_bytes;
  switch (view.kind) {
    case PlaneView::Kind::kPlane:
      a.ndim = p.channels > 1 ? 3 : 2;
      a.shape = {p.height, p.width, p.channels};
      a.strides = {pitch, p.channels, 1};
      break;
    case PlaneView::Kind::kChannel:
      a.ndim = 2;
      a.address += uint64_t{view.channel} * p.element_bytes;
      a.shape = {p.height, p.width, 0};
      a.strides = {pitch, p.channels, 0};
      break;
    case PlaneView::Kind::kPlanarRgb: {
      const int64_t step = static_cast<int64_t>(info.planes[1].address - p.address);
      const bool even =
          static_cast<int64_t>(info.planes[2].address - info.planes[1].address) == step;
      if (!even) raise_format("the planes of this frame are not evenly spaced; use .planes");
      a.ndim = 3;
      a.shape = {3, p.height, p.width};
      a.strides = {step / p.element_bytes, pitch, 1};
      break;
    }
  }
  return a;
}

Plane::Plane(std::shared_ptr<PixelOwner> owner, PlaneView view)
    : owner_(std::move(owner)),
      view_(view),
      array_(describe(owner_->info(), view, owner_->readonly())) {}

nb::object Plane::dlpack(nb::object stream, nb::object max_version, nb::object dl_device,
                         nb::object copy) {
  const bool on_gpu = array_.device_type == dlpack::kCuda;
  bool versioned = false;
  if (!max_version.is_none()) versioned = nb::cast<int64_t>(max_version[0]) >= 1;
  bool to_host = false;
  if (!dl_device.is_none()) {
    const auto type = nb::cast<int64_t>(dl_device[0]);
    const auto id = nb::cast<int64_t>(dl_device[1]);
    if (type == dlpack::kCpu && on_gpu) {
      to_host = true;
    } else if (type != array_.device_type || id != array_.device_id) {
      raise_buffer("this plane cannot be exported to DLPack device (" + std::to_string(type) +
                   ", " + std::to_string(id) + "); it is on (" +
                   std::to_string(array_.device_type) + ", " + std::to_string(array_.device_id) +
                   ")");
    }
  }
  const bool want_copy = !copy.is_none() && nb::cast<bool>(copy);
  const bool forbid_copy = !copy.is_none() && !nb::cast<bool>(copy);
  if (to_host && forbid_copy) {
    raise_buffer(
        "a frame in CUDA memory reaches the host only by a copy, which copy=False forbids");
  }
  if (want_copy || to_host) {
    const std::shared_ptr<PixelOwner> copied = owner_->copy(to_host);
    const dlpack::Array array = describe(copied->info(), view_, false);
    return dlpack::make_capsule(array, copied->hold(), versioned, dlpack::kCopied);
  }
  if (!versioned && readonly() && owner_->strict_readonly()) {
    raise_buffer(
        "the consumer's DLPack is older than 1.0 and cannot be told that frames are "
        "read-only (strict_readonly=True); use copy=True");
  }
  std::shared_ptr<const void> hold = owner_->hold();
  if (on_gpu) {
    const int64_t number = stream.is_none() ? 1 : nb::cast<int64_t>(stream);
    if (number == 0) {
      raise_buffer("stream 0 is ambiguous in DLPack; pass 1 (legacy), 2 (per thread) or a handle");
    }
    owner_->record_stream(number);
  } else if (!stream.is_none() && nb::cast<int64_t>(stream) != -1) {
    raise_buffer("a plane in host memory has no CUDA stream; pass stream=None");
  }
  return dlpack::make_capsule(array_, std::move(hold), versioned,
                              readonly() ? dlpack::kReadOnly : 0);
}

nb::object Plane::cuda_array_interface() {
  if (array_.device_type != dlpack::kCuda) {
    throw nb::attribute_error("this plane is in host memory");
  }
  if (interface_hold_ == nullptr) interface_hold_ = owner_->hold();
  owner_->record_stream(-1);
  nb::dict interface;
  interface["version"] = 3;
  interface["shape"] = shape_of(array_);
  interface["strides"] = strides_of(array_);
  interface["typestr"] = array_.element_bytes == 1 ? "|u1" : "<u2";
  // Not flagged read-only although it is: torch refuses every array that is.
  interface["data"] = nb::make_tuple(array_.address, false);
  interface["stream"] = nb::none();  // a frame is complete before it can be seen
  return interface;
}

void bind_plane(nb::module_& m) {
  nb::class_<Plane>(m, "Plane", nb::type_slots(plane_slots),
                    R"(One plane of a frame, or a view of it, shared without a copy.

Takes part in DLPack (``torch.from_dlpack``, ``cupy.from_dlpack``, ``numpy.from_dlpack``), in the buffer
protocol (host memory) and in ``__cuda_array_interface__`` (CUDA memory). Rows are padded: use
``strides`` or ``pitch_bytes``, never ``shape`` alone. Everything made from a plane keeps the frame's lease
until it is gone; the plane itself does not.)")
      .def_prop_ro(
          "shape", [](const Plane& p) { return shape_of(p.array()); },
          nb::sig("def shape(self) -> tuple[int, ...]"),
          "Rows, columns and, for interleaved planes, channels.")
      .def_prop_ro(
          "strides", [](const Plane& p) { return strides_of(p.array()); },
          nb::sig("def strides(self) -> tuple[int, ...]"), "In bytes, as NumPy counts.")
      .def_prop_ro(
          "pitch_bytes",
          [](const Plane& p) {
            const dlpack::Array& a = p.array();
            const int row =
                a.shape[0] == 3 && a.ndim == 3 && a.strides[2] == 1 && a.strides[1] > 4 ? 1 : 0;
            return a.strides[static_cast<size_t>(row)] * a.element_bytes;
          },
          "From row to row, in bytes.")
      .def_prop_ro(
          "itemsize", [](const Plane& p) { return p.array().element_bytes; },
          "Bytes per sample: 1 or 2.")
      .def_prop_ro(
          "ptr", [](const Plane& p) { return p.array().address; },
          "Address of the first sample: a CUDA device pointer or a host pointer. The "
          "caller keeps the frame.")
      .def_prop_ro("readonly", &Plane::readonly)
      .def_prop_ro("__cuda_array_interface__", &Plane::cuda_array_interface,
                   nb::sig("def __cuda_array_interface__(self) -> dict[str, object]"),
                   "Version 3. The plane keeps the lease from here on, until it is gone.")
      .def(
          "__array__",
          [](nb::object self, nb::object dtype, nb::object copy) {
            // NumPy comes here when the buffer protocol refused; without this it would quietly make
            // an array of one object.
            if (nb::cast<const Plane&>(self).array().device_type != dlpack::kCpu) {
              raise_buffer("this plane is in CUDA memory; use frame.copy(\"host\").numpy()");
            }
            return nb::module_::import_("numpy").attr("array")(
                nb::steal(PyMemoryView_FromObject(self.ptr())), nb::arg("dtype") = dtype,
                nb::arg("copy") = copy);
          },
          nb::arg("dtype") = nb::none(), nb::arg("copy") = nb::none(),
          nb::sig("def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any"))
      .def("__dlpack_device__",
           [](const Plane& p) {
             return std::make_tuple(p.array().device_type, p.array().device_id);
           })
      .def(
          "__dlpack__", &Plane::dlpack, nb::kw_only(), nb::arg("stream") = nb::none(),
          nb::arg("max_version") = nb::none(), nb::arg("dl_device") = nb::none(),
          nb::arg("copy") = nb::none(),
          nb::sig("def __dlpack__(self, *, stream: int | None = None, max_version: tuple[int, int] "
                  "| None = None, dl_device: tuple[int, int] | None = None, copy: bool | None = "
                  "None) -> object"),
          R"(A DLPack capsule that keeps the frame's lease.

A frame is complete before it can be seen, so the consumer's stream waits for nothing; it is remembered,
and the lease ends only when that stream has got to the point where the tensor was dropped.

Args:
    stream: the consumer's CUDA stream: None or 1 legacy, 2 per thread, a handle, -1 unknown.
    max_version: the consumer's DLPack version; from (1, 0) on it is told that frames are read-only.
    dl_device: (1, 0) copies a frame from CUDA to host memory.
    copy: True for a packed private copy, False to refuse any copy.

Raises:
    BufferError: another device, stream 0, or a copy that copy=False forbids.
    CuframesClosed: the frame was released.)");
}
