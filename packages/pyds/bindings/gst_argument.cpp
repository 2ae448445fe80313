#include "gst_argument.h"

#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <string>

namespace pyds::py {
namespace {

// The address an int names, or a PyGObject wrapper wraps (its hash, by definition of PyGObject).
void* address_of(nb::handle object, const char* expected) {
  Py_ssize_t number;
  if (PyLong_Check(object.ptr())) {
    number = static_cast<Py_ssize_t>(PyLong_AsSize_t(object.ptr()));
    PyErr_Clear();  // what does not fit is -1, which is no address
  } else if (nb::hasattr(object, "__gtype__")) {
    number = PyObject_Hash(object.ptr());
    if (PyErr_Occurred()) nb::raise_python_error();
  } else {
    throw nb::type_error((std::string("expected ") + expected + " or its hash(), not " +
                          nb::inst_name(object).c_str())
                             .c_str());
  }
  return reinterpret_cast<void*>(number);
}

[[noreturn]] void throw_not_a(const char* expected, nb::handle object) {
  throw nb::value_error((std::string(nb::repr(object).c_str()) + " is not " + expected +
                         "; pass the object itself or hash(object)")
                            .c_str());
}

void* instance_from(nb::handle object, GType type, const char* expected) {
  void* address = address_of(object, expected);
  if (reinterpret_cast<uintptr_t>(address) % alignof(GTypeInstance) != 0 || !is_readable(address) ||
      !is_readable(static_cast<GTypeInstance*>(address)->g_class) ||
      !g_type_check_instance_is_a(static_cast<GTypeInstance*>(address), type))
    throw_not_a(expected, object);
  return address;
}

}  // namespace

bool is_readable(const void* address) {
  // The kernel reads the new signal mask before it refuses the invalid first argument: EFAULT says
  // that it could not. Nothing is changed.
  if (reinterpret_cast<uintptr_t>(address) % alignof(void*) != 0)
    address = reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(address) &
                                            ~uintptr_t{alignof(void*) - 1});
  if (!address) return false;
  constexpr int kNoSuchAction = ~0;
  constexpr size_t kKernelMaskSize = 8;
  const int saved = errno;
  syscall(SYS_rt_sigprocmask, kNoSuchAction, address, nullptr, kKernelMaskSize);
  const bool readable = errno != EFAULT;
  errno = saved;
  return readable;
}

GstBuffer* buffer_from(nb::handle object) {
  void* address = address_of(object, "a Gst.Buffer");
  // GstMiniObject: the GType first, then the reference count.
  if (reinterpret_cast<uintptr_t>(address) % alignof(GstBuffer) != 0 || !is_readable(address) ||
      GST_MINI_OBJECT_TYPE(address) != GST_TYPE_BUFFER ||
      GST_MINI_OBJECT_REFCOUNT_VALUE(address) <= 0)
    throw_not_a("a Gst.Buffer", object);
  return static_cast<GstBuffer*>(address);
}

GstPad* pad_from(nb::handle object) {
  return static_cast<GstPad*>(instance_from(object, GST_TYPE_PAD, "a Gst.Pad"));
}

GstElement* element_from(nb::handle object) {
  return static_cast<GstElement*>(instance_from(object, GST_TYPE_ELEMENT, "a Gst.Element"));
}

}  // namespace pyds::py
