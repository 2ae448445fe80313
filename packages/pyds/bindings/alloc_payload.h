// alloc_nvds_event_msg_meta() and its like: payloads with native copy and release functions.
#pragma once

#include "fields.h"

namespace pyds::py {

template <typename T>
void def_alloc_payload(nb::module_& module, const char* name, const char* argument) {
  module.def(
      name,
      [](std::optional<Ref<NvDsUserMeta>> user_meta) {
        Ref<T> made = make_struct<T>();
        if (user_meta && user_meta->is_element() && user_meta->element()->pool)
          message::give_to(user_meta->get(), message::find(made.get()));
        return made;
      },
      nb::arg(argument).none() = nb::none(),
      "A zeroed struct. Given a user meta, it is made its payload, to be copied and released with "
      "it; so it is when it is assigned to `user_meta_data` later.");
}

}  // namespace pyds::py
