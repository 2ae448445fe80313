// Converter: makes messages of events and metadata, by our own schemas or by a user's library.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nvdsmeta.h"
#include "nvdsmeta_schema.h"
#include "payload/frame_report.h"

namespace pyds::payload {

// Calls come from one thread at a time, with the batch's lock held. Messages are in the order in
// which events were added to the frame, or of the frame's list of objects.
class Converter {
 public:
  virtual ~Converter() = default;
  // Of the events of one frame, one at least.
  virtual std::vector<std::string> of_events(const Events& events) = 0;
  // Of a frame without events.
  virtual std::vector<std::string> of_nothing(NvDsFrameMeta& frame) = 0;
  // Of a frame and its objects.
  virtual std::vector<std::string> of_frame(NvDsFrameMeta& frame) = 0;

  // Worth knowing about the configuration.
  std::vector<std::string> warnings;
};

struct ConverterSettings {
  NvDsPayloadType type = NVDS_PAYLOAD_DEEPSTREAM;
  std::string config;   // a file, or empty
  std::string library;  // that exports what nvmsgconv.h says, or empty
  bool multiple_payloads = false;
};

// Throws std::exception with a text for the user.
std::unique_ptr<Converter> make_converter(const ConverterSettings& settings);

// Whether a message is about a frame; otherwise it is about one event or object.
inline bool is_about_frames(NvDsPayloadType type) {
  return type == NVDS_PAYLOAD_DEEPSTREAM_MINIMAL || type == NVDS_PAYLOAD_DEEPSTREAM_PROTOBUF;
}

}  // namespace pyds::payload
