// Python functions and objects that belong to one user meta (or other metadata element).
#pragma once

#include "fields.h"

namespace pyds::py {

// `function(capsule of the NvDsUserMeta, None)` returns the payload of a copy: a capsule, a bound
// object or an address; None leaves the meta out of the copy.
void set_copy_function(const Ref<NvDsUserMeta>& user_meta, nb::callable function);
// `function(capsule of the NvDsUserMeta, None)` is called once, before the meta goes to its pool.
void set_release_function(const Ref<NvDsUserMeta>& user_meta, nb::callable function);
// A Python object as the payload: copied, by reference, with the meta and let go with it.
nb::object user_data(const Ref<NvDsUserMeta>& user_meta);
void set_user_data(const Ref<NvDsUserMeta>& user_meta, nb::object value);
// Functions set so far are not called any more.
void unset_functions();

}  // namespace pyds::py
