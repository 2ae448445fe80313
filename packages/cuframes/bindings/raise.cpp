#include "raise.h"

namespace {

const char* class_of(int status) {
  switch (status) {
    case CUFRAMES_E_PUBLISHER_GONE:
      return "CuframesPublisherGone";
    case CUFRAMES_E_TIMEOUT:
      return "CuframesFrameTimeout";
    case CUFRAMES_E_DEVICE_LOST:
      return "CuframesDeviceLost";
    case CUFRAMES_E_SHM:
      return "CuframesShmError";
    case CUFRAMES_E_VERSION:
      return "CuframesVersionError";
    case CUFRAMES_E_PERMISSION:
      return "CuframesPermissionError";
    case CUFRAMES_E_CAPACITY:
      return "CuframesCapacityError";
    case CUFRAMES_E_FORMAT:
      return "CuframesFormatError";
    case CUFRAMES_E_LEASE_LOST:
      return "CuframesLeaseLost";
    case CUFRAMES_E_CLOSED:
      return "CuframesClosed";
    default:
      return "CuframesError";
  }
}

}  // namespace

void raise_last_error() {
  const cuframes_error error = *cuframes_last_error();
  if (error.status == CUFRAMES_E_INVALID) throw nb::value_error(error.message);
  const nb::object type = nb::module_::import_("cuframes._errors").attr(class_of(error.status));
  nb::object exception = type(
      error.message, nb::arg("key") = nb::str(error.key), nb::arg("generation") = error.generation,
      nb::arg("errno") = error.sys_errno, nb::arg("cuda_code") = error.cuda_code);
  PyErr_SetObject(type.ptr(), exception.ptr());
  throw nb::python_error();
}

void raise_closed(const std::string& what) {
  const nb::object type = nb::module_::import_("cuframes._errors").attr("CuframesClosed");
  PyErr_SetString(type.ptr(), what.c_str());
  throw nb::python_error();
}
