#include "analytics/config_file.h"

#include <glib.h>

#include <charconv>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace pyds::analytics {
namespace {

struct KeyFileFree {
  void operator()(GKeyFile* file) const { g_key_file_free(file); }
};
using KeyFile = std::unique_ptr<GKeyFile, KeyFileFree>;

std::vector<std::string> strings(gchar** list) {
  std::vector<std::string> result;
  for (gchar** text = list; text && *text; ++text) result.emplace_back(*text);
  g_strfreev(list);
  return result;
}

// One group of the file. Keys are taken out as they are read; the rest is unknown.
class Group {
 public:
  Group(GKeyFile* file, std::string path, std::string name)
      : file_(file), path_(std::move(path)), name_(std::move(name)) {
    for (std::string& key : strings(g_key_file_get_keys(file_, name_.c_str(), nullptr, nullptr)))
      unread_.insert(std::move(key));
  }

  [[noreturn]] void refuse(const std::string& key, const std::string& allowed) const {
    throw std::runtime_error(path_ + ": [" + name_ + "] " + key + "=" + text(key) +
                             " is not understood; it takes " + allowed);
  }

  bool take(const std::string& key) { return unread_.erase(key) > 0; }

  int integer(const std::string& key, int otherwise, int min, int max) {
    if (!take(key)) return otherwise;
    const std::optional<int> value = parse<int>(text(key));
    if (!value || *value < min || *value > max)
      refuse(key, "a number from " + std::to_string(min) + " to " + std::to_string(max));
    return *value;
  }

  bool flag(const std::string& key, bool otherwise) {
    return integer(key, otherwise ? 1 : 0, 0, 1) == 1;
  }

  Mode mode(Mode otherwise) {
    if (!take("mode")) return otherwise;
    const std::string value = text("mode");
    if (value == "loose") return Mode::kLoose;
    if (value == "balanced") return Mode::kBalanced;
    if (value == "strict") return Mode::kStrict;
    refuse("mode", "loose, balanced or strict");
  }

  Classes classes() {
    Classes classes;
    if (!take("class-id")) return classes;
    for (const std::string& part : list("class-id")) {
      const std::optional<int> id = parse<int>(part);
      if (!id) refuse("class-id", "class ids separated by ';', or -1 for all");
      if (*id < 0) return {};
      classes.ids.insert(*id);
    }
    return classes;
  }

  // The points of every key "<prefix><label>", by label.
  std::vector<std::pair<std::string, std::vector<Point>>> shapes(const std::string& prefix,
                                                                 size_t min, size_t max,
                                                                 const std::string& allowed) {
    std::vector<std::pair<std::string, std::vector<Point>>> found;
    // In the order of the file.
    for (const std::string& key :
         strings(g_key_file_get_keys(file_, name_.c_str(), nullptr, nullptr))) {
      if (key.compare(0, prefix.size(), prefix) != 0 || !take(key)) continue;
      std::vector<double> numbers;
      for (const std::string& part : list(key)) {
        const std::optional<double> number = parse<double>(part);
        if (!number) refuse(key, allowed);
        numbers.push_back(*number);
      }
      if (numbers.size() < 2 * min || numbers.size() > 2 * max || numbers.size() % 2 != 0)
        refuse(key, allowed);
      std::vector<Point> points;
      for (size_t i = 0; i < numbers.size(); i += 2) points.push_back({numbers[i], numbers[i + 1]});
      found.emplace_back(key.substr(prefix.size()), std::move(points));
    }
    return found;
  }

  std::vector<Region> regions() {
    std::vector<Region> regions;
    for (auto& [label, polygon] :
         shapes("roi-", 3, SIZE_MAX / 2, "the corners of a region, x1;y1;x2;y2;x3;y3;..."))
      regions.push_back({label, std::move(polygon)});
    return regions;
  }

  void report_unread(std::vector<std::string>& warnings) const {
    for (const std::string& key : unread_)
      warnings.push_back(path_ + ": [" + name_ + "] " + key + " is not known and not looked at");
  }

 private:
  std::string text(const std::string& key) const {
    gchar* value = g_key_file_get_value(file_, name_.c_str(), key.c_str(), nullptr);
    std::string result = value ? g_strstrip(value) : "";
    g_free(value);
    return result;
  }

  // Parts between ';', without an empty one at the end.
  std::vector<std::string> list(const std::string& key) const {
    std::vector<std::string> parts = strings(g_strsplit(text(key).c_str(), ";", -1));
    for (std::string& part : parts) part = g_strstrip(part.data());
    while (!parts.empty() && parts.back().empty()) parts.pop_back();
    return parts;
  }

  template <typename Number>
  static std::optional<Number> parse(const std::string& text) {
    Number value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || stop != end || error != std::errc()) return std::nullopt;
    return value;
  }

  GKeyFile* file_;
  std::string path_;
  std::string name_;
  std::set<std::string> unread_;
};

Roi read_roi(Group& group) {
  Roi roi;
  roi.regions = group.regions();
  roi.inverse = group.flag("inverse-roi", roi.inverse);
  roi.classes = group.classes();
  return roi;
}

Overcrowding read_overcrowding(Group& group) {
  Overcrowding crowd;
  crowd.regions = group.regions();
  crowd.object_threshold = unsigned(group.integer("object-threshold", 1, 1, G_MAXINT));
  crowd.time_threshold_ms = unsigned(group.integer("time-threshold", 2000, 0, G_MAXINT));
  crowd.classes = group.classes();
  return crowd;
}

LineCrossing read_line_crossing(Group& group) {
  LineCrossing crossing;
  for (const auto& [label, points] :
       group.shapes("line-crossing-", 4, 4,
                    "a direction and a line, dirx1;diry1;dirx2;diry2;linex1;liney1;linex2;liney2"))
    crossing.lines.push_back({label, points[1] - points[0], points[0], points[2], points[3]});
  crossing.extended = group.flag("extended", crossing.extended);
  crossing.mode = group.mode(crossing.mode);
  crossing.classes = group.classes();
  return crossing;
}

DirectionDetection read_direction(Group& group) {
  DirectionDetection detection;
  for (const auto& [label, points] :
       group.shapes("direction-", 2, 2, "a start and an end, x1;y1;x2;y2"))
    detection.directions.push_back({label, points[0], points[1]});
  detection.mode = group.mode(detection.mode);
  detection.classes = group.classes();
  return detection;
}

void read_property(Group& group, Config& config) {
  config.enable = group.flag("enable", config.enable);
  config.width = group.integer("config-width", config.width, 1, G_MAXINT);
  config.height = group.integer("config-height", config.height, 1, G_MAXINT);
  config.osd_mode = OsdMode(group.integer("osd-mode", int(config.osd_mode), 0, 2));
  config.font_size = unsigned(group.integer("display-font-size", int(config.font_size), 1, 200));
  config.display_object_count = group.flag("display-obj-cnt", config.display_object_count);
}

// The kind and the stream of a group "<kind>-stream-<N>".
std::optional<std::pair<std::string, unsigned>> split_name(const std::string& name) {
  constexpr char kMiddle[] = "-stream-";
  const size_t middle = name.find(kMiddle);
  if (middle == std::string::npos) return std::nullopt;
  unsigned stream = 0;
  const char* begin = name.data() + middle + strlen(kMiddle);
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(begin, end, stream);
  if (begin == end || stop != end || error != std::errc()) return std::nullopt;
  return std::make_pair(name.substr(0, middle), stream);
}

// False if there is no such kind of group.
bool read_stream_group(Group& group, const std::string& kind, StreamConfig& stream) {
  const bool enabled = group.flag("enable", true);
  const auto read = [&](auto& target, auto value) {
    if (enabled) target = std::move(value);
    return true;
  };
  if (kind == "roi-filtering") return read(stream.roi, read_roi(group));
  if (kind == "overcrowding") return read(stream.overcrowding, read_overcrowding(group));
  if (kind == "line-crossing") return read(stream.line_crossing, read_line_crossing(group));
  if (kind == "direction-detection") return read(stream.direction, read_direction(group));
  return false;
}

}  // namespace

double least_cosine(Mode mode) {
  switch (mode) {
    case Mode::kStrict:
      return 0.8660254037844386;  // 30 degrees
    case Mode::kBalanced:
      return 0.5;
    default:
      return 0;
  }
}

ConfigFile load_config(const std::string& path) {
  const KeyFile file(g_key_file_new());
  GError* error = nullptr;
  if (!g_key_file_load_from_file(file.get(), path.c_str(), G_KEY_FILE_NONE, &error)) {
    const std::string reason = error->message;
    g_error_free(error);
    throw std::runtime_error("Cannot read the analytics configuration " + path + ": " + reason);
  }
  ConfigFile result;
  for (const std::string& name : strings(g_key_file_get_groups(file.get(), nullptr))) {
    Group group(file.get(), path, name);
    const auto parts = split_name(name);
    if (name == "property") {
      read_property(group, result.config);
    } else if (!parts ||
               !read_stream_group(group, parts->first, result.config.streams[parts->second])) {
      result.warnings.push_back(path + ": group [" + name + "] is not known and not looked at");
      continue;
    }
    group.report_unread(result.warnings);
  }
  return result;
}

}  // namespace pyds::analytics
