// The trackers of all sources of the batches, which come and go.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "nvtracker/settings.h"
#include "track/config.h"
#include "track/stream_tracker.h"

namespace pyds::nvtracker {

// Streaming thread only.
class Sources {
 public:
  // One configuration for each sub-batch, at least one.
  Sources(const Settings& settings, std::vector<std::shared_ptr<const track::Config>> configs);

  void track(NvDsBatchMeta* batch, const track::TrackingOptions& options);

  // The source is gone, has ended, or starts anew.
  void remove(unsigned source_id);
  void end(unsigned source_id);
  void reset(unsigned source_id);

 private:
  track::StreamTracker& tracker_of(unsigned source_id);
  std::shared_ptr<track::IdSource> ids_of(unsigned source_id, const track::Config& config);

  SubBatches sub_batches_;
  unsigned reset_mode_;
  std::vector<std::shared_ptr<const track::Config>> configs_;
  // Of the sources whose ids are plain numbers: one counter, so that ids differ between them.
  std::shared_ptr<track::IdSource> shared_ids_ = std::make_shared<track::IdSource>();
  track::ClassStyles styles_;
  std::map<unsigned, track::StreamTracker> trackers_;
  std::map<unsigned, std::shared_ptr<track::IdSource>> ids_;  // of sources with their own
};

}  // namespace pyds::nvtracker
