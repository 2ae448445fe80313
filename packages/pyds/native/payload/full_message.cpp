#include "payload/full_message.h"

#include <glib.h>

#include "payload/attributes.h"
#include "payload/frame_report.h"
#include "payload/json.h"

namespace pyds::payload {
namespace {

std::string new_id() {
  g_autofree gchar* id = g_uuid_string_random();
  return id;
}

Json json_of(const NvDsGeoLocation& location) {
  return {{"lat", location.lat}, {"lon", location.lon}, {"alt", location.alt}};
}

Json json_of(const NvDsCoordinate& coordinate) {
  return {{"x", coordinate.x}, {"y", coordinate.y}, {"z", coordinate.z}};
}

// Where in a place something happens, and what its three sub-fields are called then.
struct Spot {
  const char* name;  // nullptr: nowhere in particular
  const char* sub_fields[3] = {};
};

Spot spot_of(const NvDsEventMsgMeta& event) {
  static const Spot aisle = {"aisle", {"id", "name", "level"}};
  static const Spot parking_spot = {"parkingSpot", {"id", "type", "level"}};
  static const Spot entrance = {"entrance", {"name", "lane", "level"}};
  switch (event.type) {
    case NVDS_EVENT_MOVING:
    case NVDS_EVENT_STOPPED:
      return aisle;
    case NVDS_EVENT_EMPTY:
    case NVDS_EVENT_PARKED:
      return parking_spot;
    case NVDS_EVENT_ENTRY:
    case NVDS_EVENT_EXIT:
      return event.objType == NVDS_OBJECT_TYPE_VEHICLE ? aisle : entrance;
    default:
      return {nullptr};
  }
}

Json place_json(const Site& site, int number, const Spot& spot) {
  const auto found = site.places.find(number);
  if (found == site.places.end()) return nullptr;
  const Place& place = found->second;
  Json json = {{"id", place.id},
               {"name", place.name},
               {"type", place.type},
               {"location", json_of(place.location)}};
  if (!spot.name) return json;
  Json& inside = json[spot.name];
  for (int i = 0; i < 3; ++i) inside[spot.sub_fields[i]] = place.sub_fields[i];
  inside["coordinate"] = json_of(place.coordinate);
  return json;
}

Json sensor_json(const Site& site, int number) {
  const auto found = site.sensors.find(number);
  if (found == site.sensors.end()) return nullptr;
  const Sensor& sensor = found->second;
  return {{"id", sensor.id},
          {"type", sensor.type},
          {"description", sensor.description},
          {"location", json_of(sensor.location)},
          {"coordinate", json_of(sensor.coordinate)}};
}

Json module_json(const Site& site, int number) {
  const auto found = site.modules.find(number);
  if (found == site.modules.end()) return nullptr;
  const AnalyticsModule& module = found->second;
  return {{"id", module.id},
          {"description", module.description},
          {"source", module.source},
          {"version", module.version}};
}

const char* event_name(NvDsEventType type) {
  switch (type) {
    case NVDS_EVENT_ENTRY:
      return "entry";
    case NVDS_EVENT_EXIT:
      return "exit";
    case NVDS_EVENT_MOVING:
      return "moving";
    case NVDS_EVENT_STOPPED:
      return "stopped";
    case NVDS_EVENT_EMPTY:
      return "empty";
    case NVDS_EVENT_PARKED:
      return "parked";
    case NVDS_EVENT_RESET:
      return "reset";
    default:
      return "";
  }
}

// Whole pixels; infinite or huge values have none.
Json pixel(float value) {
  return value > -1e9f && value < 1e9f ? Json(static_cast<int>(value)) : Json();
}

Json box_json(float left, float top, float width, float height) {
  return {{"topleftx", pixel(left)},
          {"toplefty", pixel(top)},
          {"bottomrightx", pixel(left + width)},
          {"bottomrighty", pixel(top + height)}};
}

Json moving_object(guint64 tracking_id) {
  return {{"id", std::to_string(tracking_id)},
          {"speed", 0.0},
          {"direction", 0.0},
          {"orientation", 0.0}};
}

void add_attributes(const NvDsEventMsgMeta& event, Json& object) {
  const Attributes attributes = attributes_of(event);
  if (attributes.kind) {
    Json& json = object[attributes.kind];
    for (const Attribute& attribute : attributes.values)
      std::visit([&](const auto& value) { json[attribute.name] = value; }, attribute.value);
    json["confidence"] = attributes.are_known ? event.confidence : 1.0;
  } else if (event.objType == NVDS_OBJECT_TYPE_UNKNOWN && event.objectId) {
    object[event.objectId] = Json::object();
  }
  for (GList* node = attributes.outline; node; node = node->next) {
    const auto* polygon = static_cast<GArray*>(node->data);
    const auto* values = reinterpret_cast<const gdouble*>(polygon->data);
    object["maskoutline"].push_back(std::vector<gdouble>(values, values + polygon->len));
  }
}

Json object_json(const NvDsEventMsgMeta& event) {
  Json object = moving_object(event.trackingId);
  add_attributes(event, object);
  const NvDsRect& box = event.bbox;
  object["bbox"] = box_json(box.left, box.top, box.width, box.height);
  const NvDsObjectSignature& signature = event.objSignature;
  if (signature.signature && signature.size)
    object["signature"] =
        std::vector<gdouble>(signature.signature, signature.signature + signature.size);
  object["location"] = json_of(event.location);
  object["coordinate"] = json_of(event.coordinate);
  return object;
}

Json object_json(const NvDsObjectMeta& meta) {
  Json object = moving_object(meta.object_id);
  Json& labels = object[meta.obj_label];
  labels["confidence"] = meta.confidence;
  for (GList* node = meta.classifier_meta_list; node; node = node->next) {
    const auto* classifier = static_cast<NvDsClassifierMeta*>(node->data);
    if (!classifier->classifier_type || !*classifier->classifier_type) continue;
    for (GList* label = classifier->label_info_list; label; label = label->next)
      labels[classifier->classifier_type] = static_cast<NvDsLabelInfo*>(label->data)->result_label;
  }
  const NvOSD_RectParams& box = meta.rect_params;
  object["bbox"] = box_json(box.left, box.top, box.width, box.height);
  object["location"] = Json::object();
  object["coordinate"] = Json::object();
  return object;
}

Json head(const std::string& timestamp) {
  return {{"messageid", new_id()}, {"mdsversion", "1.0"}, {"@timestamp", timestamp}};
}

}  // namespace

std::string full_message(const Site& site, const NvDsEventMsgMeta& event) {
  Json message = head(timestamp_of(event));
  message["place"] = place_json(site, event.placeId, spot_of(event));
  message["sensor"] = sensor_json(site, event.sensorId);
  message["analyticsModule"] = module_json(site, event.moduleId);
  message["object"] = object_json(event);
  message["event"] = {{"id", new_id()}, {"type", event_name(event.type)}};
  message["videoPath"] = event.videoPath ? event.videoPath : "";
  return text_of(message);
}

std::string full_message(const Site& site, const NvDsFrameMeta& frame,
                         const NvDsObjectMeta& object) {
  const int number = int(frame.source_id);
  Json message = head(timestamp_of(frame));
  message["place"] = place_json(site, number, {"place-sub-field", {"id", "name", "level"}});
  message["sensor"] = sensor_json(site, number);
  message["analyticsModule"] = module_json(site, number);
  message["object"] = object_json(object);
  message["event"] = {{"id", new_id()}, {"type", ""}};
  message["videoPath"] = "";
  const std::vector<std::string> custom = custom_messages_of(frame);
  if (!custom.empty()) message["customMessage"] = custom;
  return text_of(message);
}

}  // namespace pyds::payload
