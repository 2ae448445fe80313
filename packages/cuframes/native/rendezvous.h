#pragma once

#include <cstdint>
#include <string>

#include "fork_guard.h"

namespace cuframes {

/// See cuframes_runtime_dir().
std::string runtime_dir();

/// The socket of a stream: `path` when given, else <runtime dir>/<key>.sock. Throws
/// CUFRAMES_E_INVALID for a key that is no file name of ours.
std::string socket_path(const std::string& key, const std::string& path);

/// A listening socket at a path of which this process is the only owner. A socket that a killed
/// publisher left behind is replaced; one that lives is not.
class Listener {
 public:
  /// `mode`: permission bits; `group`: gid or -1. Throws CUFRAMES_E_SHM with EADDRINUSE when
  /// another process publishes there.
  Listener(const std::string& path, uint32_t mode, int64_t group);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int fd() const { return socket_.get(); }
  /// The next waiting connection, or an empty descriptor.
  GuardedFd accept_connection();

 private:
  std::string path_;
  GuardedFd lock_;  // <path>.lock, flock()ed while we live
  GuardedFd socket_;
};

}  // namespace cuframes
