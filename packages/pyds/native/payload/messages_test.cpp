#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "message/shared_struct.h"
#include "payload/converter.h"
#include "payload/frame_report.h"
#include "payload/full_message.h"
#include "payload/json.h"
#include "payload/payload_meta.h"

namespace pyds::payload {
namespace {

using message::SharedStruct;
using testing::ElementsAre;

Site site() {
  Site site;
  site.sensors[0] = {"CAMERA_ID", "Camera", "Entrance", {45.5, -75.25, 48}, {5.2, 10.1, 11.2}};
  site.places[0] = {"1", "XYZ", "garage", {30, -40, 100}, {1, 2, 3}, {"walsh", "lane1", "P2"}};
  site.modules[0] = {"XYZ", "Detection", "OpenALR", "1.0"};
  return site;
}

// As deepstream-test4 fills it. Strings and the vehicle live as long as this.
struct Event {
  Event() {
    meta.type = NVDS_EVENT_MOVING;
    meta.objType = NVDS_OBJECT_TYPE_VEHICLE;
    meta.bbox = {150.75f, 1834, 84, 65};
    meta.frameId = 30;
    meta.trackingId = 957;
    meta.confidence = 0.8;
    meta.ts = timestamp;
    meta.extMsg = &vehicle;
    meta.extMsgSize = sizeof vehicle;
  }

  NvDsEventMsgMeta meta = {};
  char timestamp[25] = "2018-04-11T04:59:59.828Z";
  char texts[6][16] = {"sedan", "Bugatti", "M", "blue", "California", "CA 444"};
  NvDsVehicleObject vehicle = {texts[0], texts[1], texts[2], texts[3], texts[4], texts[5]};
};

Json full(const NvDsEventMsgMeta& event) { return Json::parse(full_message(site(), event)); }
Json minimal(const NvDsEventMsgMeta& event) {
  return Json::parse(minimal_json(report_events(site(), {&event})));
}

TEST(FullMessage, SaysAllOfAnEvent) {
  const Json message = full(Event().meta);
  EXPECT_EQ(message["mdsversion"], "1.0");
  EXPECT_EQ(message["@timestamp"], "2018-04-11T04:59:59.828Z");
  EXPECT_EQ(message["messageid"].get<std::string>().size(), 36u);
  EXPECT_EQ(message["place"], Json::parse(R"({"id": "1", "name": "XYZ", "type": "garage",
      "location": {"lat": 30.0, "lon": -40.0, "alt": 100.0},
      "aisle": {"id": "walsh", "name": "lane1", "level": "P2",
                "coordinate": {"x": 1.0, "y": 2.0, "z": 3.0}}})"));
  EXPECT_EQ(message["sensor"]["location"]["lon"], -75.25);
  EXPECT_EQ(message["analyticsModule"]["source"], "OpenALR");
  EXPECT_EQ(message["object"], Json::parse(R"({"id": "957", "speed": 0.0, "direction": 0.0,
      "orientation": 0.0,
      "vehicle": {"type": "sedan", "make": "Bugatti", "model": "M", "color": "blue",
                  "license": "CA 444", "licenseState": "California", "confidence": 0.8},
      "bbox": {"topleftx": 1834, "toplefty": 150, "bottomrightx": 1918, "bottomrighty": 215},
      "location": {"lat": 0.0, "lon": 0.0, "alt": 0.0},
      "coordinate": {"x": 0.0, "y": 0.0, "z": 0.0}})"));
  EXPECT_EQ(message["event"]["type"], "moving");
  EXPECT_EQ(message["videoPath"], "");
}

TEST(FullMessage, PutsTheSpotWhereTheEventHappens) {
  Event event;
  const auto spot = [&](NvDsEventType type, NvDsObjectType object) {
    event.meta.type = type;
    event.meta.objType = object;
    event.meta.extMsg = nullptr;
    return full(event.meta)["place"];
  };
  EXPECT_EQ(spot(NVDS_EVENT_PARKED, NVDS_OBJECT_TYPE_VEHICLE)["parkingSpot"]["type"], "lane1");
  EXPECT_EQ(spot(NVDS_EVENT_ENTRY, NVDS_OBJECT_TYPE_PERSON)["entrance"]["lane"], "lane1");
  EXPECT_EQ(spot(NVDS_EVENT_EXIT, NVDS_OBJECT_TYPE_VEHICLE)["aisle"]["id"], "walsh");
  EXPECT_EQ(spot(NVDS_EVENT_RESET, NVDS_OBJECT_TYPE_VEHICLE).size(), 4u);
}

TEST(FullMessage, OfAnObjectWithoutAttributesHasThemEmpty) {
  Event event;
  event.meta.extMsg = nullptr;
  event.meta.objType = NVDS_OBJECT_TYPE_PERSON;
  EXPECT_EQ(full(event.meta)["object"]["person"],
            Json::parse(R"({"gender": "", "age": 0, "hair": "", "cap": "", "apparel": "",
                            "confidence": 1.0})"));
}

TEST(FullMessage, HasNullForASiteThatIsNotKnown) {
  Event event;
  event.meta.sensorId = event.meta.placeId = event.meta.moduleId = 5;
  const Json message = full(event.meta);
  EXPECT_TRUE(message["sensor"].is_null());
  EXPECT_TRUE(message["place"].is_null());
  EXPECT_TRUE(message["analyticsModule"].is_null());
}

TEST(FullMessage, StaysJsonWhateverIsInIt) {
  Event event;
  char odd[] = "\"a\\b\"\n\xff\x01";
  event.vehicle.make = odd;
  event.meta.videoPath = odd;
  event.meta.confidence = std::nan("");
  event.meta.bbox = {INFINITY, 1e30f, 0, 0};
  const Json message = full(event.meta);
  EXPECT_EQ(message["object"]["vehicle"]["make"], "\"a\\b\"\n\uFFFD\x01");
  EXPECT_TRUE(message["object"]["vehicle"]["confidence"].is_null());
  EXPECT_TRUE(message["object"]["bbox"]["topleftx"].is_null());
}

TEST(FullMessage, HasSignatureAndOutline) {
  Event event;
  gdouble signature[] = {0.5, -1};
  event.meta.objSignature = {signature, 2};
  GArray* polygon = g_array_new(FALSE, FALSE, sizeof(gdouble));
  const gdouble points[] = {1, 2, 3.5, 4};
  g_array_append_vals(polygon, points, 4);
  GList node = {polygon};
  NvDsVehicleObjectExt vehicle = {event.texts[0], nullptr, nullptr, nullptr,
                                  nullptr,        nullptr, &node};
  event.meta.objType = NVDS_OBJECT_TYPE_VEHICLE_EXT;
  event.meta.extMsg = &vehicle;
  const Json object = full(event.meta)["object"];
  EXPECT_EQ(object["signature"], Json::parse("[0.5, -1.0]"));
  EXPECT_EQ(object["maskoutline"], Json::parse("[[1.0, 2.0, 3.5, 4.0]]"));
  EXPECT_EQ(minimal(event.meta)["masks"], Json::parse(R"(["957|1|1|2|3.5|4"])"));
  g_array_unref(polygon);
}

TEST(MinimalMessage, IsOneLineForEachObject) {
  Event event;
  EXPECT_EQ(minimal(event.meta), Json::parse(R"({"version": "4.0", "id": "30",
      "@timestamp": "2018-04-11T04:59:59.828Z", "sensorId": "CAMERA_ID",
      "objects": ["957|1834|150.75|1918|215.75|Vehicle|#|sedan|Bugatti|M|blue|CA 444|California|0.8"]})"));
}

TEST(MinimalMessage, IsAsDeepStreamPrintsAPerson) {
  Event event;
  char texts[4][8] = {"male", "black", "none", "formal"};
  NvDsPersonObject person = {texts[0], texts[1], texts[2], texts[3], 45};
  event.meta.objType = NVDS_OBJECT_TYPE_PERSON;
  event.meta.extMsg = &person;
  event.meta.trackingId = G_MAXUINT64;
  event.meta.bbox = {485.434f, 123.095f, 81.442f, 280.18f};
  event.meta.confidence = 0.499268;
  EXPECT_EQ(minimal(event.meta)["objects"][0],
            "18446744073709551615|123.095|485.434|204.537|765.614|Person|#|male|45|black|none|"
            "formal|0.499268");
}

TEST(MinimalMessage, OfAnObjectWithoutAttributesKeepsTheirPlaces) {
  Event event;
  event.meta.extMsgSize = 0;
  EXPECT_EQ(minimal(event.meta)["objects"][0], "957|1834|150.75|1918|215.75|Vehicle|#|||||||0.8");
}

TEST(MinimalMessage, TakesTheSensorFromTheEventFirst) {
  Event event;
  char sensor[] = "sensor-0";
  event.meta.sensorStr = sensor;
  EXPECT_EQ(minimal(event.meta)["sensorId"], "sensor-0");
}

TEST(Attributes, OfAStructThatIsTooSmallAreNotRead) {
  auto* person = SharedStruct<NvDsPersonObject>::make();
  Event event;
  event.meta.objType = NVDS_OBJECT_TYPE_FACE;
  event.meta.extMsg = person->value();
  event.meta.extMsgSize = 1000;
  EXPECT_FALSE(attributes_of(event.meta).are_known);
  person->unref();
}

// A frame with two objects, the second classified.
class Frame : public testing::Test {
 protected:
  Frame() {
    nvds_add_frame_meta_to_batch(batch_, frame_);
    frame_->frame_num = 7;
    frame_->ntp_timestamp = 1700000000123456789;
    add_object("car", 10);
    NvDsObjectMeta* second = add_object("bus", 20);
    NvDsClassifierMeta* classifier = nvds_acquire_classifier_meta_from_pool(batch_);
    classifier->classifier_type = "color";
    NvDsLabelInfo* label = nvds_acquire_label_info_meta_from_pool(batch_);
    g_strlcpy(label->result_label, "red", sizeof label->result_label);
    nvds_add_label_info_meta_to_classifier(classifier, label);
    nvds_add_classifier_meta_to_object(second, classifier);
  }
  ~Frame() override { nvds_destroy_batch_meta(batch_); }

  NvDsObjectMeta* add_object(const char* label, float left) {
    NvDsObjectMeta* object = nvds_acquire_obj_meta_from_pool(batch_);
    g_strlcpy(object->obj_label, label, sizeof object->obj_label);
    object->object_id = guint64(left);
    object->confidence = 0.25;
    object->rect_params.left = left;
    object->rect_params.width = 5.5;
    nvds_add_obj_meta_to_frame(frame_, object, nullptr);
    return object;
  }

  NvDsBatchMeta* batch_ = nvds_create_batch_meta(1);
  NvDsFrameMeta* frame_ = nvds_acquire_frame_meta_from_pool(batch_);
};

TEST_F(Frame, IsReportedWithoutEvents) {
  EXPECT_EQ(Json::parse(minimal_json(report_frame(site(), *frame_))),
            Json::parse(R"({"version": "4.0", "id": "7", "@timestamp": "2023-11-14T22:13:20.123Z",
                "sensorId": "CAMERA_ID",
                "objects": ["20|20|0|25.5|0|bus|#|red|0.25", "10|10|0|15.5|0|car"]})"));
}

TEST_F(Frame, GivesAFullMessageOfEachObject) {
  auto converter = make_converter({NVDS_PAYLOAD_DEEPSTREAM_MINIMAL});
  EXPECT_EQ(converter->of_frame(*frame_).size(), 1u);
  auto* second = static_cast<NvDsObjectMeta*>(frame_->obj_meta_list->data);
  const Json message = Json::parse(full_message(site(), *frame_, *second));
  EXPECT_EQ(message["object"]["bus"], Json::parse(R"({"confidence": 0.25, "color": "red"})"));
  EXPECT_EQ(message["place"]["place-sub-field"]["level"], "P2");
  EXPECT_EQ(message["object"]["bbox"]["bottomrightx"], 25);
}

TEST_F(Frame, AddsCustomMessages) {
  char text[] = "door open!";
  NvDsCustomMsgInfo blob = {text, 9};
  NvDsUserMeta* user_meta = nvds_acquire_user_meta_from_pool(batch_);
  user_meta->base_meta.meta_type = NVDS_CUSTOM_MSG_BLOB;
  user_meta->user_meta_data = &blob;
  nvds_add_user_meta_to_frame(frame_, user_meta);
  const Json message = Json::parse(minimal_json(report_frame(site(), *frame_)));
  EXPECT_EQ(message["customMessage"], Json::parse(R"(["door open"])"));
}

TEST_F(Frame, KeepsItsMessagesInOrderAndGivesThemToCopies) {
  add_message(frame_, "first", 0);
  add_message(frame_, std::string("sec\0nd", 6), 3);
  auto* copy = static_cast<NvDsBatchMeta*>(nvds_batch_meta_copy_func(batch_, nullptr));
  EXPECT_THAT(messages_of(copy, 0), ElementsAre("first", std::string_view("sec\0nd", 6)));
  EXPECT_THAT(messages_of(copy, 3), ElementsAre(std::string_view("sec\0nd", 6)));
  nvds_destroy_batch_meta(copy);
}

TEST(Converter, SaysWhatItNeeds) {
  EXPECT_THROW(make_converter({NVDS_PAYLOAD_DEEPSTREAM}), std::runtime_error);
  EXPECT_THROW(make_converter({NVDS_PAYLOAD_CUSTOM}), std::runtime_error);
  EXPECT_THROW(make_converter({NVDS_PAYLOAD_CUSTOM, "", "/no/such.so"}), std::runtime_error);
  const auto stand_in = make_converter(
      {NVDS_PAYLOAD_DEEPSTREAM_MINIMAL, "", "/opt/nvidia/deepstream/lib/libnvds_msgconv.so"});
  EXPECT_TRUE(stand_in);
}

}  // namespace
}  // namespace pyds::payload
