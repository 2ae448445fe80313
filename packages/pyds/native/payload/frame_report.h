// FrameReport: the objects of one frame, as the minimal schema and protobuf tell them.
#pragma once

#include <string>
#include <vector>

#include "nvdsmeta.h"
#include "nvdsmeta_schema.h"
#include "payload/attributes.h"
#include "payload/site.h"

namespace pyds::payload {

struct ReportedObject {
  guint64 tracking_id;
  float left, top, right, bottom;  // pixels of the muxed frame
  std::string type;
  double confidence;
  // Of a nameless attribute protobuf says nothing, and of an object without any the minimal schema
  // says no confidence.
  std::vector<Attribute> attributes;
  GList* outline = nullptr;  // as in Attributes
};

struct FrameReport {
  std::string id;         // the number of the frame
  std::string timestamp;  // RFC 3339, UTC
  std::string sensor_id;
  std::vector<ReportedObject> objects;
  std::vector<std::string> custom_messages;
};

using Events = std::vector<const NvDsEventMsgMeta*>;

// Of the events of one frame, one at least: the first says where and when. What a report borrows
// lives as long as the events do.
FrameReport report_events(const Site& site, const Events& events);

// Of a frame and the objects in it, with the labels of their classifiers as attributes. The caller
// holds the batch's lock.
FrameReport report_frame(const Site& site, const NvDsFrameMeta& frame);

std::string minimal_json(const FrameReport& report);
// A message `Frame` of include/nvds_schema.proto.
std::string protobuf(const FrameReport& report);

// When it happened, or now if that is not known.
std::string timestamp_of(const NvDsEventMsgMeta& event);
std::string timestamp_of(const NvDsFrameMeta& frame);
// What the frame's user metadata of type NVDS_CUSTOM_MSG_BLOB says.
std::vector<std::string> custom_messages_of(const NvDsFrameMeta& frame);

}  // namespace pyds::payload
