#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fork_guard.h"
#include "wire.h"

namespace cuframes {

/// What arrived on a control socket.
struct Received {
  enum class Kind { kMessage, kNothing, kHangup } kind = Kind::kNothing;
  unsigned char bytes[wire::kMaxMessage];
  size_t size = 0;
  std::vector<GuardedFd> fds;
};

/// Takes one message without waiting. A longer one than kMaxMessage throws CUFRAMES_E_SHM.
Received receive_message(int socket);

/// Sends without ever waiting; false when the peer's queue is full or it is gone. A peer that does
/// not read cannot stop us.
bool send_bytes(int socket, const void* data, size_t size, const std::vector<int>& fds = {});

template <class T>
bool send_message(int socket, const T& message, const std::vector<int>& fds = {}) {
  return send_bytes(socket, &message, sizeof message, fds);
}

/// A connected, non-blocking control socket. Throws system_error with the errno of connect().
GuardedFd connect_socket(const std::string& path);

struct PeerCredentials {
  int32_t pid;
  uint32_t uid;
  uint32_t gid;
};
PeerCredentials peer_credentials(int socket);

}  // namespace cuframes
