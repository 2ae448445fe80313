#include "track/target_data.h"

#include <algorithm>
#include <iterator>

namespace pyds::track {
namespace {

static_assert(int(TargetState::kActive) == ACTIVE && int(TargetState::kShadow) == INACTIVE &&
              int(TargetState::kTentative) == TENTATIVE);

TargetData* owner_of(gpointer user_meta) {
  const auto* meta = static_cast<NvDsUserMeta*>(user_meta);
  return static_cast<TargetData*>(
      static_cast<NvDsTargetMiscDataBatch*>(meta->user_meta_data)->priv_data);
}

NvDsTargetMiscDataFrame frame_data(const Sighting& sighting) {
  NvDsTargetMiscDataFrame frame = {};
  frame.frameNum = sighting.frame_num;
  frame.tBbox.left = sighting.box.left;
  frame.tBbox.top = sighting.box.top;
  frame.tBbox.width = sighting.box.width;
  frame.tBbox.height = sighting.box.height;
  frame.confidence = sighting.confidence;
  frame.age = sighting.age;
  frame.trackerState = static_cast<TRACKER_STATE>(sighting.state);
  frame.visibility = 1;
  return frame;
}

}  // namespace

TargetData::TargetData(const TargetData& other)
    : batch_(other.batch_),
      streams_(other.streams_),
      objects_(other.objects_),
      frames_(other.frames_),
      targets_of_stream_(other.targets_of_stream_),
      frames_of_target_(other.frames_of_target_) {
  link();
}

void TargetData::add_stream(uint32_t source_id, const std::vector<Tracklet>& tracklets,
                            const LabelOf& label_of) {
  if (tracklets.empty()) return;
  const auto targets = static_cast<uint32_t>(tracklets.size());
  streams_.push_back({nullptr, source_id, source_id, targets, targets});
  targets_of_stream_.push_back(targets);
  for (const Tracklet& tracklet : tracklets) {
    NvDsTargetMiscDataObject object = {};
    object.numObj = object.numAllocated = static_cast<uint32_t>(tracklet.frames.size());
    object.uniqueId = tracklet.id;
    object.classId = static_cast<uint16_t>(tracklet.class_id);
    g_strlcpy(object.objLabel, label_of(tracklet).c_str(), sizeof(object.objLabel));
    objects_.push_back(object);
    frames_of_target_.push_back(tracklet.frames.size());
    std::transform(tracklet.frames.begin(), tracklet.frames.end(), std::back_inserter(frames_),
                   frame_data);
  }
  batch_.numAllocated = batch_.numFilled = static_cast<uint32_t>(streams_.size());
  link();
}

// Everything of one level lies in one array, in order.
void TargetData::link() {
  batch_.list = streams_.data();
  batch_.priv_data = this;
  size_t object = 0;
  size_t frame = 0;
  for (size_t i = 0; i < streams_.size(); ++i) {
    streams_[i].list = &objects_[object];
    for (size_t j = 0; j < targets_of_stream_[i]; ++j, ++object) {
      objects_[object].list = frames_.data() + frame;
      frame += frames_of_target_[object];
    }
  }
}

void TargetData::attach(std::unique_ptr<TargetData> data, NvDsMetaType type, NvDsBatchMeta* batch) {
  if (data->streams_.empty()) return;
  NvDsUserMeta* user_meta = nvds_acquire_user_meta_from_pool(batch);
  user_meta->base_meta.meta_type = type;
  user_meta->base_meta.copy_func = [](gpointer meta, gpointer) -> gpointer {
    return &(new TargetData(*owner_of(meta)))->batch_;
  };
  user_meta->base_meta.release_func = [](gpointer meta, gpointer) {
    delete owner_of(meta);
    static_cast<NvDsUserMeta*>(meta)->user_meta_data = nullptr;
  };
  user_meta->user_meta_data = &data.release()->batch_;
  nvds_add_user_meta_to_batch(batch, user_meta);
}

}  // namespace pyds::track
