// A live publisher and a stranger on its socket: the input is the messages it sends, each with its
// length in front. The publisher must answer or hang up, and go on publishing.

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "channel.h"
#include "cuframes.h"
#include "input.h"

namespace {

using namespace cuframes;

constexpr int kPatienceMs = 20'000;

cuframes_publisher* make_publisher() {
  static char directory[] = "/tmp/cuframes-fuzz-XXXXXX";
  fuzz::require(mkdtemp(directory) != nullptr);
  setenv("CUFRAMES_DIR", directory, 1);
  cuframes_publisher_options options;
  cuframes_publisher_options_init(&options);
  options.key = "fuzz";
  options.width = 64;
  options.height = 16;
  options.format = CUFRAMES_FORMAT_GRAY8;
  cuframes_publisher* publisher = nullptr;
  fuzz::require(cuframes_publisher_create(&options, &publisher) == CUFRAMES_OK);
  atexit([] { std::filesystem::remove_all(directory); });
  return publisher;
}

/// Reads what the publisher says until it hangs up.
void listen_to_the_end(int socket) {
  for (;;) {
    pollfd wanted{socket, POLLIN, 0};
    const int ready = poll(&wanted, 1, kPatienceMs);
    fuzz::require(ready == 1 || (ready < 0 && errno == EINTR));  // libFuzzer's own alarm
    if (receive_message(socket).kind == Received::Kind::kHangup) return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static cuframes_publisher* const publisher = make_publisher();
  fuzz::Input input(data, size);
  const GuardedFd stranger = connect_socket(std::string(cuframes_runtime_dir()) + "/fuzz.sock");
  while (!input.empty()) {
    uint8_t message[wire::kMaxMessage + 64];
    const size_t wanted = 1 + input.number<uint16_t>() % sizeof message;
    const size_t bytes = input.take(message, wanted);
    if (bytes != 0) send_bytes(stranger.get(), message, bytes);
  }
  send_bytes(stranger.get(), "\0", 1);  // in no state is this a message
  listen_to_the_end(stranger.get());

  cuframes_writable* writable = nullptr;
  fuzz::require(cuframes_publisher_begin(publisher, 0, &writable) == CUFRAMES_OK);
  cuframes_commit commit;
  cuframes_commit_init(&commit);
  fuzz::require(cuframes_writable_commit(writable, &commit) == CUFRAMES_OK);
  cuframes_writable_destroy(writable);
  return 0;
}
