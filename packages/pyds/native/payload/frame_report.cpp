#include "payload/frame_report.h"

#include <glib.h>

#include "message/timestamp.h"
#include "payload/json.h"
#include "payload/protobuf_writer.h"

namespace pyds::payload {
namespace {

// Six significant digits, independent of the locale.
std::string short_number(double value) {
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  return g_ascii_formatd(text, sizeof text, "%g", value);
}

std::string rfc3339(int64_t time_us) {
  char text[32];
  message::write_rfc3339(time_us, text, sizeof text);
  return text;
}

std::string sensor_id(const Site& site, int number) {
  const auto found = site.sensors.find(number);
  return found == site.sensors.end() ? std::to_string(number) : found->second.id;
}

ReportedObject report_event(const NvDsEventMsgMeta& event) {
  const NvDsRect& box = event.bbox;
  Attributes attributes = attributes_of(event);
  // As many as a vehicle has: readers of the minimal schema count them.
  if (!attributes.are_known) attributes.values.assign(6, {nullptr, std::string()});
  return {event.trackingId,     box.left,         box.top,          box.left + box.width,
          box.top + box.height, type_name(event), event.confidence, std::move(attributes.values),
          attributes.outline};
}

ReportedObject report_object(const NvDsObjectMeta& object) {
  const NvOSD_RectParams& box = object.rect_params;
  ReportedObject reported = {
      object.object_id,     box.left,         box.top,           box.left + box.width,
      box.top + box.height, object.obj_label, object.confidence, {}};
  for (GList* node = object.classifier_meta_list; node; node = node->next) {
    const auto* classifier = static_cast<NvDsClassifierMeta*>(node->data);
    const char* type = classifier->classifier_type;
    for (GList* label = classifier->label_info_list; label; label = label->next)
      reported.attributes.push_back(
          {type && *type ? type : nullptr,
           std::string(static_cast<NvDsLabelInfo*>(label->data)->result_label)});
  }
  return reported;
}

std::string minimal_text(const ReportedObject& object) {
  std::string text = std::to_string(object.tracking_id);
  for (const float edge : {object.left, object.top, object.right, object.bottom})
    text += "|" + short_number(edge);
  text += "|" + object.type;
  if (object.attributes.empty()) return text;
  text += "|#";
  for (const Attribute& attribute : object.attributes) text += "|" + text_of(attribute);
  return text + "|" + short_number(object.confidence);
}

std::string outline_text(const ReportedObject& object) {
  std::string text =
      std::to_string(object.tracking_id) + "|" + std::to_string(g_list_length(object.outline));
  for (GList* node = object.outline; node; node = node->next) {
    if (node != object.outline) text += "|#";
    const auto* polygon = static_cast<GArray*>(node->data);
    for (guint i = 0; i < polygon->len; ++i)
      text += "|" + short_number(g_array_index(polygon, gdouble, i));
  }
  return text;
}

// As a google.protobuf.Timestamp; empty if it is no time.
ProtobufWriter timestamp_message(const std::string& rfc3339) {
  ProtobufWriter message;
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
  g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(rfc3339.c_str(), utc);
  if (!time) return message;
  message.add_integer(1, g_date_time_to_unix(time));
  message.add_integer(2, gint64{g_date_time_get_microsecond(time)} * 1000);
  return message;
}

ProtobufWriter object_message(const ReportedObject& object) {
  ProtobufWriter box;
  const float edges[] = {object.left, object.top, object.right, object.bottom};
  for (unsigned i = 0; i < 4; ++i) box.add_float(i + 1, edges[i]);
  ProtobufWriter message;
  message.add_text(1, std::to_string(object.tracking_id));
  message.add_message(2, box);
  message.add_text(3, valid_utf8(object.type));
  message.add_float(4, float(object.confidence));
  for (const Attribute& attribute : object.attributes)
    if (attribute.name)
      message.add_pair(5, valid_utf8(attribute.name), valid_utf8(text_of(attribute)));
  return message;
}

}  // namespace

std::string timestamp_of(const NvDsEventMsgMeta& event) {
  return event.ts && *event.ts ? event.ts : rfc3339(g_get_real_time());
}

std::string timestamp_of(const NvDsFrameMeta& frame) {
  return rfc3339(frame.ntp_timestamp ? int64_t(frame.ntp_timestamp / 1000) : g_get_real_time());
}

std::vector<std::string> custom_messages_of(const NvDsFrameMeta& frame) {
  std::vector<std::string> messages;
  for (GList* node = g_list_last(frame.frame_user_meta_list); node; node = node->prev) {
    const auto* user_meta = static_cast<NvDsUserMeta*>(node->data);
    if (user_meta->base_meta.meta_type != NVDS_CUSTOM_MSG_BLOB || !user_meta->user_meta_data)
      continue;
    const auto* blob = static_cast<NvDsCustomMsgInfo*>(user_meta->user_meta_data);
    messages.emplace_back(static_cast<const char*>(blob->message), blob->size);
  }
  return messages;
}

FrameReport report_events(const Site& site, const Events& events) {
  const NvDsEventMsgMeta& first = *events.front();
  FrameReport report;
  report.id = std::to_string(first.frameId);
  report.timestamp = timestamp_of(first);
  report.sensor_id = first.sensorStr ? first.sensorStr : sensor_id(site, first.sensorId);
  for (const NvDsEventMsgMeta* event : events) report.objects.push_back(report_event(*event));
  return report;
}

FrameReport report_frame(const Site& site, const NvDsFrameMeta& frame) {
  FrameReport report;
  report.id = std::to_string(frame.frame_num);
  report.timestamp = timestamp_of(frame);
  report.sensor_id = sensor_id(site, int(frame.source_id));
  for (GList* node = frame.obj_meta_list; node; node = node->next)
    report.objects.push_back(report_object(*static_cast<NvDsObjectMeta*>(node->data)));
  report.custom_messages = custom_messages_of(frame);
  return report;
}

std::string minimal_json(const FrameReport& report) {
  Json message = {{"version", "4.0"},
                  {"id", report.id},
                  {"@timestamp", report.timestamp},
                  {"sensorId", report.sensor_id},
                  {"objects", Json::array()}};
  for (const ReportedObject& object : report.objects) {
    message["objects"].push_back(minimal_text(object));
    if (object.outline) message["masks"].push_back(outline_text(object));
  }
  if (!report.custom_messages.empty()) message["customMessage"] = report.custom_messages;
  return text_of(message);
}

std::string protobuf(const FrameReport& report) {
  ProtobufWriter message;
  message.add_text(1, "4.0");
  message.add_text(2, report.id);
  message.add_message(3, timestamp_message(report.timestamp));
  message.add_text(4, valid_utf8(report.sensor_id));
  for (const ReportedObject& object : report.objects)
    message.add_message(5, object_message(object));
  return message.bytes();
}

}  // namespace pyds::payload
