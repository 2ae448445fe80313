// The properties of the encoders, and what they mean to x264 and x265.
#pragma once

#include "property_table.h"

namespace pyds::encode {

struct Settings {
  guint bitrate = 4000000;
  int control_rate = 1;
  guint i_frame_interval = 30;
  guint b_frames = 0;
  int preset_level = 1;
  int profile = 0;
  // Have no effect here.
  bool insert_sps_pps = false;
  bool insert_vui = false;
  bool insert_aud = false;
  guint idr_interval = 256;
  guint peak_bitrate = 0;
  bool maxperf = false;
  bool ratecontrol = true;
  guint gpu_id = 0;
  guint preset_id = 1;
  guint tuning_info_id = 3;
  guint ref_frames = 1;
  guint cudaenc_memtype = 0;

  // Of x264's and x265's speed-preset.
  const char* speed_preset() const;
  // As caps have it; null for the encoder's choice.
  const char* h264_profile() const;
};

const PropertyTable<Settings>& properties();

}  // namespace pyds::encode
