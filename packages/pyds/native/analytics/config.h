// What nvdsanalytics looks for, as its configuration file says. Points are in the file's pixels
// (config-width x config-height).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analytics/geometry.h"

namespace pyds::analytics {

// How far a movement may be off the direction asked for: 90, 60 or 30 degrees. Across a line, loose
// takes any movement to the side that the direction points to.
enum class Mode { kLoose, kBalanced, kStrict };
double least_cosine(Mode mode);

struct Classes {
  std::set<int> ids;  // empty: all
  bool contain(int id) const { return ids.empty() || ids.count(id) > 0; }
};

struct Region {
  std::string label;
  std::vector<Point> polygon;
};

struct Roi {
  std::vector<Region> regions;
  bool inverse = false;  // looks for what is outside
  Classes classes;
};

struct Overcrowding {
  std::vector<Region> regions;
  unsigned object_threshold = 1;
  unsigned time_threshold_ms = 2000;
  Classes classes;
};

struct Line {
  std::string label;
  Point direction;  // that counts, any length
  Point arrow;      // where it was drawn from
  Point from, to;   // the line
};

struct LineCrossing {
  std::vector<Line> lines;
  bool extended = true;  // beyond both ends
  Mode mode = Mode::kLoose;
  Classes classes;
};

struct Direction {
  std::string label;
  Point from, to;
};

struct DirectionDetection {
  std::vector<Direction> directions;
  Mode mode = Mode::kBalanced;
  Classes classes;
};

struct StreamConfig {
  std::optional<Roi> roi;
  std::optional<Overcrowding> overcrowding;
  std::optional<LineCrossing> line_crossing;
  std::optional<DirectionDetection> direction;
};

enum class OsdMode { kNothing, kShapes, kShapesAndCounts };

struct Config {
  bool enable = true;
  int width = 1920;
  int height = 1080;
  OsdMode osd_mode = OsdMode::kShapesAndCounts;
  unsigned font_size = 12;
  bool display_object_count = false;
  std::map<unsigned, StreamConfig> streams;  // by source id
};

}  // namespace pyds::analytics
