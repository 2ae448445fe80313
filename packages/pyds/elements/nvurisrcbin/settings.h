// The properties of nvurisrcbin.
#pragma once

#include "property_table.h"

namespace pyds::urisrc {

struct Settings {
  std::string uri;
  bool file_loop = false;
  guint latency_ms = 100;
  bool drop_on_latency = false;
  int rtp_protocol = 0;
  guint reconnect_interval_s = 0;
  guint init_reconnect_interval_s = 0;
  int reconnect_attempts = -1;
  guint udp_buffer_size = 524288;
  guint drop_frame_interval = 0;
  bool low_latency = false;
  int skip_frames = 0;
  // Have no effect here.
  int source_type = 0;
  guint gpu_id = 0;
  guint extra_surfaces = 1;
  int cudadec_memtype = 0;
  bool disable_passthrough = false;
  bool disable_audio = true;
  guint source_id = 0;
  int smart_record = 0;
  std::string record_dir = ".";
  std::string record_prefix = "Smart_Record";
  guint record_cache_s = 0;
  guint record_duration_s = 0;
  guint record_start_s = 0;
  int record_container = 0;
  int record_mode = 0;

  bool is_rtsp() const;
};

const PropertyTable<Settings>& properties();

}  // namespace pyds::urisrc
