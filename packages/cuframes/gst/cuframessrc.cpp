/**
 * SECTION:element-cuframessrc
 *
 * Reads a stream that another process publishes. Buffers are leases on the publisher's frames, read
 * only and without a copy; they go back when downstream drops them. When downstream keeps so many
 * that the leases run out, frames are copied rather than the pipeline stalled. Frames in CUDA
 * memory are copied to the host.
 *
 * |[
 * gst-launch-1.0 cuframessrc key=test ! videoconvert ! autovideosink
 * ]|
 */

#include <cuframes.h>
#include <gst/base/gstpushsrc.h>
#include <gst/video/video.h>
#include <time.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "elements.h"
#include "formats.h"
#include "property_table.h"
#include "sidecar.h"

GST_DEBUG_CATEGORY_STATIC(cuframes_src_debug);
#define GST_CAT_DEFAULT cuframes_src_debug

namespace {

using cuframes::gst::PropertyTable;

constexpr int64_t kSlice = 50'000'000;  // how long a flush may have to wait for us, ns

struct Settings {
  std::string key;
  std::string path;
  gint policy = CUFRAMES_POLICY_NEWEST;
  bool reconnect = true;
  guint max_leases = 4;
  guint timeout_ms = 5000;
};

struct State {
  std::mutex mutex;  // guards settings and subscriber
  Settings settings;
  std::shared_ptr<cuframes_subscriber> subscriber;
  std::atomic<bool> flushing{false};
  // Streaming thread only:
  uint64_t generation = 0;
  GstVideoInfo info{};
};

int64_t monotonic_ns() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * GST_SECOND + t.tv_nsec;
}

}  // namespace

static GType cuframes_policy_get_type() {
  static const GEnumValue values[] = {
      {CUFRAMES_POLICY_NEWEST, "The newest frame not seen yet", "newest"},
      {CUFRAMES_POLICY_IN_ORDER, "Every frame while it is in the ring", "in-order"},
      {CUFRAMES_POLICY_BLOCK, "Every frame; the publisher waits, bounded", "block"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("CuframesPolicy", values);
  return type;
}

#define CUFRAMES_TYPE_SRC (cuframes_src_get_type())
G_DECLARE_FINAL_TYPE(CuframesSrc, cuframes_src, CUFRAMES, SRC, GstPushSrc)
struct _CuframesSrc {
  GstPushSrc parent;
  State* state;
};
G_DEFINE_TYPE(CuframesSrc, cuframes_src, GST_TYPE_PUSH_SRC)

static GstStaticPadTemplate cuframes_src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(CUFRAMES_CAPS));

static GstStructure* cuframes_src_stats(State& state) {
  GstStructure* stats = gst_structure_new_empty("application/x-cuframes-stats");
  cuframes_subscriber_stats s{};
  s.struct_size = sizeof s;
  if (state.subscriber != nullptr &&
      cuframes_subscriber_get_stats(state.subscriber.get(), &s) == CUFRAMES_OK) {
    gst_structure_set(stats, "received", G_TYPE_UINT64, s.frames_received, "dropped", G_TYPE_UINT64,
                      s.drop_count, "held", G_TYPE_UINT, s.held, "restarts", G_TYPE_UINT64,
                      s.restarts, "occupancy", G_TYPE_UINT, s.ring_occupancy, nullptr);
  }
  return stats;
}

static const PropertyTable<Settings>& cuframes_src_properties() {
  static const PropertyTable<Settings> table({
      {"key", "Name of the stream", &Settings::key},
      {"path", "Socket, when not in the runtime directory", &Settings::path},
      {"policy", "Which frame comes next", &Settings::policy, 0, 0, cuframes_policy_get_type()},
      {"reconnect", "Follow a publisher that restarts; else its end is our end of stream",
       &Settings::reconnect},
      {"max-leases", "Frames downstream may keep without copies", &Settings::max_leases, 2, 32},
      {"timeout", "Milliseconds without a frame (or a publisher) until an error, 0: never",
       &Settings::timeout_ms},
  });
  return table;
}

static void cuframes_src_set_property(GObject* object, guint id, const GValue* value, GParamSpec*) {
  State& state = *CUFRAMES_SRC(object)->state;
  const std::lock_guard<std::mutex> lock(state.mutex);
  cuframes_src_properties().set(state.settings, id, value);
}

static void cuframes_src_get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  State& state = *CUFRAMES_SRC(object)->state;
  const std::lock_guard<std::mutex> lock(state.mutex);
  if (id == cuframes_src_properties().stats_id()) {
    g_value_take_boxed(value, cuframes_src_stats(state));
  } else {
    cuframes_src_properties().get(state.settings, id, value);
  }
}

static GstFlowReturn cuframes_src_fail(CuframesSrc* self, const char* what) {
  GST_ELEMENT_ERROR(self, RESOURCE, READ, ("%s", what), ("%s", cuframes_last_error()->message));
  return GST_FLOW_ERROR;
}

/// Connects, in slices so that a flush gets through.
static GstFlowReturn cuframes_src_connect(CuframesSrc* self) {
  State& state = *self->state;
  Settings settings;
  {
    const std::lock_guard<std::mutex> lock(state.mutex);
    if (state.subscriber != nullptr) return GST_FLOW_OK;
    settings = state.settings;
  }
  cuframes_subscriber_options options;
  cuframes_subscriber_options_init(&options);
  options.key = settings.key.c_str();
  options.path = settings.path.empty() ? nullptr : settings.path.c_str();
  options.policy = settings.policy;
  options.max_leases = settings.max_leases;
  options.reconnect = settings.reconnect ? 1 : 0;
  options.timeout_ns = kSlice;
  const int64_t start = monotonic_ns();
  for (;;) {
    if (state.flushing) return GST_FLOW_FLUSHING;
    cuframes_subscriber* subscriber = nullptr;
    const cuframes_status status = cuframes_subscriber_create(&options, &subscriber);
    if (status == CUFRAMES_OK) {
      const std::lock_guard<std::mutex> lock(state.mutex);
      state.subscriber.reset(subscriber, cuframes_subscriber_destroy);
      return GST_FLOW_OK;
    }
    const int64_t waited = monotonic_ns() - start;
    const bool patient =
        settings.timeout_ms == 0 || waited < settings.timeout_ms * int64_t{GST_MSECOND};
    const bool may_come = status == CUFRAMES_E_PUBLISHER_GONE || status == CUFRAMES_INTERRUPTED;
    if (!may_come || !patient) return cuframes_src_fail(self, "Cannot subscribe to the stream.");
  }
}

/// The next frame; GST_FLOW_EOS when the stream ended.
static GstFlowReturn cuframes_src_take(CuframesSrc* self, cuframes_subscriber* subscriber,
                                       cuframes_frame** frame) {
  State& state = *self->state;
  guint timeout_ms;
  bool reconnect;
  {
    const std::lock_guard<std::mutex> lock(state.mutex);
    timeout_ms = state.settings.timeout_ms;
    reconnect = state.settings.reconnect;
  }
  const int64_t start = monotonic_ns();
  for (;;) {
    if (state.flushing) return GST_FLOW_FLUSHING;
    switch (cuframes_subscriber_next(subscriber, kSlice, frame)) {
      case CUFRAMES_OK:
        return GST_FLOW_OK;
      case CUFRAMES_E_TIMEOUT:
      case CUFRAMES_E_CAPACITY:
      case CUFRAMES_E_LEASE_LOST:
      case CUFRAMES_INTERRUPTED:
        break;
      case CUFRAMES_E_PUBLISHER_GONE:
        if (!reconnect) {
          cuframes_subscriber_stats stats{};
          stats.struct_size = sizeof stats;
          cuframes_subscriber_get_stats(subscriber, &stats);
          if (stats.ended != 0) return GST_FLOW_EOS;
          return cuframes_src_fail(self, "The publisher vanished.");
        }
        break;
      default:
        return cuframes_src_fail(self, "Cannot read the stream.");
    }
    const int64_t waited = monotonic_ns() - start;
    if (timeout_ms != 0 && waited > timeout_ms * int64_t{GST_MSECOND}) {
      return cuframes_src_fail(self, "No frame came in time.");
    }
  }
}

static gboolean cuframes_src_update_caps(CuframesSrc* self, const cuframes_frame_info& frame,
                                         double fps) {
  State& state = *self->state;
  if (state.generation == frame.generation) return TRUE;
  GstVideoInfo info;
  gst_video_info_set_format(&info, cuframes::gst::video_format_of(frame.format), frame.width,
                            frame.height);
  if (frame.colour.matrix != 2 || frame.colour.range != 0) {
    info.colorimetry = cuframes::gst::colorimetry_of(frame.colour);
  }
  if (fps > 0) gst_util_double_to_fraction(fps, &info.fps_n, &info.fps_d);
  GstCaps* caps = gst_video_info_to_caps(&info);
  GST_INFO_OBJECT(self, "caps %" GST_PTR_FORMAT, caps);
  const bool wanted = gst_pad_peer_query_accept_caps(GST_BASE_SRC_PAD(self), caps);
  const gboolean set = wanted && gst_base_src_set_caps(GST_BASE_SRC(self), caps);
  if (!set && !state.flushing) {
    GST_ELEMENT_ERROR(self, STREAM, FORMAT, ("The next element does not take these frames."),
                      ("they are %" GST_PTR_FORMAT
                       "; put videoconvert behind cuframessrc, and cudaupload for CUDA memory",
                       caps));
  }
  gst_caps_unref(caps);
  state.generation = frame.generation;
  state.info = info;
  return set;
}

/// Publish time as running time of this pipeline.
static GstClockTime cuframes_src_running_time(CuframesSrc* self, int64_t publish_ns) {
  GstClock* clock = gst_element_get_clock(GST_ELEMENT(self));
  if (clock == nullptr) return GST_CLOCK_TIME_NONE;
  const GstClockTime now = gst_clock_get_time(clock);
  gst_object_unref(clock);
  const int64_t age = monotonic_ns() - publish_ns;
  const int64_t running = GST_CLOCK_DIFF(gst_element_get_base_time(GST_ELEMENT(self)), now) - age;
  return running > 0 ? running : 0;
}

static GstBuffer* cuframes_src_wrap(CuframesSrc* self, cuframes_frame* frame) {
  static GstCaps* const timestamp_caps = gst_caps_new_empty_simple("timestamp/x-cuframes-pts");
  const cuframes_frame_info& info = *cuframes_frame_get_info(frame);
  cuframes::gst::PlaneLayout layout = cuframes::gst::layout_of(info);
  GstBuffer* buffer = gst_buffer_new_wrapped_full(
      GST_MEMORY_FLAG_READONLY, reinterpret_cast<gpointer>(info.planes[0].address), layout.size, 0,
      layout.size, frame,
      [](gpointer f) { cuframes_frame_unref(static_cast<cuframes_frame*>(f)); });
  gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE,
                                 cuframes::gst::video_format_of(info.format), info.width,
                                 info.height, info.n_planes, layout.offset, layout.stride);
  if (info.user_meta_bytes != 0) {
    cuframes::gst::add_sidecar(buffer, info.user_meta, info.user_meta_bytes);
  }
  if (info.pts_ns != CUFRAMES_TIME_NONE) {
    gst_buffer_add_reference_timestamp_meta(buffer, timestamp_caps, info.pts_ns,
                                            GST_CLOCK_TIME_NONE);
  }
  GST_BUFFER_PTS(buffer) = cuframes_src_running_time(self, info.publish_ns);
  GST_BUFFER_OFFSET(buffer) = info.seq;
  if (info.duration_ns != CUFRAMES_TIME_NONE) GST_BUFFER_DURATION(buffer) = info.duration_ns;
  if (info.gap != 0) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
  return buffer;
}

static GstFlowReturn cuframes_src_create(GstPushSrc* src, GstBuffer** buffer) {
  CuframesSrc* self = CUFRAMES_SRC(src);
  State& state = *self->state;
  GstFlowReturn flow = cuframes_src_connect(self);
  if (flow != GST_FLOW_OK) return flow;
  std::shared_ptr<cuframes_subscriber> subscriber;
  guint max_leases;
  {
    const std::lock_guard<std::mutex> lock(state.mutex);
    subscriber = state.subscriber;
    max_leases = state.settings.max_leases;
  }
  cuframes_frame* frame = nullptr;
  flow = cuframes_src_take(self, subscriber.get(), &frame);
  if (flow != GST_FLOW_OK) return flow;

  cuframes_subscriber_stats stats{};
  stats.struct_size = sizeof stats;
  cuframes_subscriber_get_stats(subscriber.get(), &stats);
  cuframes_stream_info stream{};
  stream.struct_size = sizeof stream;
  cuframes_subscriber_info(subscriber.get(), &stream);
  // The last lease is not handed out: it keeps us reading when downstream gives nothing back.
  if (stats.held >= max_leases || cuframes_frame_get_info(frame)->device >= 0) {
    cuframes_frame* copy = nullptr;
    const cuframes_status status = cuframes_frame_copy(frame, CUFRAMES_MEMORY_HOST, nullptr, &copy);
    cuframes_frame_unref(frame);
    if (status != CUFRAMES_OK) return cuframes_src_fail(self, "Cannot copy a frame.");
    frame = copy;
  }
  if (!cuframes_src_update_caps(self, *cuframes_frame_get_info(frame), stream.fps)) {
    cuframes_frame_unref(frame);
    return state.flushing ? GST_FLOW_FLUSHING : GST_FLOW_ERROR;
  }
  *buffer = cuframes_src_wrap(self, frame);
  return GST_FLOW_OK;
}

/// Caps are known with the first frame, not before.
static gboolean cuframes_src_negotiate(GstBaseSrc*) { return TRUE; }

static gboolean cuframes_src_start(GstBaseSrc* src) {
  CuframesSrc* self = CUFRAMES_SRC(src);
  const std::lock_guard<std::mutex> lock(self->state->mutex);
  self->state->generation = 0;
  if (!self->state->settings.key.empty()) return TRUE;
  GST_ELEMENT_ERROR(self, RESOURCE, SETTINGS, ("cuframessrc needs a key."),
                    ("set the property key to the name of the stream"));
  return FALSE;
}

static gboolean cuframes_src_stop(GstBaseSrc* src) {
  State& state = *CUFRAMES_SRC(src)->state;
  const std::lock_guard<std::mutex> lock(state.mutex);
  state.subscriber.reset();
  return TRUE;
}

static gboolean cuframes_src_unlock(GstBaseSrc* src) {
  CUFRAMES_SRC(src)->state->flushing = true;
  return TRUE;
}

static gboolean cuframes_src_unlock_stop(GstBaseSrc* src) {
  CUFRAMES_SRC(src)->state->flushing = false;
  return TRUE;
}

static gboolean cuframes_src_is_seekable(GstBaseSrc*) { return FALSE; }

static void cuframes_src_finalize(GObject* object) {
  const std::unique_ptr<State> state(CUFRAMES_SRC(object)->state);
  G_OBJECT_CLASS(cuframes_src_parent_class)->finalize(object);
}

static void cuframes_src_class_init(CuframesSrcClass* klass) {
  GST_DEBUG_CATEGORY_INIT(cuframes_src_debug, "cuframessrc", 0, "cuframes subscriber");
  GObjectClass* object = G_OBJECT_CLASS(klass);
  object->set_property = cuframes_src_set_property;
  object->get_property = cuframes_src_get_property;
  object->finalize = cuframes_src_finalize;
  cuframes_src_properties().install(object);
  GstElementClass* element = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element, &cuframes_src_template);
  gst_element_class_set_static_metadata(element, "cuframes subscriber", "Source/Video",
                                        "Reads video frames of another process without copies",
                                        "cuframes");
  GstBaseSrcClass* base = GST_BASE_SRC_CLASS(klass);
  base->start = cuframes_src_start;
  base->stop = cuframes_src_stop;
  base->unlock = cuframes_src_unlock;
  base->unlock_stop = cuframes_src_unlock_stop;
  base->negotiate = cuframes_src_negotiate;
  base->is_seekable = cuframes_src_is_seekable;
  GST_PUSH_SRC_CLASS(klass)->create = cuframes_src_create;
}

static void cuframes_src_init(CuframesSrc* self) {
  self->state = std::make_unique<State>().release();
  gst_base_src_set_live(GST_BASE_SRC(self), TRUE);
  gst_base_src_set_format(GST_BASE_SRC(self), GST_FORMAT_TIME);
}
