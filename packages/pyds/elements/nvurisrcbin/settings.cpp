#include "nvurisrcbin/settings.h"

namespace pyds::urisrc {
namespace {

GType rtp_protocol_get_type() {
  static const GEnumValue values[] = {{0, "UDP, multicast UDP or TCP, what works first", "multi"},
                                      {1, "UDP", "udp"},
                                      {2, "Multicast UDP", "udp-mcast"},
                                      {4, "TCP", "tcp"},
                                      {7, "As multi", "any"},
                                      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstNvUriSrcBinRtpProtocol", values);
  return type;
}

GType skip_frames_get_type() {
  static const GEnumValue values[] = {
      {0, "Decode all frames", "decode_all"},
      {1, "Skip frames the parser marks as droppable", "decode_non_ref"},
      {2, "Decode key frames only", "decode_key"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstNvUriSrcBinSkipFrames", values);
  return type;
}

GType memory_type_get_type() {
  static const GEnumValue values[] = {{0, "Memory type device", "memtype_device"},
                                      {1, "Memory type pinned", "memtype_pinned"},
                                      {2, "Memory type unified", "memtype_unified"},
                                      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstNvUriSrcBinMemoryType", values);
  return type;
}

}  // namespace

bool Settings::is_rtsp() const {
  return g_str_has_prefix(uri.c_str(), "rtsp://") || g_str_has_prefix(uri.c_str(), "rtsps://");
}

const PropertyTable<Settings>& properties() {
  static const char kNoRecording[] = "No effect: smart recording is not there";
  static const auto table =
      PropertyTable<Settings>()
          .add("uri", "What to play; a path of a file is taken too", &Settings::uri)
          .add("file-loop", "Play a file again and again, as one stream without a gap",
               &Settings::file_loop)
          .add("latency", "Milliseconds of jitter an RTSP stream may have", &Settings::latency_ms)
          .add("drop-on-latency", "Drop what comes later than that", &Settings::drop_on_latency)
          .add_enum("select-rtp-protocol", "Transport of RTSP streams", &Settings::rtp_protocol,
                    rtp_protocol_get_type())
          .add(
              "rtsp-reconnect-interval",
              "Seconds without a frame after which an RTSP stream is connected anew, and the first "
              "pause after a failure, which doubles up to a minute; 0: never",
              &Settings::reconnect_interval_s, 0, 86400)
          .add("init-rtsp-reconnect-interval",
               "The same until the first frame; 0: as rtsp-reconnect-interval",
               &Settings::init_reconnect_interval_s, 0, 86400)
          .add("rtsp-reconnect-attempts", "Failures in a row that end the stream; -1: none does",
               &Settings::reconnect_attempts, -1)
          .add("udp-buffer-size", "Bytes the kernel keeps of an RTSP stream by UDP",
               &Settings::udp_buffer_size, 0, G_MAXINT)
          .add("drop-frame-interval", "Put out the first of every so many frames; 0 and 1: all",
               &Settings::drop_frame_interval)
          .add("low-latency-mode", "Do not hold frames back for multi-threaded decoding",
               &Settings::low_latency)
          .add_enum("dec-skip-frames", "Frames to leave out before decoding",
                    &Settings::skip_frames, skip_frames_get_type())
          .add("type", "No effect: the URI says it", &Settings::source_type)
          .add("gpu-id", "No effect: decoding is on the CPU", &Settings::gpu_id)
          .add("num-extra-surfaces", "No effect: pools grow as needed", &Settings::extra_surfaces)
          .add_enum("cudadec-memtype", "No effect: frames are in CPU memory",
                    &Settings::cudadec_memtype, memory_type_get_type())
          .add("disable-passthrough", "No effect", &Settings::disable_passthrough)
          .add("disable-audio", "No effect: sound is left out", &Settings::disable_audio)
          .add("source-id", "No effect", &Settings::source_id)
          .add("smart-record", kNoRecording, &Settings::smart_record, 0, 2)
          .add("smart-rec-dir-path", kNoRecording, &Settings::record_dir)
          .add("smart-rec-file-prefix", kNoRecording, &Settings::record_prefix)
          .add("smart-rec-cache", kNoRecording, &Settings::record_cache_s)
          .add("smart-rec-default-duration", kNoRecording, &Settings::record_duration_s)
          .add("smart-rec-start-time", kNoRecording, &Settings::record_start_s)
          .add("smart-rec-container", kNoRecording, &Settings::record_container, 0, 1)
          .add("smart-rec-mode", kNoRecording, &Settings::record_mode, 0, 2);
  return table;
}

}  // namespace pyds::urisrc
