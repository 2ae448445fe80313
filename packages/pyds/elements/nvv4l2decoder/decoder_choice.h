// Which installed software decoder plays a stream.
#pragma once

#include <gst/gst.h>

#include <string>

namespace pyds {

// What nvv4l2decoder takes: H.264, H.265, MPEG-1/2/4, VP8, VP9, AV1 and JPEG.
GstCaps* decodable_caps();
// The same without the stream formats no installed decoder takes. A codec that has no decoder at
// all stays, so that its streams get as far as an error that says so.
GstCaps* installed_decodable_caps();

// The decoder of highest rank for fixed caps, or nullptr. Never ours, never a hardware decoder.
// The caller owns the result.
GstElementFactory* best_software_decoder(const GstCaps* caps);

// The Debian package with a decoder for these caps.
std::string package_with_decoder_for(const GstCaps* caps);

}  // namespace pyds
