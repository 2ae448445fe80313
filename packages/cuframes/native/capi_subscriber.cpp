#include <poll.h>
#include <sys/prctl.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "capi_error.h"
#include "channel.h"
#include "rendezvous.h"
#include "subscriber.h"

using cuframes::Error;
using cuframes::guarded;
using cuframes::Lease;

struct cuframes_subscriber {
  std::unique_ptr<cuframes::Subscriber> impl;
  uint64_t epoch = cuframes::fork_epoch();

  cuframes::Subscriber& here() const {
    if (epoch != cuframes::fork_epoch()) throw cuframes::after_fork_error();
    return *impl;
  }
};

namespace {

constexpr int64_t kLongestSpin = cuframes::kMillisecond;

template <class T>
T grown(const T* given) {
  T options{};
  std::memcpy(&options, given, std::min<size_t>(given->struct_size, sizeof(T)));
  return options;
}

template <class T>
void give(const T& full, T* out) {
  const uint32_t size = out->struct_size;
  std::memcpy(out, &full, std::min<size_t>(size, sizeof full));
  out->struct_size = size;
}

cuframes::SubscriberConfig config_of(const cuframes_subscriber_options& o) {
  if (o.key == nullptr) throw Error(CUFRAMES_E_INVALID, "a subscriber needs a key");
  if (o.policy > CUFRAMES_POLICY_BLOCK) {
    throw Error(CUFRAMES_E_INVALID, "unknown policy " + std::to_string(o.policy));
  }
  if (o.max_leases == 0 || o.max_leases > 32) {
    throw Error(CUFRAMES_E_INVALID,
                "max_leases is " + std::to_string(o.max_leases) + "; 1 to 32 are allowed");
  }
  if (o.memory == CUFRAMES_MEMORY_HOST || o.memory == CUFRAMES_MEMORY_CUDA_IPC ||
      o.memory > CUFRAMES_MEMORY_STAGED) {
    throw Error(CUFRAMES_E_INVALID,
                "a subscriber cannot ask for memory of kind " + std::to_string(o.memory));
  }
  if (o.spin_ns < 0 || o.spin_ns > kLongestSpin) {
    throw Error(CUFRAMES_E_INVALID, "spin_ns is " + std::to_string(o.spin_ns) + "; 0 to " +
                                        std::to_string(kLongestSpin) + " are allowed");
  }
  cuframes::SubscriberConfig config;
  config.key = o.key;
  config.path = o.path == nullptr ? "" : o.path;
  if (o.name != nullptr) {
    config.name = o.name;
  } else {
    char name[17] = {};
    prctl(PR_GET_NAME, name);
    config.name = name;
  }
  config.policy = o.policy;
  config.max_leases = o.max_leases;
  config.memory = o.memory;
  config.device = o.device;
  config.stream = o.stream;
  config.reconnect = o.reconnect != 0;
  config.spin_ns = o.spin_ns;
  return config;
}

Lease* lease_of(cuframes_frame* frame) { return reinterpret_cast<Lease*>(frame); }
const Lease* lease_of(const cuframes_frame* frame) { return reinterpret_cast<const Lease*>(frame); }
cuframes_frame* frame_of(Lease* lease) { return reinterpret_cast<cuframes_frame*>(lease); }

/// The publisher's answer to an observer's hello.
cuframes::Received ask_to_observe(int socket, const cuframes::Deadline& deadline) {
  cuframes::wire::Hello hello = cuframes::wire::make<cuframes::wire::Hello>();
  hello.observer = 1;
  if (!cuframes::send_message(socket, hello)) throw cuframes::system_error("cannot greet");
  for (;;) {
    pollfd wanted{socket, POLLIN, 0};
    const int wait_ms = static_cast<int>(
        std::min<int64_t>(deadline.remaining_ns() / cuframes::kMillisecond, 1 << 30));
    if (poll(&wanted, 1, wait_ms) == 0) {
      throw Error(CUFRAMES_E_TIMEOUT, "the publisher does not answer (is it stopped?)");
    }
    cuframes::Received received = cuframes::receive_message(socket);
    if (received.kind == cuframes::Received::Kind::kHangup) {
      throw Error(CUFRAMES_E_PUBLISHER_GONE, "the publisher hung up");
    }
    if (received.kind == cuframes::Received::Kind::kMessage) return received;
  }
}

}  // namespace

extern "C" {

void cuframes_subscriber_options_init(cuframes_subscriber_options* options) {
  *options = {};
  options->struct_size = sizeof *options;
  options->max_leases = 2;
  options->device = -1;
  options->timeout_ns = 5 * cuframes::kSecond;
  options->reconnect = 1;
}

cuframes_status cuframes_subscriber_create(const cuframes_subscriber_options* options,
                                           cuframes_subscriber** subscriber) {
  *subscriber = nullptr;
  return guarded(options->key == nullptr ? "" : options->key, [&] {
    const cuframes_subscriber_options o = grown(options);
    auto handle = std::make_unique<cuframes_subscriber>();
    handle->impl = std::make_unique<cuframes::Subscriber>(config_of(o));
    const cuframes_status status = handle->impl->connect(o.timeout_ns);
    if (status == CUFRAMES_OK) *subscriber = handle.release();
    return status;
  });
}

void cuframes_subscriber_close(cuframes_subscriber* subscriber) {
  if (subscriber->epoch == cuframes::fork_epoch()) subscriber->impl->close();
}

void cuframes_subscriber_destroy(cuframes_subscriber* subscriber) {
  if (subscriber == nullptr || subscriber->epoch != cuframes::fork_epoch()) return;
  const std::unique_ptr<cuframes_subscriber> end(subscriber);
}

cuframes_status cuframes_subscriber_next(cuframes_subscriber* subscriber, int64_t timeout_ns,
                                         cuframes_frame** frame) {
  *frame = nullptr;
  return guarded(subscriber->impl->key(), [&] {
    Lease* lease = nullptr;
    const cuframes_status status = subscriber->here().next(timeout_ns, &lease);
    *frame = frame_of(lease);
    return status;
  });
}

int cuframes_subscriber_ready(cuframes_subscriber* subscriber) {
  bool ready = true;
  guarded(subscriber->impl->key(), [&] {
    ready = subscriber->here().ready();
    return CUFRAMES_OK;
  });
  return ready ? 1 : 0;
}

int cuframes_subscriber_fileno(cuframes_subscriber* subscriber) {
  int fd = -1;
  const cuframes_status status = guarded(subscriber->impl->key(), [&] {
    fd = subscriber->here().event_fd();
    return CUFRAMES_OK;
  });
  return status == CUFRAMES_OK ? fd : static_cast<int>(status);
}

cuframes_status cuframes_subscriber_get_stats(cuframes_subscriber* subscriber,
                                              cuframes_subscriber_stats* stats) {
  return guarded(subscriber->impl->key(), [&] {
    cuframes_subscriber_stats full{};
    subscriber->here().stats(&full);
    give(full, stats);
    return CUFRAMES_OK;
  });
}

cuframes_status cuframes_subscriber_info(cuframes_subscriber* subscriber,
                                         cuframes_stream_info* info) {
  return guarded(subscriber->impl->key(), [&] {
    cuframes_stream_info full{};
    subscriber->here().info(&full);
    give(full, info);
    return CUFRAMES_OK;
  });
}

cuframes_status cuframes_subscriber_pin(cuframes_subscriber* subscriber, int32_t device) {
  return guarded(subscriber->impl->key(), [&] {
    subscriber->here().pin(device);
    return CUFRAMES_OK;
  });
}

cuframes_status cuframes_subscriber_stream(cuframes_subscriber* subscriber, uintptr_t* stream) {
  return guarded(subscriber->impl->key(), [&] {
    *stream = subscriber->here().stream();
    return CUFRAMES_OK;
  });
}

cuframes_status cuframes_subscriber_poll_event(cuframes_subscriber* subscriber,
                                               cuframes_event* event) {
  return guarded(subscriber->impl->key(), [&] {
    const auto next = subscriber->here().poll_event();
    if (!next) return CUFRAMES_NONE;
    *event = *next;
    return CUFRAMES_OK;
  });
}

const cuframes_frame_info* cuframes_frame_get_info(const cuframes_frame* frame) {
  return &lease_of(frame)->info();
}

cuframes_frame* cuframes_frame_ref(cuframes_frame* frame) {
  lease_of(frame)->ref();
  return frame;
}

void cuframes_frame_unref(cuframes_frame* frame) {
  if (frame != nullptr) lease_of(frame)->unref();
}

cuframes_status cuframes_frame_record_stream(cuframes_frame* frame, uintptr_t stream) {
  return guarded("", [&] {
    lease_of(frame)->record_stream(stream);
    return CUFRAMES_OK;
  });
}

int cuframes_frame_valid(const cuframes_frame* frame) { return lease_of(frame)->valid() ? 1 : 0; }

cuframes_status cuframes_frame_copy(cuframes_frame* frame, uint32_t memory, cuframes_frame* reuse,
                                    cuframes_frame** copy) {
  *copy = nullptr;
  return guarded("", [&] {
    *copy = frame_of(Lease::copy_of(*lease_of(frame), memory, lease_of(reuse)));
    return CUFRAMES_OK;
  });
}

cuframes_status cuframes_observe(const char* key, const char* path, int64_t timeout_ns,
                                 cuframes_stream_info* info, cuframes_reader_info* readers,
                                 uint32_t capacity, uint32_t* count) {
  *count = 0;
  return guarded(key, [&] {
    const cuframes::Deadline deadline(timeout_ns);
    const std::string where = cuframes::socket_path(key, path == nullptr ? "" : path);
    cuframes::GuardedFd socket;
    try {
      socket = cuframes::connect_socket(where);
    } catch (const Error& error) {
      if (error.status() == CUFRAMES_E_PERMISSION) throw;
      throw Error(CUFRAMES_E_PUBLISHER_GONE, error.what(), error.sys_errno());
    }
    cuframes::Received received = ask_to_observe(socket.get(), deadline);
    if (cuframes::wire::type_of(received.bytes, received.size) == cuframes::wire::kRefuse) {
      const auto refuse =
          cuframes::wire::parse<cuframes::wire::Refuse>(received.bytes, received.size);
      throw Error(refuse.status == CUFRAMES_E_PERMISSION ? CUFRAMES_E_PERMISSION : CUFRAMES_E_SHM,
                  refuse.text, refuse.sys_errno);
    }
    const auto welcome =
        cuframes::wire::parse<cuframes::wire::Welcome>(received.bytes, received.size);
    if (received.fds.size() != 1) {
      throw Error(CUFRAMES_E_SHM, "the publisher's answer carries no control block");
    }
    if (welcome.control_bytes < cuframes::kPage || welcome.control_bytes > (1u << 30)) {
      throw Error(CUFRAMES_E_SHM, "the publisher's control block has an impossible size");
    }
    cuframes::check_received_memfd(received.fds[0].get(), welcome.control_bytes, "control block");
    const cuframes::Mapping mapping(received.fds[0].get(), welcome.control_bytes,
                                    cuframes::Mapping::Access::kReadOnly);
    const cuframes::Control control(
        mapping.data(),
        cuframes::checked_geometry(*reinterpret_cast<const cuframes::Header*>(mapping.data()),
                                   welcome.control_bytes));
    cuframes_stream_info full{};
    std::strncpy(full.key, key, sizeof full.key - 1);
    cuframes::describe_stream(control, &full);
    give(full, info);
    const auto all = cuframes::describe_readers(control);
    *count = static_cast<uint32_t>(all.size());
    std::copy_n(all.begin(), std::min<size_t>(all.size(), capacity), readers);
    return CUFRAMES_OK;
  });
}

}  // extern "C"
