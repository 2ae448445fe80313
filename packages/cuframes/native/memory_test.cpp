#include "memory.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "error.h"

namespace cuframes {
namespace {

TEST(Memory, AReaderCannotWriteToSealedMemoryInAnyWay) {
  const GuardedFd fd = create_memfd("test", 8192);
  const Mapping owner(fd.get(), 8192, Mapping::Access::kReadWrite);
  seal_memfd(fd.get(), Seal::kOwnerWrites);
  owner.data()[0] = std::byte{7};  // the mapping that was there may go on

  EXPECT_THROW(Mapping(fd.get(), 8192, Mapping::Access::kReadWrite), Error);
  EXPECT_EQ(pwrite(fd.get(), "x", 1, 0), -1);
  EXPECT_EQ(ftruncate(fd.get(), 0), -1);
  const std::string again = "/proc/self/fd/" + std::to_string(fd.get());
  const GuardedFd reopened(open(again.c_str(), O_RDWR | O_CLOEXEC));
  if (reopened) {
    EXPECT_EQ(mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, reopened.get(), 0),
              MAP_FAILED);
  }
  const Mapping reader(fd.get(), 8192, Mapping::Access::kReadOnly);
  EXPECT_EQ(reader.data()[0], std::byte{7});
  EXPECT_NE(mprotect(reader.data(), 8192, PROT_READ | PROT_WRITE), 0);
}

TEST(Memory, ADescriptorThatCouldShrinkIsNotMapped) {
  const GuardedFd fd = create_memfd("test", 8192);
  EXPECT_THROW(check_received_memfd(fd.get(), 8192, "test"), Error);
  seal_memfd(fd.get(), Seal::kSizeOnly);
  EXPECT_NO_THROW(check_received_memfd(fd.get(), 8192, "test"));
  EXPECT_THROW(check_received_memfd(fd.get(), 8193, "test"), Error);
}

TEST(ForkGuard, AChildClosesGuardedDescriptorsAndKnowsThatItIsOne) {
  const GuardedFd fd = create_memfd("test", 4096);
  const uint64_t here = fork_epoch();
  const pid_t child = fork();
  if (child == 0) {
    const bool closed = fcntl(fd.get(), F_GETFD) == -1;
    _exit(closed && fork_epoch() != here ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(fork_epoch(), here);
  EXPECT_NE(fcntl(fd.get(), F_GETFD), -1);
}

}  // namespace
}  // namespace cuframes
