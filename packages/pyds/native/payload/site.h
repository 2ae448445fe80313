// Site: what nvmsgconv's configuration says about sensors, places and analytics modules.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "nvdsmeta_schema.h"

namespace pyds::payload {

struct Sensor {
  std::string id;
  std::string type;
  std::string description;
  NvDsGeoLocation location = {};
  NvDsCoordinate coordinate = {};
};

struct Place {
  std::string id;
  std::string name;
  std::string type;
  NvDsGeoLocation location = {};
  NvDsCoordinate coordinate = {};
  std::string sub_fields[3];  // of the aisle, parking spot or entrance
};

struct AnalyticsModule {
  std::string id;
  std::string description;
  std::string source;
  std::string version;
};

// By the number in the name of their group.
struct Site {
  std::map<int, Sensor> sensors;
  std::map<int, Place> places;
  std::map<int, AnalyticsModule> modules;
  std::vector<std::string> warnings;  // unknown groups and keys
};

// Groups [sensorN], [placeN] and [analyticsN] of a key file, or of YAML if the name ends in .yml or
// .yaml; those with enable=0 are left out. A name that ends in .csv has one camera per row, under a
// header: camera, sensor id, sensor description, camera id, three place-sub-fields. Throws
// ConfigError, which names file, group and key.
Site load_site(const std::string& file);

}  // namespace pyds::payload
