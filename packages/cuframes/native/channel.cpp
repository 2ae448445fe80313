#include "channel.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "error.h"

namespace cuframes {

Received receive_message(int socket) {
  Received received;
  iovec part{received.bytes, sizeof received.bytes};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * wire::kMaxFds)];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t n = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  // A peer that closed before it read all of ours: the error comes first, its last words after it.
  if (n < 0 && errno == ECONNRESET) {
    n = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  }
  if (n < 0) {
    const bool nothing = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    received.kind = nothing ? Received::Kind::kNothing : Received::Kind::kHangup;
    return received;
  }
  for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
      received.fds.emplace_back(fd);
    }
  }
  if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
    throw Error(CUFRAMES_E_SHM, "the peer sent a control message that is too long");
  }
  received.size = static_cast<size_t>(n);
  received.kind = n == 0 ? Received::Kind::kHangup : Received::Kind::kMessage;
  return received;
}

bool send_bytes(int socket, const void* data, size_t size, const std::vector<int>& fds) {
  iovec part{const_cast<void*>(data), size};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * wire::kMaxFds)] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!fds.empty()) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * fds.size());
    cmsghdr* c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int) * fds.size());
    std::memcpy(CMSG_DATA(c), fds.data(), sizeof(int) * fds.size());
  }
  return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == static_cast<ssize_t>(size);
}

GuardedFd connect_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    throw Error(CUFRAMES_E_SHM,
                "the socket path " + path + " has " + std::to_string(path.size()) +
                    " bytes, at most 107 are allowed; use a shorter directory (CUFRAMES_DIR)",
                ENAMETOOLONG);
  }
  std::memcpy(address.sun_path, path.c_str(), path.size());
  GuardedFd fd(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) throw system_error("socket");
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw system_error("cannot connect to " + path);
  }
  return fd;
}

PeerCredentials peer_credentials(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    throw system_error("SO_PEERCRED");
  }
  return {credentials.pid, credentials.uid, credentials.gid};
}

}  // namespace cuframes
