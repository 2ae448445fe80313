#include "payload/site.h"

#include <glib.h>

#include <charconv>
#include <fstream>
#include <limits>
#include <optional>

#include "infer/config.h"
#include "infer/config_file.h"
#include "infer/config_value.h"

namespace pyds::payload {
namespace {

// N of the group name "<prefix>N".
std::optional<int> number_after(const std::string& prefix, const std::string& name) {
  if (name.compare(0, prefix.size(), prefix) != 0) return std::nullopt;
  int number = 0;
  const char* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + prefix.size(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end && number >= 0 ? std::optional(number)
                                                                      : std::nullopt;
}

// The entries of one group, taken out as they are read.
class Entries {
 public:
  Entries(const std::string& file, const ConfigGroup& group) : file_(file), group_(group) {}

  std::string text(const char* key) {
    const ConfigEntry* entry = take(key);
    return entry ? unquoted(entry->text) : std::string();
  }

  bool is_enabled() {
    const ConfigEntry* entry = take("enable");
    return !entry || value(*entry).boolean();
  }

  // Three numbers, or zeros if the key is not there.
  void triple(const char* key, double& first, double& second, double& third) {
    const ConfigEntry* entry = take(key);
    if (!entry) return;
    const std::vector<std::string> parts = value(*entry).list();
    if (parts.size() != 3) value(*entry).refuse("three numbers separated by ';'");
    double* const numbers[] = {&first, &second, &third};
    constexpr double kMost = std::numeric_limits<double>::max();
    for (size_t i = 0; i < 3; ++i)
      *numbers[i] = ConfigValue(file_, group_.name, key, parts[i]).number(-kMost, kMost);
  }

  void location(NvDsGeoLocation& to) { triple("location", to.lat, to.lon, to.alt); }
  void coordinate(NvDsCoordinate& to) { triple("coordinate", to.x, to.y, to.z); }

  void warn_of_the_rest(std::vector<std::string>& warnings) const {
    for (const ConfigEntry& entry : group_.entries)
      warnings.push_back(file_ + ": [" + group_.name + "] " + entry.key + " is not known");
  }

 private:
  ConfigValue value(const ConfigEntry& entry) const {
    return {file_, group_.name, entry.key, entry.text};
  }

  const ConfigEntry* take(const char* key) {
    for (size_t i = 0; i < group_.entries.size(); ++i) {
      if (group_.entries[i].key != key) continue;
      taken_ = std::move(group_.entries[i]);
      group_.entries.erase(group_.entries.begin() + i);
      return &taken_;
    }
    return nullptr;
  }

  const std::string& file_;
  ConfigGroup group_;
  ConfigEntry taken_;
};

Sensor read_sensor(Entries& entries) {
  Sensor sensor;
  sensor.id = entries.text("id");
  sensor.type = entries.text("type");
  sensor.description = entries.text("description");
  entries.location(sensor.location);
  entries.coordinate(sensor.coordinate);
  return sensor;
}

Place read_place(Entries& entries) {
  Place place;
  place.id = entries.text("id");
  place.name = entries.text("name");
  place.type = entries.text("type");
  entries.location(place.location);
  entries.coordinate(place.coordinate);
  for (int i = 0; i < 3; ++i)
    place.sub_fields[i] = entries.text(("place-sub-field" + std::to_string(i + 1)).c_str());
  return place;
}

AnalyticsModule read_module(Entries& entries) {
  AnalyticsModule module;
  module.id = entries.text("id");
  module.description = entries.text("description");
  module.source = entries.text("source");
  module.version = entries.text("version");
  return module;
}

Site load_groups(const std::string& file) {
  Site site;
  for (const ConfigGroup& group : read_config_file(file)) {
    Entries entries(file, group);
    const auto sensor = number_after("sensor", group.name);
    const auto place = number_after("place", group.name);
    const auto module = number_after("analytics", group.name);
    if (!sensor && !place && !module) {
      site.warnings.push_back(file + ": the group [" + group.name +
                              "] is not known; there are [sensorN], [placeN] and [analyticsN]");
      continue;
    }
    if (!entries.is_enabled()) continue;
    if (sensor) site.sensors[*sensor] = read_sensor(entries);
    if (place) site.places[*place] = read_place(entries);
    if (module) site.modules[*module] = read_module(entries);
    entries.warn_of_the_rest(site.warnings);
  }
  return site;
}

// Columns of a row.
enum Column { kCamera, kSensorId, kSensorDescription, kCameraId, kSubField, kColumns = 7 };

Site load_table(const std::string& file) {
  std::ifstream stream(file);
  if (!stream) throw ConfigError(file + " cannot be read: check the property config");
  Site site;
  std::string line;
  std::getline(stream, line);  // the header
  for (int index = 0; std::getline(stream, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (line.empty()) continue;
    g_auto(GStrv) fields = g_strsplit(line.c_str(), ",", -1);
    if (g_strv_length(fields) < kColumns)
      throw ConfigError(file + ": row " + std::to_string(index + 1) + " has " +
                        std::to_string(g_strv_length(fields)) + " columns; expected 7: camera, " +
                        "sensor id, sensor description, camera id, three place-sub-fields");
    Sensor& sensor = site.sensors[index];
    sensor.id = unquoted(fields[kSensorId]);
    sensor.type = "Camera";
    sensor.description = unquoted(fields[kSensorDescription]);
    Place& place = site.places[index];
    for (int i = 0; i < 3; ++i) place.sub_fields[i] = unquoted(fields[kSubField + i]);
    site.modules[index].version = "1.0";
    ++index;
  }
  return site;
}

}  // namespace

Site load_site(const std::string& file) {
  return g_str_has_suffix(file.c_str(), ".csv") ? load_table(file) : load_groups(file);
}

}  // namespace pyds::payload
