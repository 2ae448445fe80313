// Memory that Python handles by its address.
#pragma once

#include <cstdint>

namespace pyds::py {

using Address = uintptr_t;

// True if a buffer was allocated by alloc_buffer(), strdup() or memdup() and not freed yet: it is
// the caller's to g_free() from now on.
bool take_buffer(void* buffer);
// The memory at an address, nullptr for 0. Raises ValueError, naming `function`, if there is none.
void* readable(Address address, const char* function);

}  // namespace pyds::py
