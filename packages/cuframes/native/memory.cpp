#include "memory.h"

#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "error.h"

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

namespace cuframes {

Mapping::Mapping(int fd, size_t bytes, Access access, bool populate) : size_(bytes) {
  const int protection = access == Access::kReadOnly ? PROT_READ : PROT_READ | PROT_WRITE;
  const int flags = MAP_SHARED | (populate ? MAP_POPULATE : 0);
  void* address = mmap(nullptr, bytes, protection, flags, fd, 0);
  if (address == MAP_FAILED) throw system_error("mmap of " + std::to_string(bytes) + " bytes");
  data_ = static_cast<std::byte*>(address);
}

Mapping::~Mapping() {
  if (data_ != nullptr) munmap(data_, size_);
}

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

GuardedFd create_memfd(const std::string& name, size_t bytes) {
  GuardedFd fd(memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) throw system_error("memfd_create");
  if (ftruncate(fd.get(), static_cast<off_t>(bytes)) != 0) {
    throw system_error("cannot make a memfd of " + std::to_string(bytes) + " bytes");
  }
  return fd;
}

void seal_memfd(int fd, Seal seal) {
  int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  if (seal == Seal::kOwnerWrites) seals |= F_SEAL_FUTURE_WRITE;
  if (fcntl(fd, F_ADD_SEALS, seals) != 0) throw system_error("cannot seal a memfd");
}

void check_received_memfd(int fd, uint64_t bytes, const std::string& what) {
  struct stat status {};
  if (fstat(fd, &status) != 0) throw system_error("fstat of the " + what + " descriptor");
  if (static_cast<uint64_t>(status.st_size) < bytes) {
    throw Error(CUFRAMES_E_SHM, "the publisher sent a " + what + " of " +
                                    std::to_string(status.st_size) + " bytes, announced were " +
                                    std::to_string(bytes));
  }
  const int seals = fcntl(fd, F_GET_SEALS);
  if (seals < 0 || (seals & F_SEAL_SHRINK) == 0) {
    throw Error(CUFRAMES_E_SHM, "the publisher sent a " + what +
                                    " that is no memfd sealed against shrinking; it is not mapped");
  }
}

}  // namespace cuframes
