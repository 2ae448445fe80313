// nvdsmeta_schema.h: event messages.
#include "nvdsmeta_schema.h"

#include <nanobind/stl/variant.h>

#include "alloc_payload.h"
#include "bind.h"
#include "buffers.h"
#include "fields.h"
#include "message/timestamp.h"

namespace pyds::py {
namespace {

void bind_types(nb::module_& module) {
  nb::enum_<NvDsEventType>(module, "NvDsEventType", nb::is_arithmetic(),
                           "What happened to an object.")
      .value("NVDS_EVENT_ENTRY", NVDS_EVENT_ENTRY)
      .value("NVDS_EVENT_EXIT", NVDS_EVENT_EXIT)
      .value("NVDS_EVENT_MOVING", NVDS_EVENT_MOVING)
      .value("NVDS_EVENT_STOPPED", NVDS_EVENT_STOPPED)
      .value("NVDS_EVENT_EMPTY", NVDS_EVENT_EMPTY)
      .value("NVDS_EVENT_PARKED", NVDS_EVENT_PARKED)
      .value("NVDS_EVENT_RESET", NVDS_EVENT_RESET)
      .value("NVDS_EVENT_RESERVED", NVDS_EVENT_RESERVED)
      .value("NVDS_EVENT_CUSTOM", NVDS_EVENT_CUSTOM)
      .value("NVDS_EVENT_FORCE32", NVDS_EVENT_FORCE32)
      .export_values();

  nb::enum_<NvDsObjectType>(module, "NvDsObjectType", nb::is_arithmetic(), "What an object is.")
      .value("NVDS_OBJECT_TYPE_VEHICLE", NVDS_OBJECT_TYPE_VEHICLE)
      .value("NVDS_OBJECT_TYPE_PERSON", NVDS_OBJECT_TYPE_PERSON)
      .value("NVDS_OBJECT_TYPE_FACE", NVDS_OBJECT_TYPE_FACE)
      .value("NVDS_OBJECT_TYPE_BAG", NVDS_OBJECT_TYPE_BAG)
      .value("NVDS_OBJECT_TYPE_BICYCLE", NVDS_OBJECT_TYPE_BICYCLE)
      .value("NVDS_OBJECT_TYPE_ROADSIGN", NVDS_OBJECT_TYPE_ROADSIGN)
      .value("NVDS_OBJECT_TYPE_VEHICLE_EXT", NVDS_OBJECT_TYPE_VEHICLE_EXT)
      .value("NVDS_OBJECT_TYPE_PERSON_EXT", NVDS_OBJECT_TYPE_PERSON_EXT)
      .value("NVDS_OBJECT_TYPE_FACE_EXT", NVDS_OBJECT_TYPE_FACE_EXT)
      .value("NVDS_OBJECT_TYPE_RESERVED", NVDS_OBJECT_TYPE_RESERVED)
      .value("NVDS_OBJECT_TYPE_CUSTOM", NVDS_OBJECT_TYPE_CUSTOM)
      .value("NVDS_OBJECT_TYPE_UNKNOWN", NVDS_OBJECT_TYPE_UNKNOWN)
      .value("NVDS_OBEJCT_TYPE_FORCE32", NVDS_OBEJCT_TYPE_FORCE32)
      .export_values();

  nb::enum_<NvDsPayloadType>(module, "NvDsPayloadType", nb::is_arithmetic(),
                             "The kinds of message that nvmsgconv makes.")
      .value("NVDS_PAYLOAD_DEEPSTREAM", NVDS_PAYLOAD_DEEPSTREAM)
      .value("NVDS_PAYLOAD_DEEPSTREAM_MINIMAL", NVDS_PAYLOAD_DEEPSTREAM_MINIMAL)
      .value("NVDS_PAYLOAD_RESERVED", NVDS_PAYLOAD_RESERVED)
      .value("NVDS_PAYLOAD_CUSTOM", NVDS_PAYLOAD_CUSTOM)
      .value("NVDS_PAYLOAD_FORCE32", NVDS_PAYLOAD_FORCE32)
      .export_values();
}

void bind_places(nb::module_& module) {
  Binding<NvDsRect>(module, "NvDsRect", "A box, in pixels.")
      .constructor()
      .field("top", &NvDsRect::top)
      .field("left", &NvDsRect::left)
      .field("width", &NvDsRect::width)
      .field("height", &NvDsRect::height);

  Binding<NvDsGeoLocation>(module, "NvDsGeoLocation", "A place on Earth: degrees, degrees, metres.")
      .constructor()
      .field("lat", &NvDsGeoLocation::lat)
      .field("lon", &NvDsGeoLocation::lon)
      .field("alt", &NvDsGeoLocation::alt);

  Binding<NvDsCoordinate>(module, "NvDsCoordinate", "A place in a room.")
      .constructor()
      .field("x", &NvDsCoordinate::x)
      .field("y", &NvDsCoordinate::y)
      .field("z", &NvDsCoordinate::z);

  Binding<NvDsObjectSignature>(module, "NvDsObjectSignature", "Numbers that tell objects apart.")
      .constructor()
      .first_number("signature", &NvDsObjectSignature::signature, "The first value only.")
      .field("size", &NvDsObjectSignature::size, "Number of values.");
}

void bind_objects(nb::module_& module) {
  Binding<NvDsVehicleObject>(
      module, "NvDsVehicleObject",
      "What is known of a vehicle. Strings read as addresses (see get_string).")
      .constructor()
      .address_string("type", &NvDsVehicleObject::type)
      .address_string("make", &NvDsVehicleObject::make)
      .address_string("model", &NvDsVehicleObject::model)
      .address_string("color", &NvDsVehicleObject::color)
      .address_string("region", &NvDsVehicleObject::region)
      .address_string("license", &NvDsVehicleObject::license);

  Binding<NvDsPersonObject>(
      module, "NvDsPersonObject",
      "What is known of a person. Strings read as addresses (see get_string).")
      .constructor()
      .address_string("gender", &NvDsPersonObject::gender)
      .address_string("hair", &NvDsPersonObject::hair)
      .address_string("cap", &NvDsPersonObject::cap)
      .address_string("apparel", &NvDsPersonObject::apparel)
      .field("age", &NvDsPersonObject::age);

  Binding<NvDsFaceObject>(module, "NvDsFaceObject",
                          "What is known of a face. Strings read as addresses (see get_string).")
      .constructor()
      .address_string("gender", &NvDsFaceObject::gender)
      .address_string("hair", &NvDsFaceObject::hair)
      .address_string("cap", &NvDsFaceObject::cap)
      .address_string("glasses", &NvDsFaceObject::glasses)
      .address_string("facialhair", &NvDsFaceObject::facialhair)
      .address_string("name", &NvDsFaceObject::name)
      .address_string("eyecolor", &NvDsFaceObject::eyecolor)
      .field("age", &NvDsFaceObject::age);

  Binding<NvDsVehicleObjectExt>(module, "NvDsVehicleObjectExt", "A vehicle with its outline.")
      .constructor()
      .owned_string("type", &NvDsVehicleObjectExt::type)
      .owned_string("make", &NvDsVehicleObjectExt::make)
      .owned_string("model", &NvDsVehicleObjectExt::model)
      .owned_string("color", &NvDsVehicleObjectExt::color)
      .owned_string("region", &NvDsVehicleObjectExt::region)
      .owned_string("license", &NvDsVehicleObjectExt::license)
      .field("mask", &NvDsVehicleObjectExt::mask);

  Binding<NvDsPersonObjectExt>(module, "NvDsPersonObjectExt", "A person with an outline.")
      .constructor()
      .owned_string("gender", &NvDsPersonObjectExt::gender)
      .owned_string("hair", &NvDsPersonObjectExt::hair)
      .owned_string("cap", &NvDsPersonObjectExt::cap)
      .owned_string("apparel", &NvDsPersonObjectExt::apparel)
      .field("age", &NvDsPersonObjectExt::age)
      .field("mask", &NvDsPersonObjectExt::mask);

  Binding<NvDsFaceObjectWithExt>(module, "NvDsFaceObjectWithExt", "A face with its outline.")
      .constructor()
      .owned_string("gender", &NvDsFaceObjectWithExt::gender)
      .owned_string("hair", &NvDsFaceObjectWithExt::hair)
      .owned_string("cap", &NvDsFaceObjectWithExt::cap)
      .owned_string("glasses", &NvDsFaceObjectWithExt::glasses)
      .owned_string("facialhair", &NvDsFaceObjectWithExt::facialhair)
      .owned_string("name", &NvDsFaceObjectWithExt::name)
      .owned_string("eyecolor", &NvDsFaceObjectWithExt::eyecolor)
      .field("age", &NvDsFaceObjectWithExt::age)
      .field("mask", &NvDsFaceObjectWithExt::mask);
}

Address read_timestamp(const Ref<NvDsEventMsgMeta>& self) {
  return reinterpret_cast<Address>(self->ts);
}

void write_timestamp(const Ref<NvDsEventMsgMeta>& self, std::variant<Address, nb::str> value) {
  constexpr char kName[] = "NvDsEventMsgMeta.ts";
  NvDsEventMsgMeta* event = self.get();
  char* text;
  if (const auto* given = std::get_if<nb::str>(&value)) {
    text = duplicate(*given);
  } else {
    text = static_cast<char*>(readable(std::get<Address>(value), kName));
    if (text == event->ts) return;
    // A buffer of alloc_buffer() becomes the event's; anything else stays its owner's.
    if (owns_strings(self) && text && !take_buffer(text)) text = g_strdup(text);
  }
  if (owns_strings(self)) g_free(event->ts);
  event->ts = text;
}

void write_signature(const Ref<NvDsEventMsgMeta>& self, const Ref<NvDsObjectSignature>& value) {
  NvDsObjectSignature& signature = self->objSignature;
  const NvDsObjectSignature from = *value.get();
  if (from.signature && from.signature == signature.signature) return;
  auto* copy = static_cast<gdouble*>(g_memdup2(from.signature, from.size * sizeof(gdouble)));
  if (owns_strings(self)) g_free(signature.signature);
  signature = {copy, from.size};
}

std::optional<Ref<NvDsEventMsgMeta>> read_metadata(const Ref<NvDsEvent>& self) {
  if (!self->metadata) return std::nullopt;
  if (message::AnyShared* shared = message::find(self->metadata))
    return Ref<NvDsEventMsgMeta>(shared->value(), shared->element());
  return self.part(self->metadata);
}

void write_metadata(const Ref<NvDsEvent>& self, std::optional<Ref<NvDsEventMsgMeta>> value) {
  self->metadata = value ? value->get() : nullptr;
  if (message::AnyShared* owner = message::find(self.get()))
    owner->hold(message::find(self->metadata));
}

void bind_events(nb::module_& module) {
  Binding<NvDsEventMsgMeta> event(module, "NvDsEventMsgMeta",
                                  "An event to be sent to a message broker. Strings read as "
                                  "addresses (see get_string).");
  event.constructor()
      .pointer("extMsg", &NvDsEventMsgMeta::extMsg, PointerSlot::kPayload,
               "An NvDsVehicleObject, NvDsPersonObject or the like, by objType; kept alive.")
      .field("type", &NvDsEventMsgMeta::type)
      .field("objType", &NvDsEventMsgMeta::objType)
      .field("bbox", &NvDsEventMsgMeta::bbox)
      .field("location", &NvDsEventMsgMeta::location)
      .field("coordinate", &NvDsEventMsgMeta::coordinate)
      .field("objClassId", &NvDsEventMsgMeta::objClassId)
      .field("sensorId", &NvDsEventMsgMeta::sensorId)
      .field("moduleId", &NvDsEventMsgMeta::moduleId)
      .field("placeId", &NvDsEventMsgMeta::placeId)
      .field("componentId", &NvDsEventMsgMeta::componentId)
      .field("frameId", &NvDsEventMsgMeta::frameId)
      .field("confidence", &NvDsEventMsgMeta::confidence)
      .field("trackingId", &NvDsEventMsgMeta::trackingId)
      .address_string("objectId", &NvDsEventMsgMeta::objectId)
      .address_string("sensorStr", &NvDsEventMsgMeta::sensorStr)
      .address_string("otherAttrs", &NvDsEventMsgMeta::otherAttrs)
      .address_string("videoPath", &NvDsEventMsgMeta::videoPath)
      .field("extMsgSize", &NvDsEventMsgMeta::extMsgSize);
  event.python()
      .def_prop_rw(
          "objSignature",
          [](const Ref<NvDsEventMsgMeta>& self) { return self.part(&self->objSignature); },
          &write_signature)
      .def_prop_rw(
          "ts", &read_timestamp, &write_timestamp,
          "The time, RFC 3339, as the address of its text. Set it to an address of alloc_buffer(), "
          "which becomes this event's, or to a str.");

  Binding<NvDsEvent> any_event(module, "NvDsEvent", "An event and its message.");
  any_event.constructor().field("eventType", &NvDsEvent::eventType);
  any_event.python().def_prop_rw("metadata", &read_metadata, &write_metadata,
                                 nb::for_setter(nb::arg("value").none()));

  Binding<NvDsPayload>(module, "NvDsPayload", "A message ready to be sent.")
      .constructor()
      .pointer("payload", &NvDsPayload::payload, PointerSlot::kPayload)
      .field("payloadSize", &NvDsPayload::payloadSize, "Bytes.")
      .field("componentId", &NvDsPayload::componentId);
}

// alloc_*: as the constructor. What it gives lives as long as Python or metadata refers to it.
template <typename T>
void def_alloc(nb::module_& module, const char* name) {
  module.def(name, &make_struct<T>,
             "A zeroed struct that lives as long as Python, or metadata it was given to, refers "
             "to it.");
}

}  // namespace

void bind_schema(nb::module_& module) {
  bind_types(module);
  bind_places(module);
  bind_objects(module);
  bind_events(module);

  def_alloc<NvDsVehicleObject>(module, "alloc_nvds_vehicle_object");
  def_alloc<NvDsPersonObject>(module, "alloc_nvds_person_object");
  def_alloc<NvDsFaceObject>(module, "alloc_nvds_face_object");
  def_alloc<NvDsEvent>(module, "alloc_nvds_event");
  def_alloc<NvDsPayload>(module, "alloc_nvds_payload");
  def_alloc_payload<NvDsEventMsgMeta>(module, "alloc_nvds_event_msg_meta", "user_meta");

  module.def(
      "generate_ts_rfc3339",
      [](Address buffer, size_t size) {
        char* text = static_cast<char*>(readable(buffer, "generate_ts_rfc3339"));
        if (text) message::write_rfc3339(g_get_real_time(), text, size);
      },
      nb::arg("buffer"), nb::arg("size"),
      "Writes the time, such as \"2026-01-31T12:00:00.123Z\", to an address with room for `size` "
      "bytes; 25 hold all of it.");
}

}  // namespace pyds::py
