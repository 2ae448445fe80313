#include "rendezvous.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>

#include "cuframes.h"
#include "error.h"

namespace cuframes {
namespace {

bool exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }
bool writable(const std::string& path) { return access(path.c_str(), W_OK) == 0; }

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void make_directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash == 0) return;
  const std::string directory = path.substr(0, slash);
  if (mkdir(directory.c_str(), 0750) != 0 && errno != EEXIST) {
    throw system_error("cannot make the socket directory " + directory);
  }
  struct stat status {};
  // /tmp belongs to everybody: a directory planted there by somebody else is not used.
  if (directory.rfind("/tmp/cuframes-", 0) == 0 &&
      (lstat(directory.c_str(), &status) != 0 || status.st_uid != geteuid() ||
       !S_ISDIR(status.st_mode))) {
    throw Error(CUFRAMES_E_PERMISSION,
                directory + " belongs to another user; remove it or set CUFRAMES_DIR", EACCES);
  }
}

GuardedFd lock_file(const std::string& path) {
  for (;;) {
    GuardedFd fd(open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) throw system_error("cannot open " + path);
    if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) throw system_error("flock of " + path);
      throw Error(CUFRAMES_E_SHM,
                  "another process publishes this stream (it holds " + path +
                      "); choose another key or stop it",
                  EADDRINUSE);
    }
    struct stat ours {};
    struct stat there {};
    if (fstat(fd.get(), &ours) == 0 && stat(path.c_str(), &there) == 0 &&
        ours.st_ino == there.st_ino && ours.st_dev == there.st_dev) {
      return fd;
    }  // its last owner removed the file while we opened it: again
  }
}

}  // namespace

std::string runtime_dir() {
  if (const std::string chosen = environment("CUFRAMES_DIR"); !chosen.empty()) return chosen;
  if (const std::string xdg = environment("XDG_RUNTIME_DIR"); !xdg.empty() && exists(xdg)) {
    return xdg + "/cuframes";
  }
  if (exists("/run/cuframes") || writable("/run")) return "/run/cuframes";
  return "/tmp/cuframes-" + std::to_string(geteuid());
}

std::string socket_path(const std::string& key, const std::string& path) {
  const bool good = !key.empty() && key.size() < CUFRAMES_KEY_BYTES && key[0] != '.' &&
                    std::all_of(key.begin(), key.end(), [](unsigned char c) {
                      return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
                    });
  if (!good) {
    throw Error(CUFRAMES_E_INVALID,
                "stream key '" + key +
                    "': 1 to 64 of A-Z a-z 0-9 . _ - are allowed, and no dot at the start");
  }
  return path.empty() ? runtime_dir() + "/" + key + ".sock" : path;
}

Listener::Listener(const std::string& path, uint32_t mode, int64_t group) : path_(path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // Bound under another name first: the final name only appears with its rights set and listening.
  const std::string temporary = path + "~";
  if (temporary.size() >= sizeof address.sun_path) {
    throw Error(CUFRAMES_E_SHM,
                "the socket path " + path + " has " + std::to_string(path.size()) +
                    " bytes, at most 106 are allowed; use a shorter directory (CUFRAMES_DIR)",
                ENAMETOOLONG);
  }
  make_directory_of(path);
  lock_ = lock_file(path + ".lock");
  std::memcpy(address.sun_path, temporary.c_str(), temporary.size());
  socket_ = GuardedFd(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket_) throw system_error("socket");
  unlink(temporary.c_str());
  if (bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw system_error("cannot bind " + path);
  }
  if (chmod(temporary.c_str(), mode & 0777) != 0 ||
      (group >= 0 &&
       chown(temporary.c_str(), static_cast<uid_t>(-1), static_cast<gid_t>(group)) != 0) ||
      listen(socket_.get(), 64) != 0 || rename(temporary.c_str(), path.c_str()) != 0) {
    const Error error = system_error("cannot set up the socket " + path);
    unlink(temporary.c_str());
    unlink((path_ + ".lock").c_str());
    throw error;
  }
}

Listener::~Listener() {
  if (!lock_) return;
  unlink(path_.c_str());
  unlink((path_ + ".lock").c_str());  // while locked, so nobody else can own the name yet
}

GuardedFd Listener::accept_connection() {
  return GuardedFd(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

}  // namespace cuframes
