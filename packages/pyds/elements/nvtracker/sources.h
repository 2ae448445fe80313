// The trackers of all sources of the batches, which come and go.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "nvtracker/settings.h"
#include "surface/frame_memory.h"
#include "track/config.h"
#include "track/reid_network.h"
#include "track/stream_tracker.h"

namespace pyds::nvtracker {

// A configuration and the network it asks for.
struct Setup {
  std::shared_ptr<const track::Config> config = std::make_shared<track::Config>();
  std::shared_ptr<track::ReidNetwork> reid;  // null: none
};

// Streaming thread only.
class Sources {
 public:
  // One setup for each sub-batch, at least one.
  Sources(const Settings& settings, std::vector<Setup> setups);

  // `memory` holds the batch's pictures; it may be null. Throws EngineError.
  void track(NvDsBatchMeta* batch, const FrameMemory* memory,
             const track::TrackingOptions& options);

  // The source is gone, has ended, or starts anew.
  void remove(unsigned source_id);
  void end(unsigned source_id);
  void reset(unsigned source_id);

 private:
  // One source's.
  struct Stream {
    track::StreamTracker tracker;
    track::ReidNetwork* reid;  // of its setup
  };
  Stream& stream_of(unsigned source_id);
  std::shared_ptr<track::IdSource> ids_of(unsigned source_id, const track::Config& config);

  SubBatches sub_batches_;
  unsigned reset_mode_;
  std::vector<Setup> setups_;
  // Of the sources whose ids are plain numbers: one counter, so that ids differ between them.
  std::shared_ptr<track::IdSource> shared_ids_ = std::make_shared<track::IdSource>();
  track::ClassStyles styles_;
  std::map<unsigned, Stream> streams_;
  std::map<unsigned, std::shared_ptr<track::IdSource>> ids_;  // of sources with their own
};

}  // namespace pyds::nvtracker
