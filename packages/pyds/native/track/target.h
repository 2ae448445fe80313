// What goes into a tracker, and what it keeps of each target.
#pragma once

#include <cstdint>
#include <vector>

#include "track/gallery.h"
#include "track/kalman.h"

namespace pyds::track {

struct Detection {
  Box box;
  float confidence = 1;  // negative: the detector gives none, taken as certain
  int class_id = 0;
  int component_id = 0;  // of the detector

  float certainty() const { return confidence < 0 ? 1 : confidence; }
};

// Values as in the public metadata (TRACKER_STATE).
enum class TargetState { kActive = 1, kShadow = 2, kTentative = 3 };

// One frame of a target's life.
struct Sighting {
  uint32_t frame_num = 0;
  Box box;
  float confidence = 0;
  uint32_t age = 0;
  TargetState state = TargetState::kTentative;
};

struct Target {
  uint64_t id = 0;  // given when it becomes active
  TargetState state = TargetState::kTentative;
  int class_id = 0;
  int component_id = 0;
  int age = 1;           // frames since its first detection, counting that one
  int shadow_age = 0;    // frames since its last detection
  float evidence = 0;    // sum of the squared confidences of its detections, while tentative
  float belief = 1;      // that it is still there: halved by every frame that should show it
  float confidence = 1;  // belief, less what the uncertainty of its place takes
  BoxFilter filter;
  Box predicted;      // where it should be in this frame, before looking
  Box last_observed;  // its last detection
  uint32_t last_observed_frame = 0;
  std::vector<Sighting> withheld;  // frames not reported so far
  std::vector<Sighting> observed;  // its latest detections, for re-association
  std::vector<Sighting> history;   // its whole life, for the list of terminated targets
  Gallery gallery;
  int frames_to_look = 0;  // detections until its looks are learned again
  bool continued = false;  // by a new target that took its id

  bool was_active() const { return state != TargetState::kTentative; }
};

}  // namespace pyds::track
