#pragma once

#include <gst/gst.h>

namespace cuframes::gst {

/// A frame's sidecar travels through pipelines as a custom meta (GStreamer >= 1.20) of this name,
/// whose structure has one field "data" of type GBytes. Other plugins can read and write it without
/// our headers: gst_buffer_add_custom_meta(buffer, "CuframesSidecarMeta").
constexpr const char* kSidecarMeta = "CuframesSidecarMeta";
constexpr const char* kSidecarField = "data";

/// Registers the meta unless somebody has.
void register_sidecar();
/// The sidecar of a buffer, or nullptr. Release with g_bytes_unref.
GBytes* get_sidecar(GstBuffer* buffer);
void add_sidecar(GstBuffer* buffer, const void* data, gsize bytes);

}  // namespace cuframes::gst
