// Finds out that a new target is an old one that was lost, by where that one was heading and by
// its looks.
#pragma once

#include <cstdint>
#include <vector>

#include "track/config.h"
#include "track/target.h"

namespace pyds::track {

// How well `found` continues `lost`: the overlap of its boxes with a straight line fitted to the
// last detections of `lost`, 0..1. 0 where a limit of the configuration is not met.
float tracklet_similarity(const TrajectoryConfig& config, const Target& lost, const Target& found);

class Reassociator {
 public:
  // Keeps a terminated target for trajectoryProjectionLength frames after its last detection.
  void archive(Target target);
  bool empty() const { return archive_.empty(); }
  void forget(const TrajectoryConfig& config, uint32_t frame_num);

  // The lost target that `found`, about to become active, continues best, or null. It may be in
  // the archive or in shadow among `targets`; the pointer is valid until either changes.
  Target* find(const Config& config, const Target& found, std::vector<Target>* targets);

 private:
  std::vector<Target> archive_;
};

}  // namespace pyds::track
