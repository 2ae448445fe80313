// GList: the nodes of metadata lists.
#include "bind.h"
#include "fields.h"

namespace pyds::py {
namespace {

using Node = Ref<GList>;

// A node of a metadata list is part of an element; each node leads to another element. A node of
// any other list belongs to whatever the list was read from.
bool is_inside_an_element(const Node& node) {
  const meta::Element* element = node.element();
  return element && (node.pointer() == &element->node || node.pointer() == &element->pool_node);
}

std::optional<Node> neighbour(const Node& node, GList* GList::*direction) {
  GList* other = node.get()->*direction;
  if (!other) return std::nullopt;
  if (is_inside_an_element(node)) return Node(other, meta::element_of(other->data));
  return node.part(other);
}

}  // namespace

void bind_glist(nb::module_& module) {
  nb::class_<Node, Handle>(module, "GList",
                           "A node of a list. Truthy; None stands for the end of the list.",
                           nb::pooled(256))
      .def("__init__", [](Node* self) { new (self) Node(Owned<GList>::make()); })
      .def_prop_ro(
          "data", [](const Node& self) { return make_capsule(self.part(self.get()->data)); },
          "What the node holds, to be given to the `cast` of its class.")
      .def_prop_ro("next", [](const Node& self) { return neighbour(self, &GList::next); })
      .def_prop_ro("prev", [](const Node& self) { return neighbour(self, &GList::prev); });
}

}  // namespace pyds::py
