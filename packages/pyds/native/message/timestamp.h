// Times in messages.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pyds::message {

// Writes "YYYY-MM-DDTHH:MM:SS.mmmZ" (UTC) of a time since 1970 in microseconds, terminated and cut
// to `size` bytes.
void write_rfc3339(int64_t time_us, char* text, size_t size);

}  // namespace pyds::message
