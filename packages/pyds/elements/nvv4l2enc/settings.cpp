#include "nvv4l2enc/settings.h"

namespace pyds::encode {
namespace {

enum ControlRate { kVariable, kConstant };
enum Profile { kBaseline = 0, kMain = 2, kHigh = 4 };

GType control_rate_get_type() {
  static const GEnumValue values[] = {{kVariable, "Variable bitrate", "variable_bitrate"},
                                      {kConstant, "Constant bitrate", "constant_bitrate"},
                                      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstNvV4l2EncControlRate", values);
  return type;
}

GType preset_level_get_type() {
  static const GEnumValue values[] = {{0, "As UltraFastPreset", "DisablePreset"},
                                      {1, "Fastest", "UltraFastPreset"},
                                      {2, "Fast", "FastPreset"},
                                      {3, "Medium", "MediumPreset"},
                                      {4, "Slow", "SlowPreset"},
                                      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstNvV4l2EncPresetLevel", values);
  return type;
}

GType profile_get_type() {
  static const GEnumValue values[] = {{kBaseline, "Baseline", "Baseline"},
                                      {kMain, "Main", "Main"},
                                      {kHigh, "High", "High"},
                                      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstNvV4l2EncProfile", values);
  return type;
}

}  // namespace

const char* Settings::speed_preset() const {
  constexpr const char* kPresets[] = {"ultrafast", "ultrafast", "fast", "medium", "slow"};
  return kPresets[preset_level];
}

const char* Settings::h264_profile() const {
  switch (profile) {
    case kMain:
      return "main";
    case kHigh:
      return "high";
    default:
      return b_frames > 0 ? "main" : "constrained-baseline";
  }
}

const PropertyTable<Settings>& properties() {
  static const auto table =
      PropertyTable<Settings>()
          .add("bitrate", "Bits in a second", &Settings::bitrate, 1000)
          .add_enum("control-rate",
                    "Constant: keep to the bitrate within every second; variable: on average",
                    &Settings::control_rate, control_rate_get_type())
          .add("iframeinterval", "Frames from one key frame to the next, at most",
               &Settings::i_frame_interval, 1, 100000)
          .add("num-B-Frames", "B frames in a row; each delays the stream by a frame",
               &Settings::b_frames, 0, 16)
          .add_enum("preset-level", "Speed against size", &Settings::preset_level,
                    preset_level_get_type())
          .add_enum("profile", "Profile of H.264; no effect on H.265, which is Main",
                    &Settings::profile, profile_get_type())
          .add("insert-sps-pps", "No effect: every key frame comes with its parameter sets",
               &Settings::insert_sps_pps)
          .add("insert-vui", "No effect: it is always there", &Settings::insert_vui)
          .add("insert-aud", "No effect: left to h264parse and h265parse", &Settings::insert_aud)
          .add("idrinterval", "No effect: every I frame is an IDR frame", &Settings::idr_interval)
          .add("peak-bitrate", "No effect", &Settings::peak_bitrate)
          .add("maxperf-enable", "No effect: every core there is encodes", &Settings::maxperf)
          .add("ratecontrol-enable", "No effect: the rate is always controlled",
               &Settings::ratecontrol)
          .add("gpu-id", "No effect: encoding is on the CPU", &Settings::gpu_id)
          .add("preset-id", "No effect: see preset-level", &Settings::preset_id)
          .add("tuning-info-id", "No effect: frames are never held back", &Settings::tuning_info_id)
          .add("num-Ref-Frames", "No effect: a part of the preset", &Settings::ref_frames)
          .add("cudaenc-memtype", "No effect: pictures are in CPU memory",
               &Settings::cudaenc_memtype);
  return table;
}

}  // namespace pyds::encode
