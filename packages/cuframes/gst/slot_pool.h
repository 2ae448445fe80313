#pragma once

#include <cuframes.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include <memory>

/// A buffer pool whose buffers are slots of the ring: whoever draws into them draws where readers
/// will read. When no slot is free it hands out ordinary memory, and the sink copies: an upstream
/// element that keeps many buffers costs a copy, never a stall.

G_BEGIN_DECLS
#define CUFRAMES_TYPE_SLOT_POOL (cuframes_slot_pool_get_type())
G_DECLARE_FINAL_TYPE(CuframesSlotPool, cuframes_slot_pool, CUFRAMES, SLOT_POOL, GstBufferPool)
G_END_DECLS

namespace cuframes::gst {

using PublisherPtr = std::shared_ptr<cuframes_publisher>;

GstBufferPool* make_slot_pool(PublisherPtr publisher, const GstVideoInfo& info);
/// The slot that `buffer` is, when it is one of this publisher, unchanged and not committed yet.
cuframes_writable* slot_of(GstBuffer* buffer, const cuframes_publisher* publisher);
/// Nobody may write to the buffer's slot any more.
void seal_slot(GstBuffer* buffer);

}  // namespace cuframes::gst
