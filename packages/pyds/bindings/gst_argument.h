// GStreamer objects from Python: as PyGObject objects, or as the addresses `hash(object)` gives.
//
// An address is checked before it is used, so that a wrong number raises instead of crashing.
#pragma once

#include <gst/gst.h>
#include <nanobind/nanobind.h>

namespace pyds::py {

namespace nb = nanobind;

// Whether 8 bytes at `address` can be read.
bool is_readable(const void* address);

struct BufferArgument {
  GstBuffer* buffer = nullptr;
};
struct PadArgument {
  GstPad* pad = nullptr;
};
struct ElementArgument {
  GstElement* element = nullptr;
};

// Raise TypeError for what is not an int or PyGObject object, ValueError for an address of
// something else.
GstBuffer* buffer_from(nb::handle object);
GstPad* pad_from(nb::handle object);
GstElement* element_from(nb::handle object);

}  // namespace pyds::py

namespace nanobind::detail {

template <>
struct type_caster<pyds::py::BufferArgument> {
  NB_TYPE_CASTER(pyds::py::BufferArgument, const_name("int | gi.repository.Gst.Buffer"))
  bool from_python(handle source, uint32_t, cleanup_list*) {
    value.buffer = pyds::py::buffer_from(source);
    return true;
  }
};

template <>
struct type_caster<pyds::py::PadArgument> {
  NB_TYPE_CASTER(pyds::py::PadArgument, const_name("int | gi.repository.Gst.Pad"))
  bool from_python(handle source, uint32_t, cleanup_list*) {
    value.pad = pyds::py::pad_from(source);
    return true;
  }
};

template <>
struct type_caster<pyds::py::ElementArgument> {
  NB_TYPE_CASTER(pyds::py::ElementArgument, const_name("int | gi.repository.Gst.Element"))
  bool from_python(handle source, uint32_t, cleanup_list*) {
    value.element = pyds::py::element_from(source);
    return true;
  }
};

}  // namespace nanobind::detail
