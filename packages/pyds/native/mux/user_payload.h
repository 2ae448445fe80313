// UserPayload: metadata an element attached to a source's buffer, on its way to a frame user meta.
#pragma once

#include <vector>

#include "gstnvdsmeta.h"
#include "nvdsmeta.h"

namespace pyds::mux {

// Owns a payload until it is given to a frame.
class UserPayload {
 public:
  // The payloads of all NvDsMetas of a buffer that say how to become a user meta
  // (gst_to_nvds_meta_transform_func); others, and a batch's metadata, are left out.
  static std::vector<UserPayload> of(GstBuffer* buffer);

  UserPayload(UserPayload&& other) noexcept;
  UserPayload& operator=(UserPayload&& other) noexcept;
  ~UserPayload();

  // The frame's batch owns the payload afterwards. The caller holds the batch's meta lock.
  void give_to(NvDsFrameMeta* frame);

 private:
  UserPayload(NvDsMetaType type, void* data, NvDsMetaCopyFunc copy, NvDsMetaReleaseFunc release);

  NvDsUserMeta meta_ = {};  // as the functions of the payload expect it
};

}  // namespace pyds::mux
