// The properties of nvstreammux.
#pragma once

#include <gst/gst.h>

#include <string>

#include "image/picture.h"
#include "mux/batcher.h"

namespace pyds::mux {

struct Settings {
  guint batch_size = 0;            // 0: as many as there are sources
  gint batched_push_timeout = -1;  // us, negative: wait for all sources
  guint width = 0;                 // pixels, 0: as the first source
  guint height = 0;
  bool enable_padding = false;
  bool live_source = false;
  guint buffer_pool_size = 4;
  gint interpolation_method = 1;
  bool attach_sys_ts = true;
  guint64 max_latency = 0;  // ns
  bool frame_num_reset_on_eos = false;
  bool frame_num_reset_on_stream_reset = false;
  bool drop_pipeline_eos = false;
  bool sort_batch = false;
  // Accepted for compatibility, without effect.
  guint num_surfaces_per_frame = 1;
  guint gpu_id = 0;
  gint nvbuf_memory_type = 0;
  gint compute_hw = 0;
  bool sync_inputs = false;
  bool align_inputs = false;
  gint64 frame_duration = -1;
  bool async_process = true;
  bool cache_buffer = false;
  bool extract_sei_type5_data = false;
  std::string config_file_path;

  Batcher::Settings batching() const;
  Filter filter() const;

  static void install(GObjectClass* klass);
  // False if there is no such property. The caller holds the object lock.
  bool set(guint id, const GValue* value);
  bool get(guint id, GValue* value) const;
};

}  // namespace pyds::mux
