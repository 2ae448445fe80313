#include "message/timestamp.h"

#include <cstdio>
#include <ctime>

namespace pyds::message {

void write_rfc3339(int64_t time_us, char* text, size_t size) {
  constexpr int64_t kMicro = 1000000;
  const auto seconds = static_cast<time_t>(time_us / kMicro);
  std::tm utc;
  gmtime_r(&seconds, &utc);
  char date[32];
  std::strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text, size, "%s.%03dZ", date, static_cast<int>(time_us % kMicro / 1000));
}

}  // namespace pyds::message
