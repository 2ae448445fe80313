// The native half of pyds.add_probe(): a pad probe that calls Python with the batch metadata.
#include <gst/gst.h>

#include <memory>

#include "bind.h"
#include "fields.h"
#include "gst_argument.h"
#include "gstnvdsmeta.h"
#include "python_call.h"

namespace pyds::py {
namespace {

// What a probe calls; owned by the pad.
class Callback {
 public:
  Callback(nb::callable function, nb::object on_error)
      : function_(std::move(function)), on_error_(std::move(on_error)) {}
  ~Callback() {
    const PythonCall python;
    if (python) {
      function_.reset();
      on_error_.reset();
    } else {  // the interpreter is gone and took the objects with it
      function_.release();
      on_error_.release();
    }
  }

  GstPadProbeReturn call(NvDsBatchMeta* batch) const {
    const PythonCall python;
    if (!python) return GST_PAD_PROBE_OK;
    try {
      return verdict(function_(Ref<NvDsBatchMeta>(batch, meta::element_of(batch))));
    } catch (nb::python_error& error) {
      report(error);
    } catch (const std::exception& error) {
      PyErr_SetString(PyExc_RuntimeError, error.what());
      nb::python_error python_error;
      report(python_error);
    }
    return GST_PAD_PROBE_OK;
  }

 private:
  // Only a Gst.PadProbeReturn (an int, but not False) may stop a buffer.
  static GstPadProbeReturn verdict(nb::handle result) {
    if (!PyLong_Check(result.ptr()) || PyBool_Check(result.ptr())) return GST_PAD_PROBE_OK;
    switch (PyLong_AsLong(result.ptr())) {
      case GST_PAD_PROBE_DROP:
        return GST_PAD_PROBE_DROP;
      case GST_PAD_PROBE_REMOVE:
        return GST_PAD_PROBE_REMOVE;
      case GST_PAD_PROBE_PASS:
        return GST_PAD_PROBE_PASS;
      default:
        PyErr_Clear();
        return GST_PAD_PROBE_OK;
    }
  }

  void report(nb::python_error& error) const {
    if (!on_error_.is_none()) {
      try {
        on_error_(error.value());
        return;
      } catch (nb::python_error& second) {
        second.restore();
        PyErr_WriteUnraisable(on_error_.ptr());
      }
    }
    error.restore();
    PyErr_WriteUnraisable(function_.ptr());
  }

  nb::object function_;
  nb::object on_error_;
};

GstPadProbeReturn on_buffer(GstPad*, GstPadProbeInfo* info, gpointer callback) {
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(GST_PAD_PROBE_INFO_BUFFER(info));
  if (!batch) return GST_PAD_PROBE_OK;
  pin_thread_state();
  return static_cast<Callback*>(callback)->call(batch);
}

unsigned long add_probe(PadArgument pad, nb::callable callback, nb::object on_error) {
  auto owned = std::make_unique<Callback>(std::move(callback), std::move(on_error));
  const nb::gil_scoped_release released;
  return gst_pad_add_probe(pad.pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, owned.release(),
                           [](gpointer data) { delete static_cast<Callback*>(data); });
}

void remove_probe(PadArgument pad, unsigned long id) {
  const nb::gil_scoped_release released;
  gst_pad_remove_probe(pad.pad, id);
}

}  // namespace

void bind_probe(nb::module_& module) {
  module.def("_add_probe", &add_probe, nb::arg("pad"), nb::arg("callback"),
             nb::arg("on_error").none(),
             nb::sig("def _add_probe(pad: int | gi.repository.Gst.Pad, "
                     "callback: collections.abc.Callable[[NvDsBatchMeta], object], "
                     "on_error: collections.abc.Callable[[BaseException], object] | None) -> int"));
  module.def("_remove_probe", &remove_probe, nb::arg("pad"), nb::arg("id"));
}

}  // namespace pyds::py
