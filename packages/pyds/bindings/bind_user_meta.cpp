// Types and callbacks of user metadata.
#include "bind.h"
#include "user_callbacks.h"

namespace pyds::py {

void bind_user_meta(nb::module_& module) {
  nb::borrow<nb::class_<Ref<NvDsUserMeta>, Handle>>(nb::type<Ref<NvDsUserMeta>>())
      .def_prop_rw(
          "user_data", &user_data, &set_user_data,
          nb::for_getter(nb::sig("def user_data(self, /) -> typing.Any")),
          nb::for_setter(nb::arg("value").none()),
          nb::for_setter(nb::sig("def user_data(self, value: object, /) -> None")),
          "Any Python object, in place of user_meta_data. Deep copies of the meta refer to "
          "the same object; it is let go with the last of them. None if there is none.");

  module.def(
      "nvds_get_user_meta_type",
      [](const char* descriptor) { return int{nvds_get_user_meta_type(descriptor)}; },
      nb::arg("meta_descriptor"),
      "The number of a user meta type named like \"ORG.COMPONENT.TYPE\", for NvDsMetaType().");

  constexpr char kCopyDoc[] =
      "Sets what makes the payload of a deep copy: func(capsule of the NvDsUserMeta, None) returns "
      "it, or None to leave the meta out of the copy. Each meta has its own function.";
  constexpr char kReleaseDoc[] =
      "Sets what is called once before the meta returns to its pool: func(capsule of the "
      "NvDsUserMeta, None). Each meta has its own function.";
  constexpr char kNothingDoc[] =
      "Does nothing; kept for old code. Set the function of each meta instead.";
  const auto signature = [](const char* name, const char* first) {
    const std::string text = std::string("def ") + name + "(" + first +
                             "func: collections.abc.Callable[[typing_extensions.CapsuleType, "
                             "None], object]) -> None";
    return nb::sig(g_intern_string(text.c_str()));
  };
  for (const char* name : {"set_user_copyfunc", "user_copyfunc"})
    module.def(name, &set_copy_function, nb::arg("meta"), nb::arg("func"), kCopyDoc,
               signature(name, "meta: NvDsUserMeta, "));
  for (const char* name : {"set_user_releasefunc", "user_releasefunc"})
    module.def(name, &set_release_function, nb::arg("meta"), nb::arg("func"), kReleaseDoc,
               signature(name, "meta: NvDsUserMeta, "));
  for (const char* name : {"register_user_copyfunc", "register_user_releasefunc"})
    module.def(
        name, [](nb::callable) {}, nb::arg("func"), kNothingDoc, signature(name, ""));
  module.def("unset_callback_funcs", &unset_functions,
             "Copy and release functions set so far are not called any more.");
}

}  // namespace pyds::py
