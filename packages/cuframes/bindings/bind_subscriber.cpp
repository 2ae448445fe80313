#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "bind_frame.h"
#include "bind_stats.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kLongWait = 500'000'000;  // ns

/// Calls `wait(remaining_ns)` without the GIL until it is not interrupted any more.
template <class Wait>
cuframes_status uninterrupted(int64_t timeout, Wait&& wait) {
  const auto start = Clock::now();
  int64_t left = timeout;
  for (;;) {
    cuframes_status status;
    {
      const nb::gil_scoped_release nogil;
      status = wait(left);
    }
    if (status != CUFRAMES_INTERRUPTED) return status;
    check_signals();
    if (timeout > 0) {
      const auto gone = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start);
      left = std::max<int64_t>(timeout - gone.count(), 1);
    }
  }
}

class Subscriber {
 public:
  Subscriber(const cuframes_subscriber_options& options, bool strict) : strict_(strict) {
    cuframes_subscriber* raw = nullptr;
    check(uninterrupted(options.timeout_ns, [&](int64_t left) {
      cuframes_subscriber_options o = options;
      o.timeout_ns = left;
      return cuframes_subscriber_create(&o, &raw);
    }));
    handle_ = std::shared_ptr<cuframes_subscriber>(
        raw, [](cuframes_subscriber* s) { cuframes_subscriber_destroy(s); });
    stream_ = options.stream;
  }
  ~Subscriber() {
    // Destroying may wait for another thread's next() to leave.
    if (PyGILState_Check() == 0) return;
    const nb::gil_scoped_release nogil;
    handle_.reset();
  }

  Frame next(int64_t timeout) const {
    cuframes_frame* frame = nullptr;
    check(uninterrupted(timeout, [&](int64_t left) {
      // Waits without limit return now and then to let us look for signals.
      return cuframes_subscriber_next(handle_.get(), left > kLongWait ? -1 : left, &frame);
    }));
    return wrap(frame);
  }
  std::optional<Frame> try_next() const {
    cuframes_frame* frame = nullptr;
    const cuframes_status status = cuframes_subscriber_next(handle_.get(), 0, &frame);
    if (status == CUFRAMES_NONE) return std::nullopt;
    check(status);
    return wrap(frame);
  }
  /// For ``for``: ends with a stream that was closed in good order, or with this subscriber.
  Frame iterate() const {
    cuframes_frame* frame = nullptr;
    const cuframes_status status = uninterrupted(
        -1, [&](int64_t left) { return cuframes_subscriber_next(handle_.get(), left, &frame); });
    if (status == CUFRAMES_E_CLOSED ||
        (status == CUFRAMES_E_PUBLISHER_GONE && stats().ended != 0)) {
      throw nb::stop_iteration();
    }
    check(status);
    return wrap(frame);
  }
  cuframes_subscriber_stats stats() const {
    cuframes_subscriber_stats stats{};
    stats.struct_size = sizeof stats;
    check(cuframes_subscriber_get_stats(handle_.get(), &stats));
    return stats;
  }
  cuframes_stream_info info() const {
    cuframes_stream_info info{};
    info.struct_size = sizeof info;
    check(cuframes_subscriber_info(handle_.get(), &info));
    return info;
  }
  bool ready() const {
    const nb::gil_scoped_release nogil;
    return cuframes_subscriber_ready(handle_.get()) != 0;
  }
  int fileno() const {
    const int fd = cuframes_subscriber_fileno(handle_.get());
    if (fd < 0) raise_last_error();
    return fd;
  }
  void close() const {
    {
      const nb::gil_scoped_release nogil;
      cuframes_subscriber_close(handle_.get());
    }
    const std::lock_guard<std::mutex> lock(frames_->mutex);
    for (FrameState* frame : frames_->frames) frame->release();
  }
  uintptr_t stream() const {
    uintptr_t stream = 0;
    check(cuframes_subscriber_stream(handle_.get(), &stream));
    return stream;
  }
  void pin(int32_t device) const {
    cuframes_status status;
    {
      const nb::gil_scoped_release nogil;
      status = cuframes_subscriber_pin(handle_.get(), device);
    }
    check(status);
  }
  nb::list events() const {
    const nb::object type = nb::module_::import_("cuframes._types").attr("StreamEvent");
    nb::list list;
    cuframes_event event{};
    while (cuframes_subscriber_poll_event(handle_.get(), &event) == CUFRAMES_OK) {
      list.append(type(event.kind, event.generation, event.time_ns));
    }
    return list;
  }

 private:
  Frame wrap(cuframes_frame* frame) const {
    const uintptr_t own = cuframes_frame_get_info(frame)->device >= 0 ? stream() : 0;
    return Frame{std::make_shared<FrameState>(frame, frames_, own, strict_)};
  }

  std::shared_ptr<cuframes_subscriber> handle_;
  std::shared_ptr<FrameSet> frames_ = std::make_shared<FrameSet>();
  uintptr_t stream_ = 0;
  bool strict_;
};

nb::object latency_ms(const cuframes_subscriber_stats& stats) {
  return stats.last_latency_ns < 0 ? nb::none()
                                   : nb::object(nb::float_(stats.last_latency_ns / 1e6));
}

nb::dict stats_dict(const Subscriber& sub) {
  const cuframes_subscriber_stats s = sub.stats();
  const cuframes_stream_info stream = sub.info();
  nb::dict d;
  d["key"] = nb::str(stream.key);
  d["publisher_state"] = state_name(s.state);
  d["generation"] = s.generation;
  d["policy"] = policy_name(s.policy);
  d["frames_received"] = s.frames_received;
  d["drop_count"] = s.drop_count;
  d["gap_count"] = s.gap_count;
  d["last_seq"] = s.last_seq;
  d["timeouts"] = s.timeouts;
  d["errors"] = s.errors;
  d["restarts"] = s.restarts;
  d["deferred_releases"] = s.deferred_releases;
  d["held"] = s.held;
  d["held_peak"] = s.held_peak;
  d["max_leases"] = s.max_leases;
  d["ring_occupancy"] = s.ring_occupancy;
  d["ring_capacity"] = s.ring_capacity;
  d["latency_ms"] = latency_ms(s);
  d["last_publish_ns"] = s.last_publish_ns;
  d["published"] = stream.published;
  d["publisher_dropped"] = stream.dropped;
  return d;
}

}  // namespace

const char* state_name(uint32_t state) {
  return state == CUFRAMES_STATE_ACTIVE  ? "ACTIVE"
         : state == CUFRAMES_STATE_STALE ? "STALE"
                                         : "DEAD";
}

const char* policy_name(uint32_t policy) {
  return policy == CUFRAMES_POLICY_NEWEST     ? "newest"
         : policy == CUFRAMES_POLICY_IN_ORDER ? "in_order"
                                              : "block";
}

nb::dict stream_dict(const cuframes_stream_info& info) {
  const char* format = cuframes_format_name(info.format);
  nb::dict d;
  d["key"] = nb::str(info.key);
  d["state"] = state_name(info.state);
  d["generation"] = info.generation;
  d["width"] = info.width;
  d["height"] = info.height;
  d["format"] = format == nullptr ? "" : format;
  d["memory"] = info.memory == CUFRAMES_MEMORY_MEMFD  ? "memfd"
                : info.memory == CUFRAMES_MEMORY_CUDA ? "cuda"
                                                      : "cuda_ipc";
  d["slots"] = info.n_slots;
  d["readers"] = info.n_readers;
  d["max_readers"] = info.max_readers;
  d["ring_occupancy"] = info.occupancy;
  d["published"] = info.published;
  d["dropped"] = info.dropped;
  d["copied_in"] = info.copied_in;
  d["evictions"] = info.evictions;
  d["stalls"] = info.stalls;
  d["last_seq"] = info.last_seq;
  d["last_publish_ns"] = info.last_publish_ns;
  d["slot_bytes"] = info.slot_bytes;
  d["payload_bytes"] = info.payload_bytes;
  d["fps"] = info.fps;
  return d;
}

nb::dict reader_dict(const cuframes_reader_info& info) {
  nb::dict d;
  d["index"] = info.index;
  d["name"] = nb::str(info.name);
  d["pid"] = info.pid;
  d["uid"] = info.uid;
  d["policy"] = policy_name(info.policy);
  d["max_leases"] = info.budget;
  d["held"] = info.held;
  d["cursor"] = info.cursor;
  d["received"] = info.received;
  d["stalls"] = info.stalls;
  return d;
}

nb::tuple observe(const std::string& key, const std::string& path, double timeout) {
  cuframes_stream_info info{};
  info.struct_size = sizeof info;
  cuframes_reader_info readers[CUFRAMES_MAX_READERS];
  uint32_t count = 0;
  cuframes_status status;
  {
    const nb::gil_scoped_release nogil;
    status = cuframes_observe(key.c_str(), path.empty() ? nullptr : path.c_str(),
                              timeout_ns(timeout), &info, readers, CUFRAMES_MAX_READERS, &count);
  }
  check(status);
  nb::list list;
  for (uint32_t i = 0; i < count; ++i) list.append(reader_dict(readers[i]));
  return nb::make_tuple(stream_dict(info), list);
}

void bind_subscriber(nb::module_& m) {
  m.def("observe", observe, nb::arg("key"), nb::arg("path"), nb::arg("timeout"),
        nb::sig("def observe(key: str, path: str, timeout: float) -> tuple[dict[str, Any], "
                "list[dict[str, Any]]]"),
        "State and readers of a stream, without subscribing.");
  m.def(
      "runtime_dir", [] { return std::string(cuframes_runtime_dir()); },
      "The directory of the streams' sockets.");
  m.def(
      "cuda_problem",
      [](int32_t device) {
        return cuframes_cuda_available(device) != 0 ? std::string()
                                                    : cuframes_last_error()->message;
      },
      nb::arg("device"), "Why CUDA cannot be used here; empty when it can.");

  nb::class_<Subscriber>(m, "CuframesSubscriber",
                         R"(The reading end of a stream. Make one with ``cuframes.subscribe``.

Threads: ``subscribe``, ``next_frame``, ``release``, ``close`` and all properties may be called from any
thread. Concurrent ``next_frame`` calls on one subscriber are served one after another; each frame goes
to one caller. ``close()`` wakes a blocked ``next_frame``, which raises ``CuframesClosed``. A frame may be
released, and its tensors dropped, in another thread than the one that got it. The GIL is released while
waiting; the module runs without a GIL. Signals: Python's handlers run, then the wait goes on.

Processes: after ``fork()`` the child's objects are dead: every call raises ``CuframesClosed``, and what
the child drops does not touch the parent's leases. Subscribe again in the child.

Leaving ``with sub:`` releases every frame of this subscriber that Python still owns; arrays and tensors
made from frames keep their own lease.)")
      .def(
          "__init__",
          [](Subscriber* self, const std::string& key, uint32_t policy, uint32_t max_leases,
             uint32_t memory, int32_t device, int64_t stream, std::optional<double> timeout,
             bool reconnect, const std::string& path, const std::string& name, bool strict,
             double spin) {
            cuframes_subscriber_options o;
            cuframes_subscriber_options_init(&o);
            o.key = key.c_str();
            o.path = path.empty() ? nullptr : path.c_str();
            o.name = name.empty() ? nullptr : name.c_str();
            o.policy = policy;
            o.max_leases = max_leases;
            o.memory = memory;
            o.device = device;
            o.stream = static_cast<uintptr_t>(stream);
            o.timeout_ns = timeout_ns(timeout);
            o.reconnect = reconnect ? 1 : 0;
            o.spin_ns = std::isnan(spin) ? -1 : std::llround(std::clamp(spin, -1.0, 1.0) * 1e9);
            new (self) Subscriber(o, strict);
          },
          nb::arg("key"), nb::kw_only(), nb::arg("policy"), nb::arg("max_leases"),
          nb::arg("memory"), nb::arg("device"), nb::arg("stream"), nb::arg("timeout").none(),
          nb::arg("reconnect"), nb::arg("path"), nb::arg("name"), nb::arg("strict_readonly"),
          nb::arg("spin"), "Use ``cuframes.subscribe``.")
      .def(
          "next_frame",
          [](const Subscriber& s, std::optional<double> t) { return s.next(timeout_ns(t)); },
          nb::arg("timeout") = 1.0,
          R"(The next frame by the subscriber's policy.

Args:
    timeout: seconds; None waits for ever.

Raises:
    CuframesFrameTimeout: the publisher is connected but silent.
    CuframesPublisherGone: it hung up (and, with reconnect=True, has not come back in time).
    CuframesCapacityError: ``max_leases`` frames are held already, and none came back in time.
    CuframesLeaseLost: the publisher evicted this subscriber.
    CuframesClosed: ``close()`` was called.)")
      .def("try_next", &Subscriber::try_next, nb::sig("def try_next(self) -> CuframesFrame | None"),
           "As ``next_frame`` without waiting: None when there is no new frame.")
      .def(
          "__iter__", [](nb::object self) { return self; },
          nb::sig("def __iter__(self) -> CuframesSubscriber"))
      .def("__next__", &Subscriber::iterate,
           "Waits for ever. With reconnect=False the loop ends when the publisher closes the "
           "stream, and raises CuframesPublisherGone when it vanishes.")
      .def(
          "stream",
          [](nb::object self) {
            return nb::module_::import_("cuframes._aio").attr("stream")(self);
          },
          nb::sig("def stream(self) -> AsyncIterator[CuframesFrame]"),
          "For ``async for frame in sub.stream()``; ends like the plain loop.")
      .def("fileno", &Subscriber::fileno,
           "A descriptor for select, poll and event loops: readable when ``try_next`` has news. "
           "Call ``try_next`` until it returns None, then poll again.")
      .def("ready", &Subscriber::ready, "True when ``next_frame`` would not wait.")
      .def("pin", &Subscriber::pin, nb::arg("device") = 0,
           R"(Registers the ring with CUDA once, for frames in host memory that go to a GPU.

Copies to the GPU are then DMA and asynchronous: tell ``frame.record_stream(stream)`` before you release
the frame. torch copies padded rows on the host first: upload them with a 2D copy of your own, or
subscribe with memory="staged". Rings of later generations are pinned too.

Args:
    device: CUDA ordinal.

Raises:
    ValueError: the frames are in CUDA memory already.
    CuframesDeviceLost: no CUDA here, or it refuses.)")
      .def("close", &Subscriber::close, "Ends the subscription. May be called again.")
      .def_prop_ro("key", [](const Subscriber& s) { return std::string(s.info().key); })
      .def_prop_ro(
          "publisher_state",
          [](const Subscriber& s) {
            const nb::object type = nb::module_::import_("cuframes._types").attr("PublisherState");
            return type(state_name(s.stats().state));
          },
          nb::sig("def publisher_state(self) -> PublisherState"),
          "ACTIVE: a frame came within max(1 s, 5 frame intervals). STALE: connected but "
          "silent. DEAD: hung up or closed.")
      .def_prop_ro(
          "ring_occupancy", [](const Subscriber& s) { return s.stats().ring_occupancy; },
          "Slots leased by anybody or being written: 0 to ``ring_capacity``. Our own "
          "leases are counted as of now, those of other readers as of at most 0.2 s ago.")
      .def_prop_ro("ring_capacity", [](const Subscriber& s) { return s.stats().ring_capacity; })
      .def_prop_ro(
          "held", [](const Subscriber& s) { return s.stats().held; },
          "Leases this subscriber has now, tensors included.")
      .def_prop_ro(
          "drop_count", [](const Subscriber& s) { return s.stats().drop_count; },
          "Frames published while subscribed that this subscriber passed over.")
      .def_prop_ro(
          "gap_count", [](const Subscriber& s) { return s.stats().gap_count; },
          "How often frames were passed over.")
      .def_prop_ro("frames_received", [](const Subscriber& s) { return s.stats().frames_received; })
      .def_prop_ro("last_seq", [](const Subscriber& s) { return s.stats().last_seq; })
      .def_prop_ro("timeouts", [](const Subscriber& s) { return s.stats().timeouts; })
      .def_prop_ro("errors", [](const Subscriber& s) { return s.stats().errors; })
      .def_prop_ro("generation", [](const Subscriber& s) { return s.stats().generation; })
      .def_prop_ro(
          "latency_ms", [](const Subscriber& s) { return latency_ms(s.stats()); },
          nb::sig("def latency_ms(self) -> float | None"),
          "From publish to taken, of the last frame; None before the first.")
      .def_prop_ro(
          "ended", [](const Subscriber& s) { return s.stats().ended != 0; },
          "True when the publisher closed the stream in good order, False when it vanished.")
      .def_prop_ro("cuda_stream", &Subscriber::stream,
                   "The subscriber's CUDA stream as an int, 0 for host memory.")
      .def("events", &Subscriber::events, nb::sig("def events(self) -> list[StreamEvent]"),
           "What happened to the stream since the last call (the last 64): restarts, changes of "
           "format, evictions.")
      .def("stats", stats_dict, nb::sig("def stats(self) -> dict[str, Any]"),
           "All counters as plain values, for JSON and MQTT.")
      .def(
          "__enter__", [](nb::object self) { return self; },
          nb::sig("def __enter__(self) -> CuframesSubscriber"))
      .def(
          "__exit__", [](const Subscriber& s, nb::args) { s.close(); },
          nb::sig("def __exit__(self, *args: object) -> None"));
}
