#include "nvstreammux/source_pad.h"

#include <new>

#include "surface/frame_memory.h"

G_DEFINE_FINAL_TYPE(GstNvStreammuxPad, gst_nv_streammux_pad, GST_TYPE_PAD)

static void gst_nv_streammux_pad_finalize(GObject* object) {
  GST_NV_STREAMMUX_PAD(object)->state.~SourceState();
  G_OBJECT_CLASS(gst_nv_streammux_pad_parent_class)->finalize(object);
}

static void gst_nv_streammux_pad_init(GstNvStreammuxPad* self) {
  new (&self->state) pyds::mux::SourceState();
  self->state.reset();
}

static void gst_nv_streammux_pad_class_init(GstNvStreammuxPadClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = gst_nv_streammux_pad_finalize;
}

namespace pyds::mux {
namespace {

// From 1900, where NTP begins, to 1970.
constexpr uint64_t kNtpToUnix = UINT64_C(2208988800) * GST_SECOND;

// Wall-clock time (ns since 1970) that the sender put on the buffer, 0 if it did not.
uint64_t sender_time(GstBuffer* buffer) {
  static GstStaticCaps ntp_caps = GST_STATIC_CAPS("timestamp/x-ntp");
  static GstStaticCaps unix_caps = GST_STATIC_CAPS("timestamp/x-unix");
  const auto find = [&](GstStaticCaps* static_caps) {
    GstCaps* caps = gst_static_caps_get(static_caps);
    GstReferenceTimestampMeta* meta = gst_buffer_get_reference_timestamp_meta(buffer, caps);
    gst_caps_unref(caps);
    return meta;
  };
  if (GstReferenceTimestampMeta* meta = find(&ntp_caps))
    return meta->timestamp > kNtpToUnix ? meta->timestamp - kNtpToUnix : 0;
  if (GstReferenceTimestampMeta* meta = find(&unix_caps)) return meta->timestamp;
  return 0;
}

// False if nothing of the buffer is to be shown.
bool set_times(const GstSegment& segment, GstBuffer* buffer, Frame& frame) {
  frame.pts = GST_BUFFER_PTS(buffer);
  frame.duration = GST_BUFFER_DURATION(buffer);
  if (segment.format != GST_FORMAT_TIME || !GST_CLOCK_TIME_IS_VALID(frame.pts)) return true;
  const uint64_t end =
      GST_CLOCK_TIME_IS_VALID(frame.duration) ? frame.pts + frame.duration : GST_CLOCK_TIME_NONE;
  uint64_t start;
  if (!gst_segment_clip(&segment, GST_FORMAT_TIME, frame.pts, end, &start, nullptr)) return false;
  frame.running_time = gst_segment_to_running_time(&segment, GST_FORMAT_TIME, start);
  frame.stream_time = gst_segment_to_stream_time(&segment, GST_FORMAT_TIME, start);
  return true;
}

BlockRef take_shared(SourceState& source, GstBuffer* buffer, std::string& problem) {
  FrameMemory* pictures = FrameMemory::from(buffer);
  if (!pictures) {
    problem =
        "its caps say memory:NVMM, but the memory of the buffer is not ours; put "
        "nvvideoconvert in front of the pad";
    return nullptr;
  }
  if (pictures->size() != 1) {
    problem = "the buffer is a batch of " + std::to_string(pictures->size()) +
              " pictures, expected 1; put nvstreamdemux in front of the pad";
    return nullptr;
  }
  return source.fitter->fit(pictures->share(0));
}

BlockRef take_copied(SourceState& source, GstBuffer* buffer, std::string& problem) {
  GstVideoFrame mapped;
  if (!gst_video_frame_map(&mapped, &*source.info, buffer, GST_MAP_READ)) {
    problem = "a buffer of " + std::to_string(gst_buffer_get_size(buffer)) +
              " bytes does not hold the picture that its caps announce";
    return nullptr;
  }
  BlockRef picture = source.fitter->fit(Picture::of(mapped));
  gst_video_frame_unmap(&mapped);
  return picture;
}

}  // namespace

void SourceState::reset() {
  gst_segment_init(&segment, GST_FORMAT_UNDEFINED);
  has_stream = is_nvmm = false;
  info.reset();
  fitter.reset();
  next_frame = 0;
}

void SourceState::set_format(const GstVideoInfo& format, bool nvmm, const GstVideoInfo& output,
                             const Settings& settings) {
  info = format;
  is_nvmm = nvmm;
  Fitter::Settings fitting;
  fitting.keep_aspect = settings.enable_padding;
  fitting.filter = settings.filter();
  fitting.max_idle_blocks = settings.buffer_pool_size;
  fitter = std::make_unique<Fitter>(output, fitting);
}

Accepted make_frame(SourceState& source, GstBuffer* buffer, const Settings& settings, Frame& frame,
                    std::string& problem) {
  if (!set_times(source.segment, buffer, frame)) return Accepted::kOutsideSegment;
  frame.picture =
      source.is_nvmm ? take_shared(source, buffer, problem) : take_copied(source, buffer, problem);
  if (!frame.picture) return Accepted::kNo;
  frame.source_id = source.id;
  frame.number = source.next_frame++;
  frame.arrival_time = uint64_t(g_get_real_time()) * GST_USECOND;
  frame.ntp_time = settings.attach_sys_ts ? frame.arrival_time : sender_time(buffer);
  frame.source_width = source.info->width;
  frame.source_height = source.info->height;
  frame.user_payloads = UserPayload::of(buffer);
  return Accepted::kYes;
}

}  // namespace pyds::mux
