// The full schema: one JSON message for each event or object.
#pragma once

#include <string>

#include "nvdsmeta.h"
#include "nvdsmeta_schema.h"
#include "payload/site.h"

namespace pyds::payload {

// `place`, `sensor` and `analyticsModule` are null where the site does not know the event's.
std::string full_message(const Site& site, const NvDsEventMsgMeta& event);

// Of an object without an event, with the labels of its classifiers; places, sensors and modules
// are those of the frame's source. The caller holds the batch's lock.
std::string full_message(const Site& site, const NvDsFrameMeta& frame,
                         const NvDsObjectMeta& object);

}  // namespace pyds::payload
