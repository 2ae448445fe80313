#include "ref.h"

#include <nanobind/stl/string.h>

#include "meta/batch_memory.h"

namespace pyds::py {
namespace {

// Capsules to whole elements carry the generation in their context: no allocation.
void release_element_capsule(PyObject* capsule) {
  meta::element_of(PyCapsule_GetPointer(capsule, nullptr))->memory->remove_handle();
}

// All other capsules carry the handle they were made from.
void release_handle_capsule(PyObject* capsule) {
  delete static_cast<Handle*>(PyCapsule_GetContext(capsule));
}

Handle handle_from_capsule(PyObject* capsule) {
  void* pointer = PyCapsule_GetPointer(capsule, PyCapsule_GetName(capsule));
  if (!pointer) nb::raise_python_error();
  const PyCapsule_Destructor destructor = PyCapsule_GetDestructor(capsule);
  if (destructor == release_element_capsule)
    return Handle(pointer, meta::element_of(pointer),
                  reinterpret_cast<uintptr_t>(PyCapsule_GetContext(capsule)));
  if (destructor == release_handle_capsule)
    return *static_cast<Handle*>(PyCapsule_GetContext(capsule));
  return Handle(pointer, nullptr);
}

const char* type_name(NvDsMetaType type) {
  switch (type) {
    case NVDS_BATCH_META:
      return "NvDsBatchMeta";
    case NVDS_FRAME_META:
      return "NvDsFrameMeta";
    case NVDS_OBJ_META:
      return "NvDsObjectMeta";
    case NVDS_DISPLAY_META:
      return "NvDsDisplayMeta";
    case NVDS_CLASSIFIER_META:
      return "NvDsClassifierMeta";
    case NVDS_LABEL_INFO_META:
      return "NvDsLabelInfo";
    case NVDS_USER_META:
      return "NvDsUserMeta";
    default:
      return "metadata";
  }
}

std::string name_of(nb::handle type) { return nb::cast<std::string>(type.attr("__name__")); }

}  // namespace

void throw_stale(nb::handle type) {
  throw StaleMeta(name_of(type) +
                  ": this metadata is gone: it was removed, or its buffer left the probe. Copy the "
                  "values you need while the buffer is in the probe.");
}

void throw_wrong_cast(NvDsMetaType actual, nb::handle type) {
  std::string message = name_of(type) + ".cast: this is a " + type_name(actual) + "; use " +
                        type_name(actual) + ".cast";
  if (actual == NVDS_USER_META) message += ", or cast its user_meta_data";
  throw nb::type_error(message.c_str());
}

std::optional<nb::capsule> make_capsule(const Handle& handle) {
  if (!handle.pointer()) return std::nullopt;
  PyObject* capsule;
  if (handle.is_element()) {
    capsule = PyCapsule_New(handle.pointer(), nullptr, release_element_capsule);
    if (!capsule) nb::raise_python_error();
    PyCapsule_SetContext(capsule, reinterpret_cast<void*>(uintptr_t{handle.generation()}));
    handle.element()->memory->add_handle();
  } else if (handle.element()) {
    auto context = std::make_unique<Handle>(handle);
    capsule = PyCapsule_New(handle.pointer(), nullptr, release_handle_capsule);
    if (!capsule) nb::raise_python_error();
    PyCapsule_SetContext(capsule, context.release());
  } else {
    capsule = PyCapsule_New(handle.pointer(), nullptr, nullptr);
    if (!capsule) nb::raise_python_error();
  }
  return nb::steal<nb::capsule>(capsule);
}

Handle handle_from(nb::handle value, const char* what, bool accept_int) {
  Handle handle;
  const Handle* bound = nullptr;
  if (PyCapsule_CheckExact(value.ptr())) {
    handle = handle_from_capsule(value.ptr());
  } else if (value.is_none()) {
    return handle;
  } else if (nb::try_cast(value, bound)) {
    handle = *bound;
  } else if (accept_int && PyLong_Check(value.ptr())) {
    void* address = PyLong_AsVoidPtr(value.ptr());
    if (PyErr_Occurred()) nb::raise_python_error();
    return Handle(address, address ? meta::find_element(address) : nullptr);
  } else {
    throw nb::type_error((std::string(what) + ": expected a capsule, None" +
                          (accept_int ? ", an address" : "") + " or an object of pyds, not " +
                          nb::inst_name(value).c_str())
                             .c_str());
  }
  if (handle.is_stale())
    throw_stale(PyCapsule_CheckExact(value.ptr()) ? nb::type<Handle>() : value.type());
  return handle;
}

NvDsMetaType meta_type_of(const Handle& handle) {
  const meta::Element* element = handle.element();
  if (element->pool) return element->pool->meta_type;
  return dynamic_cast<meta::BatchMemory*>(element->memory) ? NVDS_BATCH_META : NVDS_INVALID_META;
}

}  // namespace pyds::py
