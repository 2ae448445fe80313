// StreamAnalyzer: regions, crowds, crossings and directions of one source, frame by frame.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <unordered_map>
#include <vector>

#include "analytics/config.h"
#include "nvds_analytics_meta.h"

namespace pyds::analytics {

struct Object {
  uint64_t id = 0;  // UNTRACKED_OBJECT_ID: not looked at for crossings and directions
  int class_id = 0;
  Point place;        // middle of the lower edge of the box, in pixels of the configuration
  double height = 0;  // of the box
};

struct Analysis {
  NvDsAnalyticsFrameMeta frame;
  std::vector<NvDsAnalyticsObjInfo> objects;  // one for each object given, in order
};

class StreamAnalyzer {
 public:
  explicit StreamAnalyzer(const StreamConfig& config);

  // `time_ns` of the frame; frames without a time (the largest number) count as simultaneous.
  Analysis analyze(const std::vector<Object>& objects, uint64_t time_ns);

 private:
  // What is known of an object from frame to frame.
  struct Track {
    std::deque<Point> path;  // the latest places, oldest first
    uint64_t last_frame = 0;
    // By line: whether the object may be counted. Once counted it has to go back first.
    std::vector<bool> armed;
  };
  struct Crowd {
    bool is_crowded = false;
    uint64_t since_ns = 0;
  };

  void look_for_regions(const std::vector<Object>& objects, Analysis& analysis) const;
  void look_for_crowds(const std::vector<Object>& objects, uint64_t time_ns, Analysis& analysis);
  void look_for_crossings(const Object& object, Track& track, NvDsAnalyticsObjInfo& info,
                          Analysis& analysis);
  std::string direction_of(const Object& object, const Track& track) const;
  void forget_lost_tracks();

  const StreamConfig config_;
  uint64_t frame_number_ = 0;
  std::unordered_map<uint64_t, Track> tracks_;  // by object id
  std::map<std::string, Crowd> crowds_;
  std::map<std::string, uint64_t> crossings_;  // by line, since the start
};

}  // namespace pyds::analytics
