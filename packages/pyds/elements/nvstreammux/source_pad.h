// The sink_%u pads of nvstreammux, each one source of frames.
#pragma once

#include <gst/video/video.h>

#include <memory>
#include <optional>
#include <string>

#include "mux/batcher.h"
#include "mux/fitter.h"
#include "nvstreammux/settings.h"

G_BEGIN_DECLS

#define GST_TYPE_NV_STREAMMUX_PAD (gst_nv_streammux_pad_get_type())
G_DECLARE_FINAL_TYPE(GstNvStreammuxPad, gst_nv_streammux_pad, GST, NV_STREAMMUX_PAD, GstPad)

G_END_DECLS

namespace pyds::mux {

// What a source is doing. Only its streaming thread uses it, except `queue` and `id`.
struct SourceState {
  unsigned id = 0;
  Batcher::SourceRef queue;
  GstSegment segment;
  bool has_stream = false;
  bool is_nvmm = false;
  std::optional<GstVideoInfo> info;
  std::unique_ptr<Fitter> fitter;
  int next_frame = 0;

  // Back to before the first event. Frame numbers begin anew.
  void reset();
  // Applies the source's caps; `output` is what batches look like.
  void set_format(const GstVideoInfo& format, bool nvmm, const GstVideoInfo& output,
                  const Settings& settings);
};

enum class Accepted {
  kYes,
  kOutsideSegment,  // to be dropped in silence
  kNo,
};

// Makes a frame of a buffer: takes its times, and its picture in the size of the batch. With kNo,
// `problem` says why.
Accepted make_frame(SourceState& source, GstBuffer* buffer, const Settings& settings, Frame& frame,
                    std::string& problem);

}  // namespace pyds::mux

struct _GstNvStreammuxPad {
  GstPad parent;
  pyds::mux::SourceState state;
};
