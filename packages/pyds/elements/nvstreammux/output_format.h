// What the batches of nvstreammux look like.
#pragma once

#include <gst/video/video.h>

#include <string>

#include "nvstreammux/settings.h"

namespace pyds::mux {

// Chooses size, format and frame rate from the settings, the first source and what downstream
// takes: memory:NVMM pictures keep the source's format where downstream takes it, everything else
// becomes NV12 if possible. Returns an empty text and fills `output`, or says why it cannot.
std::string choose_output_format(GstPad* src_pad, const Settings& settings,
                                 const GstVideoInfo& first_source, bool source_is_nvmm,
                                 GstVideoInfo& output);

}  // namespace pyds::mux
