#include "payload/attributes.h"

#include "message/shared_struct.h"

namespace pyds::payload {
namespace {

std::string text_or_empty(const gchar* text) { return text ? text : ""; }

// Each takes nullptr for an event without an extended message. The structs with an outline begin
// as those without.
std::vector<Attribute> values_of(const NvDsVehicleObject* object) {
  static const NvDsVehicleObject nothing = {};
  const auto& vehicle = object ? *object : nothing;
  return {
      {"type", text_or_empty(vehicle.type)},       {"make", text_or_empty(vehicle.make)},
      {"model", text_or_empty(vehicle.model)},     {"color", text_or_empty(vehicle.color)},
      {"license", text_or_empty(vehicle.license)}, {"licenseState", text_or_empty(vehicle.region)}};
}

std::vector<Attribute> values_of(const NvDsPersonObject* object) {
  static const NvDsPersonObject nothing = {};
  const auto& person = object ? *object : nothing;
  return {{"gender", text_or_empty(person.gender)},
          {"age", person.age},
          {"hair", text_or_empty(person.hair)},
          {"cap", text_or_empty(person.cap)},
          {"apparel", text_or_empty(person.apparel)}};
}

std::vector<Attribute> values_of(const NvDsFaceObject* object) {
  static const NvDsFaceObject nothing = {};
  const auto& face = object ? *object : nothing;
  return {{"gender", text_or_empty(face.gender)},   {"age", face.age},
          {"hair", text_or_empty(face.hair)},       {"cap", text_or_empty(face.cap)},
          {"glasses", text_or_empty(face.glasses)}, {"facialhair", text_or_empty(face.facialhair)},
          {"name", text_or_empty(face.name)},       {"eyecolor", text_or_empty(face.eyecolor)}};
}

template <typename Object>
const Object* extended_message(const NvDsEventMsgMeta& event) {
  if (!event.extMsg || !event.extMsgSize) return nullptr;
  message::AnyShared* shared = message::find(event.extMsg);
  return shared && shared->size() < sizeof(Object) ? nullptr
                                                   : static_cast<const Object*>(event.extMsg);
}

template <typename Object>
Attributes read(const char* kind, const NvDsEventMsgMeta& event) {
  const auto* object = extended_message<Object>(event);
  return {kind, values_of(object), object != nullptr};
}

template <typename Object, typename WithOutline>
Attributes read_with_outline(const char* kind, const NvDsEventMsgMeta& event) {
  Attributes attributes = read<Object>(kind, event);
  if (const auto* object = extended_message<WithOutline>(event)) attributes.outline = object->mask;
  return attributes;
}

}  // namespace

Attributes attributes_of(const NvDsEventMsgMeta& event) {
  switch (event.objType) {
    case NVDS_OBJECT_TYPE_VEHICLE:
      return read<NvDsVehicleObject>("vehicle", event);
    case NVDS_OBJECT_TYPE_PERSON:
      return read<NvDsPersonObject>("person", event);
    case NVDS_OBJECT_TYPE_FACE:
      return read<NvDsFaceObject>("face", event);
    case NVDS_OBJECT_TYPE_VEHICLE_EXT:
      return read_with_outline<NvDsVehicleObject, NvDsVehicleObjectExt>("vehicle", event);
    case NVDS_OBJECT_TYPE_PERSON_EXT:
      return read_with_outline<NvDsPersonObject, NvDsPersonObjectExt>("person", event);
    case NVDS_OBJECT_TYPE_FACE_EXT:
      return read_with_outline<NvDsFaceObject, NvDsFaceObjectWithExt>("face", event);
    default:
      return {};
  }
}

std::string text_of(const Attribute& attribute) {
  const auto* text = std::get_if<std::string>(&attribute.value);
  return text ? *text : std::to_string(std::get<unsigned>(attribute.value));
}

std::string type_name(const NvDsEventMsgMeta& event) {
  switch (event.objType) {
    case NVDS_OBJECT_TYPE_VEHICLE:
    case NVDS_OBJECT_TYPE_VEHICLE_EXT:
      return "Vehicle";
    case NVDS_OBJECT_TYPE_PERSON:
    case NVDS_OBJECT_TYPE_PERSON_EXT:
      return "Person";
    case NVDS_OBJECT_TYPE_FACE:
    case NVDS_OBJECT_TYPE_FACE_EXT:
      return "Face";
    case NVDS_OBJECT_TYPE_BAG:
      return "Bag";
    case NVDS_OBJECT_TYPE_BICYCLE:
      return "Bicycle";
    case NVDS_OBJECT_TYPE_ROADSIGN:
      return "RoadSign";
    case NVDS_OBJECT_TYPE_CUSTOM:
      return "Custom";
    default:
      return event.objectId ? event.objectId : "Unknown";
  }
}

}  // namespace pyds::payload
