// Event messages: what an application tells a message broker about an object.
//
// An NvDsEventMsgMeta travels as a user meta of type NVDS_EVENT_MSG_META. Strings are g_malloc'ed
// and belong to the struct that points to them, as do the signature and the extended message.
#pragma once

#include <glib.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum NvDsEventType {
  NVDS_EVENT_ENTRY = 0,
  NVDS_EVENT_EXIT = 1,
  NVDS_EVENT_MOVING = 2,
  NVDS_EVENT_STOPPED = 3,
  NVDS_EVENT_EMPTY = 4,
  NVDS_EVENT_PARKED = 5,
  NVDS_EVENT_RESET = 6,
  NVDS_EVENT_RESERVED = 0x100,
  NVDS_EVENT_CUSTOM = 0x101,
  NVDS_EVENT_FORCE32 = 0x7FFFFFFF
} NvDsEventType;

typedef enum NvDsObjectType {
  NVDS_OBJECT_TYPE_VEHICLE = 0,
  NVDS_OBJECT_TYPE_PERSON = 1,
  NVDS_OBJECT_TYPE_FACE = 2,
  NVDS_OBJECT_TYPE_BAG = 3,
  NVDS_OBJECT_TYPE_BICYCLE = 4,
  NVDS_OBJECT_TYPE_ROADSIGN = 5,
  NVDS_OBJECT_TYPE_VEHICLE_EXT = 6,
  NVDS_OBJECT_TYPE_PERSON_EXT = 7,
  NVDS_OBJECT_TYPE_FACE_EXT = 8,
  NVDS_OBJECT_TYPE_RESERVED = 0x100,
  NVDS_OBJECT_TYPE_CUSTOM = 0x101,
  NVDS_OBJECT_TYPE_UNKNOWN = 0x102,
  NVDS_OBEJCT_TYPE_FORCE32 = 0x7FFFFFFF  // sic: existing code spells it so
} NvDsObjectType;

typedef enum NvDsPayloadType {
  NVDS_PAYLOAD_DEEPSTREAM = 0,
  NVDS_PAYLOAD_DEEPSTREAM_MINIMAL = 1,
  NVDS_PAYLOAD_DEEPSTREAM_PROTOBUF = 2,
  NVDS_PAYLOAD_RESERVED = 0x100,
  NVDS_PAYLOAD_CUSTOM = 0x101,
  NVDS_PAYLOAD_FORCE32 = 0x7FFFFFFF
} NvDsPayloadType;

typedef struct NvDsRect {
  float top;
  float left;
  float width;
  float height;
} NvDsRect;

typedef struct NvDsGeoLocation {
  gdouble lat;  // degrees
  gdouble lon;  // degrees
  gdouble alt;  // metres
} NvDsGeoLocation;

typedef struct NvDsCoordinate {
  gdouble x;
  gdouble y;
  gdouble z;
} NvDsCoordinate;

typedef struct NvDsObjectSignature {
  gdouble* signature;
  guint size;  // values
} NvDsObjectSignature;

typedef struct NvDsVehicleObject {
  gchar* type;
  gchar* make;
  gchar* model;
  gchar* color;
  gchar* region;
  gchar* license;
} NvDsVehicleObject;

typedef struct NvDsPersonObject {
  gchar* gender;
  gchar* hair;
  gchar* cap;
  gchar* apparel;
  guint age;
} NvDsPersonObject;

typedef struct NvDsFaceObject {
  gchar* gender;
  gchar* hair;
  gchar* cap;
  gchar* glasses;
  gchar* facialhair;
  gchar* name;
  gchar* eyecolor;
  guint age;
} NvDsFaceObject;

// The same with the object's outline, a list of polygons that belongs to whoever made it.
typedef struct NvDsVehicleObjectExt {
  gchar* type;
  gchar* make;
  gchar* model;
  gchar* color;
  gchar* region;
  gchar* license;
  GList* mask;
} NvDsVehicleObjectExt;

typedef struct NvDsPersonObjectExt {
  gchar* gender;
  gchar* hair;
  gchar* cap;
  gchar* apparel;
  guint age;
  GList* mask;
} NvDsPersonObjectExt;

typedef struct NvDsFaceObjectWithExt {
  gchar* gender;
  gchar* hair;
  gchar* cap;
  gchar* glasses;
  gchar* facialhair;
  gchar* name;
  gchar* eyecolor;
  guint age;
  GList* mask;
} NvDsFaceObjectWithExt;

typedef struct NvDsEventMsgMeta {
  NvDsEventType type;
  NvDsObjectType objType;
  NvDsRect bbox;  // pixels of the muxed frame
  NvDsGeoLocation location;
  NvDsCoordinate coordinate;
  NvDsObjectSignature objSignature;
  gint objClassId;
  gint sensorId;
  gint moduleId;
  gint placeId;
  gint componentId;
  gint frameId;
  gdouble confidence;
  guint64 trackingId;
  gchar* ts;  // RFC 3339, UTC
  gchar* objectId;
  gchar* sensorStr;
  gchar* otherAttrs;
  gchar* videoPath;
  gpointer extMsg;   // NvDsVehicleObject, NvDsPersonObject, ..., by objType
  guint extMsgSize;  // bytes; 0 if there is no extMsg
} NvDsEventMsgMeta;

typedef struct NvDsEvent {
  NvDsEventType eventType;
  NvDsEventMsgMeta* metadata;
} NvDsEvent;

// Text that nvmsgconv adds to the messages it makes of a frame's metadata: the payload of a frame
// user meta of type NVDS_CUSTOM_MSG_BLOB.
typedef struct NvDsCustomMsgInfo {
  void* message;
  guint size;  // bytes, without a terminator
} NvDsCustomMsgInfo;

// A message ready to be sent: the payload of a user meta of type NVDS_PAYLOAD_META.
typedef struct NvDsPayload {
  gpointer payload;
  guint payloadSize;  // bytes
  guint componentId;
} NvDsPayload;

#ifdef __cplusplus
}
#endif
