#include "message/timestamp.h"

#include <gtest/gtest.h>

namespace pyds::message {
namespace {

TEST(Timestamp, IsUtcWithMilliseconds) {
  char text[33];
  write_rfc3339(1700000000123456, text, sizeof(text));
  EXPECT_STREQ(text, "2023-11-14T22:13:20.123Z");
}

TEST(Timestamp, IsCutToTheBuffer) {
  char text[5] = "....";
  write_rfc3339(0, text, sizeof(text));
  EXPECT_STREQ(text, "1970");
}

}  // namespace
}  // namespace pyds::message
