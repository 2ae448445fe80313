#include "wire.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cstring>

#include "channel.h"
#include "error.h"

namespace cuframes {
namespace {

cuframes_status status_of_parsing(const void* data, size_t size) {
  try {
    wire::parse<wire::Hello>(data, size);
  } catch (const Error& error) {
    return error.status();
  }
  return CUFRAMES_OK;
}

TEST(Wire, AHelloSurvivesTheRoundTrip) {
  wire::Hello hello = wire::make<wire::Hello>();
  hello.max_leases = 3;
  std::memcpy(hello.name, "detector", 8);
  const wire::Hello again = wire::parse<wire::Hello>(&hello, sizeof hello);
  EXPECT_EQ(again.max_leases, 3u);
  EXPECT_STREQ(again.name, "detector");
}

TEST(Wire, AnUnterminatedNameIsCut) {
  wire::Hello hello = wire::make<wire::Hello>();
  std::memset(hello.name, 'x', sizeof hello.name);
  EXPECT_EQ(std::strlen(wire::parse<wire::Hello>(&hello, sizeof hello).name), 15u);
}

TEST(Wire, AnotherMajorVersionIsAVersionError) {
  wire::Hello hello = wire::make<wire::Hello>();
  hello.header.abi_major = CUFRAMES_ABI_MAJOR + 1;
  EXPECT_EQ(status_of_parsing(&hello, sizeof hello), CUFRAMES_E_VERSION);
  hello.header.abi_major = CUFRAMES_ABI_MAJOR;
  hello.header.pointer_bits = 32;
  EXPECT_EQ(status_of_parsing(&hello, sizeof hello), CUFRAMES_E_VERSION);
}

TEST(Wire, NonsenseIsRefused) {
  wire::Hello hello = wire::make<wire::Hello>();
  EXPECT_EQ(status_of_parsing(&hello, 3), CUFRAMES_E_SHM);
  EXPECT_EQ(status_of_parsing(&hello, sizeof hello - 4), CUFRAMES_E_SHM);
  hello.header.type = 77;
  EXPECT_EQ(status_of_parsing(&hello, sizeof hello), CUFRAMES_E_SHM);
  hello.header = {};
  EXPECT_EQ(status_of_parsing(&hello, sizeof hello), CUFRAMES_E_SHM);
  const wire::Bye bye = wire::make<wire::Bye>();
  EXPECT_EQ(status_of_parsing(&bye, sizeof bye), CUFRAMES_E_SHM);
}

struct SocketPair {
  SocketPair() {
    int fds[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
    a = GuardedFd(fds[0]);
    b = GuardedFd(fds[1]);
  }
  GuardedFd a, b;
};

TEST(Channel, DescriptorsArriveWithTheirMessage) {
  SocketPair pair;
  ASSERT_TRUE(send_message(pair.a.get(), wire::make<wire::Bye>(), {0, 1}));
  const Received received = receive_message(pair.b.get());
  EXPECT_EQ(received.kind, Received::Kind::kMessage);
  EXPECT_EQ(received.fds.size(), 2u);
}

TEST(Channel, AMessageThatIsTooLongIsRefusedAndItsDescriptorsAreClosed) {
  SocketPair pair;
  const char big[1024] = {};
  ASSERT_TRUE(send_bytes(pair.a.get(), big, sizeof big, {0}));
  EXPECT_THROW(receive_message(pair.b.get()), Error);
}

TEST(Channel, AFullQueueDoesNotBlockTheSender) {
  SocketPair pair;
  int sent = 0;
  while (send_bytes(pair.a.get(), &wire::kDoorbell, 1)) ASSERT_LT(++sent, 1'000'000);
  EXPECT_GT(sent, 0);
}

TEST(Channel, AClosedPeerIsAHangup) {
  SocketPair pair;
  pair.a.reset();
  EXPECT_EQ(receive_message(pair.b.get()).kind, Received::Kind::kHangup);
  EXPECT_FALSE(send_bytes(pair.b.get(), &wire::kProgress, 1));
}

}  // namespace
}  // namespace cuframes
