#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "fork_guard.h"

namespace cuframes {

/// An owned mmap.
class Mapping {
 public:
  enum class Access { kReadOnly, kReadWrite };

  Mapping() = default;
  /// Maps `bytes` of `fd` shared; `populate` touches every page now rather than in the first frame.
  Mapping(int fd, size_t bytes, Access access, bool populate = false);
  ~Mapping();
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  std::byte* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  std::byte* data_ = nullptr;
  size_t size_ = 0;
};

/// Who may still write to a memfd after it was handed out.
enum class Seal {
  kSizeOnly,     ///< nobody can resize it (a lease page: its reader writes it)
  kOwnerWrites,  ///< only mappings that exist already can write: readers cannot get a writable one
};

/// A memfd of `bytes`. Map it writable before sealing it.
GuardedFd create_memfd(const std::string& name, size_t bytes);
void seal_memfd(int fd, Seal seal);

/// Throws unless `fd` is a memfd of at least `bytes` that cannot shrink: a smaller or shrinking
/// file would be a SIGBUS later.
void check_received_memfd(int fd, uint64_t bytes, const std::string& what);

}  // namespace cuframes
