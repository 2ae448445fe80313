#include <algorithm>
#include <cstring>
#include <memory>

#include "capi_error.h"
#include "clock.h"
#include "cuda_driver.h"
#include "publisher.h"

using cuframes::Error;
using cuframes::guarded;

struct cuframes_publisher {
  std::shared_ptr<cuframes::Publisher> impl;
  uint64_t epoch = cuframes::fork_epoch();

  cuframes::Publisher& here() const {
    if (epoch != cuframes::fork_epoch()) throw cuframes::after_fork_error();
    return *impl;
  }
};

struct cuframes_writable {
  std::shared_ptr<cuframes::Publisher> publisher;
  cuframes::Publisher::Claim claim;
  cuframes_frame_info info{};
  uint32_t user_meta_bytes = 0;
  bool committed = false;
  bool ended = false;
  uint64_t epoch = cuframes::fork_epoch();

  void require_open() const {
    if (epoch != cuframes::fork_epoch()) throw cuframes::after_fork_error();
    if (committed || ended) {
      throw Error(CUFRAMES_E_CLOSED, "this frame is committed or aborted already");
    }
  }
};

namespace {

cuframes::PublisherConfig config_of(const cuframes_publisher_options& o) {
  if (o.key == nullptr) throw Error(CUFRAMES_E_INVALID, "a publisher needs a key");
  cuframes::PublisherConfig config;
  config.key = o.key;
  config.path = o.path == nullptr ? "" : o.path;
  cuframes::RingConfig& ring = config.ring;
  ring.layout = cuframes::frame_layout(o.format, o.width, o.height);
  if (o.max_readers == 0 || o.max_readers > CUFRAMES_MAX_READERS) {
    throw Error(CUFRAMES_E_INVALID,
                "max_readers is " + std::to_string(o.max_readers) + "; 1 to 64 are allowed");
  }
  ring.max_readers = o.max_readers;
  ring.n_slots = o.slots != 0 ? o.slots : std::min(2 + 2 * o.max_readers, 64u);
  if (ring.n_slots < 3 || ring.n_slots > CUFRAMES_MAX_SLOTS) {
    throw Error(CUFRAMES_E_INVALID, "slots is " + std::to_string(o.slots) +
                                        "; 3 to 64 are allowed (2 for the publisher, "
                                        "and as many as all readers together may lease)");
  }
  if (o.user_meta_capacity > cuframes::kMaxUserMeta) {
    throw Error(CUFRAMES_E_INVALID, "user_meta_capacity is " +
                                        std::to_string(o.user_meta_capacity) +
                                        "; at most 1 MiB is allowed");
  }
  ring.sidecar_bytes = o.user_meta_capacity;
  ring.device = o.device;
  ring.memory = static_cast<cuframes_memory>(o.memory);
  if (o.memory == CUFRAMES_MEMORY_AUTO) {
    ring.memory = o.device >= 0 ? CUFRAMES_MEMORY_CUDA : CUFRAMES_MEMORY_MEMFD;
  } else if (o.memory > CUFRAMES_MEMORY_CUDA_IPC) {
    throw Error(CUFRAMES_E_INVALID, "unknown kind of memory " + std::to_string(o.memory));
  }
  if (ring.memory != CUFRAMES_MEMORY_MEMFD && ring.device < 0) ring.device = 0;
  ring.host_mirror = o.host_mirror != 0;
  if (ring.host_mirror && ring.memory == CUFRAMES_MEMORY_MEMFD) {
    throw Error(CUFRAMES_E_INVALID,
                "host_mirror copies frames from CUDA memory; these are in host memory already");
  }
  ring.fps_hint = o.fps_hint;
  config.socket_mode = o.socket_mode;
  config.socket_group = o.socket_group;
  config.restrict_users = o.allow_uids != nullptr;
  if (o.allow_uids != nullptr) {
    config.allow_uids.assign(o.allow_uids, o.allow_uids + o.n_allow_uids);
  }
  config.overcommit = o.overcommit != 0;
  config.forbid_block = o.forbid_block != 0;
  config.block_timeout_ns = o.block_timeout_ns < 0
                                ? cuframes::kSecond
                                : std::min<int64_t>(o.block_timeout_ns, cuframes::kSecond);
  config.lease_timeout_ns = o.lease_timeout_ns;
  config.colour = o.colour;
  return config;
}

/// The caller's struct may be older and shorter than ours.
template <class T>
T grown(const T* given) {
  T options{};
  std::memcpy(&options, given, std::min<size_t>(given->struct_size, sizeof(T)));
  return options;
}

}  // namespace

extern "C" {

void cuframes_publisher_options_init(cuframes_publisher_options* options) {
  *options = {};
  options->struct_size = sizeof *options;
  options->format = CUFRAMES_FORMAT_NV12;
  options->device = -1;
  options->max_readers = 8;
  options->socket_mode = 0660;
  options->socket_group = -1;
  options->user_meta_capacity = 4096;
  options->block_timeout_ns = cuframes::kSecond;
  options->colour = {2, 0, 2, 2};
}

cuframes_status cuframes_publisher_create(const cuframes_publisher_options* options,
                                          cuframes_publisher** publisher) {
  *publisher = nullptr;
  return guarded(options->key == nullptr ? "" : options->key, [&] {
    auto handle = std::make_unique<cuframes_publisher>();
    handle->impl = cuframes::Publisher::create(config_of(grown(options)));
    *publisher = handle.release();
    return CUFRAMES_OK;
  });
}

void cuframes_publisher_close(cuframes_publisher* publisher) {
  if (publisher->epoch == cuframes::fork_epoch()) publisher->impl->close();
}

void cuframes_publisher_destroy(cuframes_publisher* publisher) {
  if (publisher == nullptr || publisher->epoch != cuframes::fork_epoch()) return;
  publisher->impl->close();
  const std::unique_ptr<cuframes_publisher> end(publisher);
}

cuframes_status cuframes_publisher_reconfigure(cuframes_publisher* publisher, uint32_t width,
                                               uint32_t height, uint32_t format) {
  return guarded(publisher->impl->key(), [&] {
    publisher->here().reconfigure(format, width, height);
    return CUFRAMES_OK;
  });
}

cuframes_status cuframes_publisher_begin(cuframes_publisher* publisher, int64_t timeout_ns,
                                         cuframes_writable** writable) {
  *writable = nullptr;
  return guarded(publisher->impl->key(), [&] {
    cuframes::Publisher& here = publisher->here();
    auto handle = std::make_unique<cuframes_writable>();
    handle->claim = here.begin(timeout_ns);
    handle->publisher = publisher->impl;
    const cuframes::PublisherRing& ring = *handle->claim.ring;
    const cuframes::Geometry& g = ring.control().geometry();
    cuframes_frame_info& info = handle->info;
    info.generation = ring.generation();
    info.pts_ns = info.duration_ns = info.capture_ns = CUFRAMES_TIME_NONE;
    info.memory = ring.store().handle().kind;
    info.device = ring.store().device();
    info.colour = here.colour();
    cuframes::describe_planes(*ring.layout().format, ring.layout().planes.data(),
                              ring.layout().width, ring.layout().height,
                              ring.store().base() + g.slot_stride * handle->claim.slot,
                              g.slot_stride, &info);
    ring.control().slot(handle->claim.slot).user_meta_bytes = 0;
    *writable = handle.release();
    return CUFRAMES_OK;
  });
}

const cuframes_frame_info* cuframes_writable_info(const cuframes_writable* writable) {
  return &writable->info;
}

cuframes_status cuframes_writable_set_user_meta(cuframes_writable* writable, const void* data,
                                                size_t bytes) {
  return guarded(writable->publisher->key(), [&] {
    writable->require_open();
    const cuframes::Control& control = writable->claim.ring->control();
    const uint32_t room = control.geometry().sidecar_stride;
    if (bytes > room) {
      throw Error(CUFRAMES_E_CAPACITY, "the sidecar has " + std::to_string(bytes) + " bytes, " +
                                           std::to_string(room) +
                                           " are allowed; publish with a larger "
                                           "user_meta_capacity");
    }
    if (bytes != 0) std::memcpy(control.sidecar(writable->claim.slot), data, bytes);
    control.slot(writable->claim.slot).user_meta_bytes = static_cast<uint32_t>(bytes);
    return CUFRAMES_OK;
  });
}

cuframes_status cuframes_writable_copy_plane(cuframes_writable* writable, uint32_t plane,
                                             const void* source, size_t source_pitch_bytes,
                                             int source_device, uintptr_t stream) {
  return guarded(writable->publisher->key(), [&] {
    writable->require_open();
    const cuframes_frame_info& info = writable->info;
    if (plane >= info.n_planes) {
      throw Error(CUFRAMES_E_INVALID, "there is no plane " + std::to_string(plane));
    }
    const cuframes_plane& to = info.planes[plane];
    const size_t row = size_t{to.width} * to.channels * to.element_bytes;
    if (source_pitch_bytes < row) {
      throw Error(CUFRAMES_E_FORMAT, "the source pitch of " + std::to_string(source_pitch_bytes) +
                                         " bytes is shorter than a row of " + std::to_string(row));
    }
    if (plane == 0) writable->claim.ring->count_copy();
    if (info.device < 0 && source_device == 0) {
      auto* out = reinterpret_cast<std::byte*>(to.address);
      const auto* in = static_cast<const std::byte*>(source);
      if (source_pitch_bytes == to.pitch_bytes) {
        std::memcpy(out, in, size_t{to.pitch_bytes} * (to.height - 1) + row);
        return CUFRAMES_OK;
      }
      for (size_t y = 0; y < to.height; ++y) {
        std::memcpy(out + y * to.pitch_bytes, in + y * source_pitch_bytes, row);
      }
      return CUFRAMES_OK;
    }
    const cuframes::cuda::CurrentContext context(std::max(info.device, 0));
    auto* cuda_stream = reinterpret_cast<cuframes::cuda::Stream>(stream);
    cuframes::cuda::copy_rows(
        {to.address, to.pitch_bytes, info.device < 0},
        {reinterpret_cast<uint64_t>(source), source_pitch_bytes, source_device == 0}, row,
        to.height, cuda_stream);
    if (source_device == 0 || info.device < 0) {
      cuframes::cuda::check(cuframes::cuda::Driver::get().stream_synchronize(cuda_stream),
                            "cuStreamSynchronize");
    }
    return CUFRAMES_OK;
  });
}

void cuframes_commit_init(cuframes_commit* commit) {
  *commit = {};
  commit->struct_size = sizeof *commit;
  commit->pts_ns = commit->duration_ns = commit->capture_ns = CUFRAMES_TIME_NONE;
}

cuframes_status cuframes_writable_commit(cuframes_writable* writable,
                                         const cuframes_commit* commit) {
  return guarded(writable->publisher->key(), [&] {
    writable->require_open();
    const cuframes_commit options = grown(commit);
    const int64_t capture =
        options.capture_ns == CUFRAMES_TIME_NONE ? cuframes::now_ns() : options.capture_ns;
    writable->publisher->commit(writable->claim, {options.pts_ns, options.duration_ns, capture},
                                options.stream);
    writable->committed = true;
    return CUFRAMES_OK;
  });
}

void cuframes_writable_end(cuframes_writable* writable) {
  if (writable->ended || writable->epoch != cuframes::fork_epoch()) return;
  writable->ended = true;
  guarded("", [&] {
    writable->publisher->close_slot(writable->claim);
    return CUFRAMES_OK;
  });
}

void cuframes_writable_destroy(cuframes_writable* writable) {
  if (writable == nullptr || writable->epoch != cuframes::fork_epoch()) return;
  cuframes_writable_end(writable);
  const std::unique_ptr<cuframes_writable> end(writable);
}

cuframes_status cuframes_publisher_info(cuframes_publisher* publisher, cuframes_stream_info* info) {
  return guarded(publisher->impl->key(), [&] {
    cuframes_stream_info full{};
    publisher->here().info(&full);
    full.struct_size = info->struct_size;
    std::memcpy(info, &full, std::min<size_t>(info->struct_size, sizeof full));
    return CUFRAMES_OK;
  });
}

cuframes_status cuframes_publisher_readers(cuframes_publisher* publisher,
                                           cuframes_reader_info* readers, uint32_t capacity,
                                           uint32_t* count) {
  return guarded(publisher->impl->key(), [&] {
    const auto all = publisher->here().readers();
    *count = static_cast<uint32_t>(all.size());
    std::copy_n(all.begin(), std::min<size_t>(all.size(), capacity), readers);
    return CUFRAMES_OK;
  });
}

}  // extern "C"
