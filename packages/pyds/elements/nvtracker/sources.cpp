#include "nvtracker/sources.h"

#include <algorithm>
#include <random>
#include <utility>

namespace pyds::nvtracker {

Sources::Sources(const Settings& settings,
                 std::vector<std::shared_ptr<const track::Config>> configs)
    : sub_batches_(settings.sub_batches),
      reset_mode_(settings.reset_mode),
      configs_(std::move(configs)) {}

std::shared_ptr<track::IdSource> Sources::ids_of(unsigned source_id, const track::Config& config) {
  const bool own = config.trajectory.use_unique_id || (reset_mode_ & kFromZeroAfterEos);
  if (!own) return shared_ids_;
  std::shared_ptr<track::IdSource>& ids = ids_[source_id];
  if (!ids) {
    const uint32_t prefix = config.trajectory.use_unique_id ? std::random_device()() : 0;
    ids = std::make_shared<track::IdSource>(prefix);
  }
  return ids;
}

track::StreamTracker& Sources::tracker_of(unsigned source_id) {
  const auto found = trackers_.find(source_id);
  if (found != trackers_.end()) return found->second;
  const size_t sub_batch = std::min(sub_batches_.of_source(source_id), configs_.size() - 1);
  const std::shared_ptr<const track::Config>& config = configs_[sub_batch];
  return trackers_.try_emplace(source_id, config, ids_of(source_id, *config)).first->second;
}

void Sources::track(NvDsBatchMeta* batch, const track::TrackingOptions& options) {
  track::BatchReport report;
  for (GList* node = batch->frame_meta_list; node; node = node->next) {
    auto* frame = static_cast<NvDsFrameMeta*>(node->data);
    tracker_of(frame->source_id).track(frame, options, nullptr, &styles_, &report);
  }
  report.attach(batch);
}

void Sources::remove(unsigned source_id) {
  trackers_.erase(source_id);
  ids_.erase(source_id);
}

void Sources::end(unsigned source_id) {
  if (reset_mode_ & kFromZeroAfterEos) remove(source_id);
}

void Sources::reset(unsigned source_id) {
  if (reset_mode_ & kNewIdsAfterReset) trackers_.erase(source_id);
}

}  // namespace pyds::nvtracker
