#include "user_callbacks.h"

#include <atomic>

#include "python_call.h"

namespace pyds::py {
namespace {

std::atomic<unsigned> current_epoch{0};

// A Python function of one user meta, until unset_functions() is called.
struct Function {
  nb::object callable;
  unsigned epoch = 0;

  bool is_set() const { return callable.is_valid() && epoch == current_epoch; }
  // The result, or an invalid object after an exception, which is reported.
  nb::object call(NvDsUserMeta* user_meta) const {
    try {
      return callable(make_capsule(Handle(user_meta, meta::element_of(user_meta))), nb::none());
    } catch (nb::python_error& error) {
      error.restore();
      PyErr_WriteUnraisable(callable.ptr());
      return {};
    }
  }
};

gpointer copy_by_python(gpointer data, gpointer);
gpointer copy_python_data(gpointer data, gpointer);
void release_by_python(gpointer data, gpointer);

class PythonAttachment final : public meta::Attachment {
 public:
  ~PythonAttachment() override {
    const PythonCall python;
    if (python) {
      drop_all();
      return;
    }
    for (nb::object* object : {&copy.callable, &release.callable, &payload, &context, &data})
      object->release();  // the interpreter is gone and took the object with it
  }

  // The attachment of an element, made if there is none.
  static PythonAttachment& of(meta::Element* element) {
    if (!element->attachment) element->attachment = std::make_unique<PythonAttachment>();
    return static_cast<PythonAttachment&>(*element->attachment);
  }

  std::unique_ptr<meta::Attachment> for_copy() override {
    const PythonCall python;
    auto other = std::make_unique<PythonAttachment>();
    if (python) other->context = context;
    return other;
  }

  bool copy_user_meta(NvDsUserMeta* from, NvDsUserMeta* to) override {
    const PythonCall python;
    if (!python) return false;
    if (from->base_meta.copy_func == copy_python_data) {
      PythonAttachment& other = of(meta::element_of(to));
      other.data = data;
      to->user_meta_data = data.ptr();
      return true;
    }
    if (from->base_meta.copy_func != copy_by_python) {
      to->user_meta_data = from->base_meta.copy_func(from, nullptr);
    } else if (!copy.is_set() || !take_result(copy.call(from), to)) {
      return false;
    }
    PythonAttachment& other = of(meta::element_of(to));
    other.copy = copy;
    other.release = release;
    return to->user_meta_data != nullptr;
  }

  Function copy;
  Function release;
  nb::object payload;  // what user_meta_data points to
  nb::object context;  // what uContext points to
  nb::object data;     // user_data

 private:
  void drop_all() {
    copy.callable.reset();
    release.callable.reset();
    payload.reset();
    context.reset();
    data.reset();
  }

  static bool take_result(nb::object result, NvDsUserMeta* to) {
    if (!result.is_valid()) return false;
    try {
      to->user_meta_data = handle_from(result, "result of the copy function", true).pointer();
      of(meta::element_of(to)).payload = result;
    } catch (const std::exception& error) {
      PyErr_SetString(PyExc_TypeError, error.what());
      PyErr_WriteUnraisable(result.ptr());
      return false;
    }
    return true;
  }
};

PythonAttachment& attachment_of(const Handle& handle, const char* what) {
  if (!handle.element())
    throw nb::value_error((std::string(what) + ": not metadata of a batch").c_str());
  return PythonAttachment::of(handle.element());
}

// For C code that calls copy_func itself; deep copies go through the attachment, which also keeps
// alive what the function returned.
gpointer copy_by_python(gpointer data, gpointer) {
  auto* user_meta = static_cast<NvDsUserMeta*>(data);
  const PythonCall python;
  const auto* attachment =
      static_cast<PythonAttachment*>(meta::element_of(user_meta)->attachment.get());
  if (!python || !attachment || !attachment->copy.is_set()) return nullptr;
  nb::object result = attachment->copy.call(user_meta);
  if (!result.is_valid()) return nullptr;
  try {
    void* pointer = handle_from(result, "result of the copy function", true).pointer();
    result.release();  // nobody else keeps it
    return pointer;
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_TypeError, error.what());
    PyErr_WriteUnraisable(attachment->copy.callable.ptr());
    return nullptr;
  }
}

// For C code that calls copy_func itself and could not keep the object alive.
gpointer copy_python_data(gpointer, gpointer) { return nullptr; }

void release_by_python(gpointer data, gpointer) {
  auto* user_meta = static_cast<NvDsUserMeta*>(data);
  const PythonCall python;
  const auto* attachment =
      static_cast<PythonAttachment*>(meta::element_of(user_meta)->attachment.get());
  if (python && attachment && attachment->release.is_set()) attachment->release.call(user_meta);
}

// Copies a shared struct, as its native copy function would.
nb::object clone_shared_struct(nb::handle capsule, nb::handle) {
  const Ref<NvDsUserMeta> user_meta(handle_from(capsule, "copy", false));
  message::AnyShared* shared = message::find(user_meta->user_meta_data);
  if (!shared) return nb::none();
  message::AnyShared* clone = shared->clone();
  const Handle handle(clone->value(), clone->element());
  clone->unref();
  return nb::cast(make_capsule(handle));
}

void drop_user_data(const Ref<NvDsUserMeta>& user_meta) {
  if (user_meta->base_meta.copy_func != copy_python_data) return;
  user_meta->base_meta.copy_func = nullptr;
  PythonAttachment::of(user_meta.element()).data.reset();
}

// A payload managed by native functions becomes Python's, because one of them is to be replaced.
void hand_over_shared_struct(NvDsUserMeta* meta, PythonAttachment& attachment) {
  message::AnyShared* shared = message::given_to(meta);
  if (!shared) return;
  attachment.payload = nb::cast(make_capsule(Handle(shared->value(), shared->element())));
  attachment.copy = {nb::cpp_function(&clone_shared_struct, nb::arg(), nb::arg().none()),
                     current_epoch};
  void* const payload = meta->user_meta_data;
  message::take_from(meta);
  meta->user_meta_data = payload;
  meta->base_meta.copy_func = copy_by_python;
}

}  // namespace

void point_to(void*& field, void* target, const Ref<NvDsUserMeta>& user_meta) {
  NvDsUserMeta* meta = user_meta.get();
  if (field == target) return;
  message::take_from(meta);
  drop_user_data(user_meta);
  field = target;
  message::AnyShared* shared = message::find(target);
  const bool is_managed = meta->base_meta.copy_func || meta->base_meta.release_func;
  if (shared && !is_managed && user_meta.is_element() && user_meta.element()->pool)
    message::give_to(meta, shared);
}

void point_to(void*& field, void* target, const Ref<NvDsEventMsgMeta>& event) {
  field = target;
  message::AnyShared* owner = message::find(event.get());
  if (owner && owner->value() != target) owner->hold(message::find(target));
}

void keep_alive(const Handle& owner, PointerSlot slot, nb::handle value) {
  if (!owner.element() || (value.is_none() && !owner.element()->attachment)) return;
  PythonAttachment& attachment = PythonAttachment::of(owner.element());
  (slot == PointerSlot::kPayload ? attachment.payload : attachment.context) =
      value.is_none() ? nb::object() : nb::borrow(value);
}

std::optional<nb::capsule> read_pointer(const Handle& owner, PointerSlot slot, void* pointer) {
  if (owner.element() && owner.element()->attachment) {
    const PythonAttachment& attachment = PythonAttachment::of(owner.element());
    const nb::object& kept =
        slot == PointerSlot::kPayload ? attachment.payload : attachment.context;
    // C code may have pointed the field to something else meanwhile.
    if (kept.is_valid() && handle_from(kept, "payload", true).pointer() == pointer) {
      if (PyCapsule_CheckExact(kept.ptr())) return nb::borrow<nb::capsule>(kept);
      return make_capsule(handle_from(kept, "payload", true));
    }
  }
  return make_capsule(Handle(pointer, owner.element(), owner.generation()));
}

void set_copy_function(const Ref<NvDsUserMeta>& user_meta, nb::callable function) {
  NvDsUserMeta* meta = user_meta.get();
  PythonAttachment& attachment = attachment_of(user_meta, "set_user_copyfunc");
  hand_over_shared_struct(meta, attachment);
  attachment.copy = {function, current_epoch};
  meta->base_meta.copy_func = copy_by_python;
}

void set_release_function(const Ref<NvDsUserMeta>& user_meta, nb::callable function) {
  NvDsUserMeta* meta = user_meta.get();
  PythonAttachment& attachment = attachment_of(user_meta, "set_user_releasefunc");
  hand_over_shared_struct(meta, attachment);
  attachment.release = {function, current_epoch};
  meta->base_meta.release_func = release_by_python;
}

nb::object user_data(const Ref<NvDsUserMeta>& user_meta) {
  if (user_meta->base_meta.copy_func == copy_python_data)
    return PythonAttachment::of(user_meta.element()).data;
  return nb::none();
}

void set_user_data(const Ref<NvDsUserMeta>& user_meta, nb::object value) {
  NvDsUserMeta* meta = user_meta.get();
  PythonAttachment& attachment = attachment_of(user_meta, "NvDsUserMeta.user_data");
  if (meta->base_meta.release_func && !message::given_to(meta))
    throw nb::value_error(
        "NvDsUserMeta.user_data: this user meta has a payload and functions of its own; acquire "
        "another one from the pool");
  point_to(meta->user_meta_data, nullptr, user_meta);
  if (value.is_none()) return;
  meta->user_meta_data = value.ptr();
  meta->base_meta.copy_func = copy_python_data;
  attachment.payload.reset();
  attachment.data = std::move(value);
}

void unset_functions() { ++current_epoch; }

}  // namespace pyds::py
