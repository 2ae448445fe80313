// `for frame in batch_meta.frames`: metadata lists as Python collections.
#pragma once

#include <nanobind/stl/string.h>

#include <string>

#include "fields.h"

namespace pyds::py {

// A live view of a list; it has no elements of its own.
class MetaView {
 public:
  using Wrap = nb::object (*)(void* meta);

  MetaView(Handle owner, GList** head, Wrap wrap)
      : owner_(std::move(owner)), head_(head), wrap_(wrap) {}

  size_t size() const;
  bool contains(const Handle& meta) const;
  GList* head() const;
  Wrap wrap() const { return wrap_; }

 private:
  Handle owner_;
  GList** head_;
  Wrap wrap_;
};

// Walks a list that may change on the way: the current element may be removed, others added.
class MetaIterator {
 public:
  explicit MetaIterator(const MetaView& view);
  // An invalid object, with StopIteration set, at the end.
  nb::object next();

 private:
  static Handle handle_of(GList* node);
  bool is_listed(const Handle& handle) const;

  Handle current_;
  void* owner_ = nullptr;  // of the list
  Handle following_;       // what came after `current_` when it was handed out
  MetaView::Wrap wrap_;
};

template <typename Item, typename T>
void view(Binding<T>& binding, const char* name, GList* T::*member) {
  const std::string item = nb::cast<std::string>(nb::type<Ref<Item>>().attr("__name__"));
  const std::string signature =
      std::string("def ") + name + "(self, /) -> collections.abc.Collection[" + item + "]";
  const std::string documentation =
      "The " + item + " in the list, live. The current one may be removed while iterating.";
  binding.python().def_prop_ro(
      name,
      [member](const Ref<T>& self) {
        return MetaView(self, &(self.get()->*member), [](void* meta) {
          return nb::cast(Ref<Item>(meta, meta::element_of(meta)));
        });
      },
      nb::for_getter(nb::sig(g_intern_string(signature.c_str()))),
      g_intern_string(documentation.c_str()));
}

}  // namespace pyds::py
