#include "bind.h"
#include "meta_view.h"

namespace pyds::py {

GList* MetaView::head() const {
  if (owner_.is_stale()) throw_stale(nb::type<MetaView>());
  return *head_;
}

size_t MetaView::size() const { return g_list_length(head()); }

bool MetaView::contains(const Handle& meta) const {
  if (!meta.is_element() || meta.is_stale()) return false;
  for (GList* node = head(); node; node = node->next)
    if (node->data == meta.pointer()) return true;
  return false;
}

MetaIterator::MetaIterator(const MetaView& view) : wrap_(view.wrap()) {
  if (GList* head = view.head()) {
    following_ = handle_of(head);
    owner_ = following_.element()->owner;
  }
}

Handle MetaIterator::handle_of(GList* node) {
  return node ? Handle(node->data, meta::element_of(node->data)) : Handle();
}

bool MetaIterator::is_listed(const Handle& handle) const {
  return handle.element() && !handle.is_stale() && handle.element()->owner == owner_;
}

nb::object MetaIterator::next() {
  if (is_listed(current_)) following_ = handle_of(current_.element()->node.next);
  if (!following_.element()) {
    // Not thrown: with Debian's GStreamer a C++ exception costs as much as reading 100 objects.
    PyErr_SetNone(PyExc_StopIteration);
    return {};
  }
  if (!is_listed(following_))
    throw StaleMeta(
        "the list changed while it was iterated: both the current element and the one after it "
        "were removed. Remove only the current one, or iterate over list(...)");
  current_ = following_;
  following_ = handle_of(current_.element()->node.next);
  return wrap_(current_.pointer());
}

void bind_meta_views(nb::module_& module) {
  nb::class_<MetaIterator>(module, "MetaIterator", nb::pooled(16))
      .def(
          "__iter__", [](nb::object self) { return self; },
          nb::sig("def __iter__(self) -> MetaIterator"))
      .def("__next__", &MetaIterator::next, nb::sig("def __next__(self) -> typing.Any"));
  nb::class_<MetaView>(module, "MetaView", "A metadata list as a collection.", nb::pooled(16))
      .def("__len__", &MetaView::size)
      .def("__contains__", &MetaView::contains, nb::arg("meta"))
      .def("__iter__", [](const MetaView& self) { return MetaIterator(self); });
}

}  // namespace pyds::py
