#pragma once

#include <cerrno>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>

#include "cuframes.h"

namespace cuframes {

/// What every failing function of the core throws; the C ABI turns it into a status and a text.
class Error : public std::exception {
 public:
  Error(cuframes_status status, std::string message, int sys_errno = 0, int cuda_code = 0)
      : status_(status),
        message_(std::move(message)),
        sys_errno_(sys_errno),
        cuda_code_(cuda_code) {}

  const char* what() const noexcept override { return message_.c_str(); }
  cuframes_status status() const { return status_; }
  int sys_errno() const { return sys_errno_; }
  int cuda_code() const { return cuda_code_; }
  const std::string& key() const { return key_; }
  uint64_t generation() const { return generation_; }

  /// The same error, naming the stream it concerns.
  Error& about(const std::string& key, uint64_t generation = 0) {
    key_ = key;
    if (generation != 0) generation_ = generation;
    return *this;
  }

 private:
  cuframes_status status_;
  std::string message_;
  int sys_errno_;
  int cuda_code_;
  std::string key_;
  uint64_t generation_ = 0;
};

/// "what: strerror(errno)", as CUFRAMES_E_PERMISSION for EACCES and EPERM, else CUFRAMES_E_SHM.
Error system_error(const std::string& what, int error_number = errno);

}  // namespace cuframes
