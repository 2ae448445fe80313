// Follows the objects of one video stream from frame to frame.
//
// Detections of a frame go in, the targets to report come out, each with an id that stays the same
// for as long as the object is followed. A target is
//   tentative  from its first detection until its age exceeds probationAge and its detections were
//              confident or many enough (not reported),
//   active     while it is detected, or predicted with confidence (reported),
//   in shadow  while it is lost, for at most maxShadowTrackingAge frames (not reported).
// The frames in which it was not reported are handed out once it is active (again).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "track/association.h"
#include "track/config.h"
#include "track/looks.h"
#include "track/reassociation.h"
#include "track/target.h"

namespace pyds::track {

// Ids for new targets. Trackers of several streams share one to have ids unique over all of them.
class IdSource {
 public:
  // Ids are `prefix` in the upper 32 bits and a counter from 0 in the lower.
  explicit IdSource(uint32_t prefix = 0) : prefix_(uint64_t{prefix} << 32) {}
  uint64_t next() { return prefix_ | counter_++; }

 private:
  uint64_t prefix_;
  uint32_t counter_ = 0;
};

struct TrackedObject {
  uint64_t id;
  Box box;
  float confidence;
  int class_id;
  int component_id;
  int detection;  // index of its detection in this frame, -1 when predicted
};

// Frames of one target, oldest first.
struct Tracklet {
  uint64_t id;
  int class_id;
  int component_id;
  std::vector<Sighting> frames;
};

struct FrameResult {
  std::vector<TrackedObject> objects;
  std::vector<Tracklet> past_frames;  // not reported before, of targets reported now
  std::vector<Tracklet> terminated;   // whole lives, when outputTerminatedTracks asks for them
  std::vector<Tracklet> shadow;       // in this frame, when outputShadowTracks asks for them
};

// Frames come in order; not thread-safe. Results are valid until the next call.
class Tracker {
 public:
  Tracker(std::shared_ptr<const Config> config, std::shared_ptr<IdSource> ids);

  // A frame a detector has looked at. Without embeddings, looks do not count.
  const FrameResult& update(uint32_t frame_num, const std::vector<Detection>& detections,
                            EmbeddingSource* embeddings = nullptr);
  // A frame no detector has looked at: active targets are reported where they are predicted.
  const FrameResult& predict(uint32_t frame_num);

  size_t target_count() const { return targets_.size(); }

 private:
  void step(uint32_t frame_num);
  void observe(Target* target, const Detection& detection);
  void miss(Target* target);
  void start(const Detection& detection, int index);
  bool is_duplicate(const Detection& detection) const;
  void learn_looks(Looks* looks);
  void activate_proven(const Looks& looks);
  bool waits_to_be_seen(const Target& target, const Looks& looks) const;
  void activate(Target* target);
  void remove_terminated();
  void report();
  void hand_out_withheld(Target* target);
  Sighting sighting(const Target& target) const;

  std::shared_ptr<const Config> config_;
  std::shared_ptr<IdSource> ids_;
  uint32_t frame_num_ = 0;
  bool started_ = false;
  std::vector<Target> targets_;
  std::vector<int> detection_of_;  // of each target in this frame, -1 for none
  std::vector<int> due_;           // detections whose looks are to be learned
  Associator associator_;
  Reassociator reassociator_;
  FrameResult result_;
};

}  // namespace pyds::track
