#include "nvtracker/sources.h"

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

namespace pyds::nvtracker {

Sources::Sources(const Settings& settings, std::vector<Setup> setups)
    : sub_batches_(settings.sub_batches),
      reset_mode_(settings.reset_mode),
      setups_(std::move(setups)) {}

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

Sources::Stream& Sources::stream_of(unsigned source_id) {
  const auto found = streams_.find(source_id);
  if (found != streams_.end()) return found->second;
  const size_t sub_batch = std::min(sub_batches_.of_source(source_id), setups_.size() - 1);
  const Setup& setup = setups_[sub_batch];
  track::StreamTracker tracker(setup.config, ids_of(source_id, *setup.config));
  return streams_.emplace(source_id, Stream{std::move(tracker), setup.reid.get()}).first->second;
}

void Sources::track(NvDsBatchMeta* batch, const FrameMemory* memory,
                    const track::TrackingOptions& options) {
  track::BatchReport report;
  for (GList* node = batch->frame_meta_list; node; node = node->next) {
    auto* frame = static_cast<NvDsFrameMeta*>(node->data);
    Stream& stream = stream_of(frame->source_id);
    std::optional<track::PictureEmbeddings> embeddings;
    if (stream.reid && memory && frame->batch_id < memory->size())
      embeddings.emplace(*stream.reid, Picture::of(memory->picture(frame->batch_id)));
    stream.tracker.track(frame, options, embeddings ? &*embeddings : nullptr, &styles_, &report);
  }
  report.attach(batch);
}

void Sources::remove(unsigned source_id) {
  streams_.erase(source_id);
  ids_.erase(source_id);
}

void Sources::end(unsigned source_id) {
  if (reset_mode_ & kFromZeroAfterEos) remove(source_id);
}

void Sources::reset(unsigned source_id) {
  if (reset_mode_ & kNewIdsAfterReset) streams_.erase(source_id);
}

}  // namespace pyds::nvtracker
