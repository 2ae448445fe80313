// Attributes: what an event message says about its object beyond the box.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "nvdsmeta_schema.h"

namespace pyds::payload {

struct Attribute {
  const char* name;
  std::variant<std::string, unsigned> value;
};

struct Attributes {
  const char* kind = nullptr;  // "vehicle", "person", "face", or nullptr for objects without any
  std::vector<Attribute> values;
  bool are_known = false;    // the event has them; otherwise the values are empty
  GList* outline = nullptr;  // of GArrays of doubles, x and y in turn; borrowed from the event
};

// In the order of the minimal schema. An extended message too small for the object's type, as far
// as its size is known, is left alone.
Attributes attributes_of(const NvDsEventMsgMeta& event);

std::string text_of(const Attribute& attribute);

// "Vehicle", "Person"...; objects of unknown type are called by their `objectId` if they have one.
std::string type_name(const NvDsEventMsgMeta& event);

}  // namespace pyds::payload
