#include "analytics/stream_analyzer.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace pyds::analytics {
namespace {

// Places remembered of each object: single steps say little about where it goes.
constexpr size_t kPathLength = 12;
// Frames an object may be missing before it is a new one.
constexpr uint64_t kLostAfter = 300;
// Shares of the box's height: the way an object must have made to have a direction, and how far it
// must go back behind a line to be counted again. Boxes tremble by less.
constexpr double kLeastWay = 0.1;
constexpr double kWayBack = 0.25;

// Distance from a line; positive on the side its direction points to.
double distance(const Line& line, Point place) {
  const Point along = line.to - line.from;
  const double distance = cross(along, place - line.from) / std::max(length(along), 1e-9);
  return cross(along, line.direction) < 0 ? -distance : distance;
}

// Where the way from a to b meets the line, 0 at its start and 1 at its end.
double meeting_place(const Line& line, Point a, Point b) {
  const double before = distance(line, a), after = distance(line, b);
  const double share = before == after ? 0 : before / (before - after);
  const Point meeting = {a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)};
  const Point along = line.to - line.from;
  return dot(meeting - line.from, along) / std::max(dot(along, along), 1e-9);
}

}  // namespace

StreamAnalyzer::StreamAnalyzer(const StreamConfig& config) : config_(config) {}

Analysis StreamAnalyzer::analyze(const std::vector<Object>& objects, uint64_t time_ns) {
  Analysis analysis;
  analysis.objects.resize(objects.size());
  ++frame_number_;
  for (const Object& object : objects) ++analysis.frame.objCnt[object.class_id];
  look_for_regions(objects, analysis);
  look_for_crowds(objects, time_ns, analysis);

  if (config_.line_crossing)
    for (const Line& line : config_.line_crossing->lines) {
      analysis.frame.objLCCurrCnt[line.label] = 0;
      analysis.frame.objLCCumCnt[line.label] = crossings_[line.label];
    }
  if (!config_.line_crossing && !config_.direction) return analysis;
  for (size_t i = 0; i < objects.size(); ++i) {
    if (objects[i].id == UNTRACKED_OBJECT_ID) continue;
    Track& track = tracks_[objects[i].id];
    track.last_frame = frame_number_;
    track.path.push_back(objects[i].place);
    if (track.path.size() > kPathLength) track.path.pop_front();
    look_for_crossings(objects[i], track, analysis.objects[i], analysis);
    analysis.objects[i].dirStatus = direction_of(objects[i], track);
  }
  forget_lost_tracks();
  return analysis;
}

void StreamAnalyzer::look_for_regions(const std::vector<Object>& objects,
                                      Analysis& analysis) const {
  if (!config_.roi) return;
  for (const Region& region : config_.roi->regions) {
    uint32_t& count = analysis.frame.objInROIcnt[region.label];
    for (size_t i = 0; i < objects.size(); ++i) {
      if (!config_.roi->classes.contain(objects[i].class_id)) continue;
      if (contains(region.polygon, objects[i].place) == config_.roi->inverse) continue;
      analysis.objects[i].roiStatus.push_back(region.label);
      ++count;
    }
  }
}

void StreamAnalyzer::look_for_crowds(const std::vector<Object>& objects, uint64_t time_ns,
                                     Analysis& analysis) {
  if (!config_.overcrowding) return;
  for (const Region& region : config_.overcrowding->regions) {
    uint32_t count = 0;
    for (size_t i = 0; i < objects.size(); ++i) {
      if (!config_.overcrowding->classes.contain(objects[i].class_id)) continue;
      if (!contains(region.polygon, objects[i].place)) continue;
      analysis.objects[i].ocStatus.push_back(region.label);
      ++count;
    }
    analysis.frame.objInROIcnt[region.label] = count;
    Crowd& crowd = crowds_[region.label];
    const bool was_crowded =
        std::exchange(crowd.is_crowded, count >= config_.overcrowding->object_threshold);
    if (crowd.is_crowded && (!was_crowded || time_ns < crowd.since_ns)) crowd.since_ns = time_ns;
    const uint64_t threshold_ns = uint64_t{config_.overcrowding->time_threshold_ms} * 1000000;
    analysis.frame.ocStatus[region.label] =
        crowd.is_crowded && time_ns - crowd.since_ns >= threshold_ns;
  }
}

void StreamAnalyzer::look_for_crossings(const Object& object, Track& track,
                                        NvDsAnalyticsObjInfo& info, Analysis& analysis) {
  const auto& crossing = config_.line_crossing;
  if (!crossing || !crossing->classes.contain(object.class_id)) return;
  track.armed.resize(crossing->lines.size(), true);
  if (track.path.size() < 2) return;
  const Point before = track.path[track.path.size() - 2], now = object.place;
  const Point way = now - track.path.front();
  for (size_t i = 0; i < crossing->lines.size(); ++i) {
    const Line& line = crossing->lines[i];
    if (distance(line, now) < -kWayBack * object.height) track.armed[i] = true;
    if (!track.armed[i] || distance(line, before) >= 0 || distance(line, now) < 0) continue;
    if (crossing->mode != Mode::kLoose &&
        cosine(way, line.direction) < least_cosine(crossing->mode))
      continue;
    if (!crossing->extended) {
      const double place = meeting_place(line, before, now);
      if (place < 0 || place > 1) continue;
    }
    track.armed[i] = false;
    info.lcStatus.push_back(line.label);
    ++analysis.frame.objLCCurrCnt[line.label];
    analysis.frame.objLCCumCnt[line.label] = ++crossings_[line.label];
  }
}

std::string StreamAnalyzer::direction_of(const Object& object, const Track& track) const {
  const auto& detection = config_.direction;
  if (!detection || !detection->classes.contain(object.class_id)) return {};
  const Point way = object.place - track.path.front();
  if (length(way) < kLeastWay * object.height || length(way) == 0) return {};
  std::string label;
  double best = least_cosine(detection->mode);
  for (const Direction& direction : detection->directions) {
    const double likeness = cosine(way, direction.to - direction.from);
    if (likeness < best) continue;
    best = likeness;
    label = direction.label;
  }
  return label;
}

void StreamAnalyzer::forget_lost_tracks() {
  if (frame_number_ % kLostAfter != 0) return;
  for (auto track = tracks_.begin(); track != tracks_.end();)
    track = frame_number_ - track->second.last_frame >= kLostAfter ? tracks_.erase(track)
                                                                   : std::next(track);
}

}  // namespace pyds::analytics
