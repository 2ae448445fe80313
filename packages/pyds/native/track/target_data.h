// Fills the public NvDsTargetMiscDataBatch from tracklets.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nvds_tracker_meta.h"
#include "track/tracker.h"

namespace pyds::track {

// Owns a NvDsTargetMiscDataBatch and all it points to.
class TargetData {
 public:
  using LabelOf = std::function<std::string(const Tracklet&)>;

  TargetData() = default;
  TargetData(const TargetData& other);
  TargetData& operator=(const TargetData&) = delete;

  void add_stream(uint32_t source_id, const std::vector<Tracklet>& tracklets,
                  const LabelOf& label_of);

  // Attaches it to the batch as user metadata of this type, unless nothing was added.
  static void attach(std::unique_ptr<TargetData> data, NvDsMetaType type, NvDsBatchMeta* batch);

 private:
  void link();

  NvDsTargetMiscDataBatch batch_ = {};
  std::vector<NvDsTargetMiscDataStream> streams_;
  std::vector<NvDsTargetMiscDataObject> objects_;
  std::vector<NvDsTargetMiscDataFrame> frames_;
  // The counts in the public structs may be written to by anyone.
  std::vector<size_t> targets_of_stream_;
  std::vector<size_t> frames_of_target_;
};

}  // namespace pyds::track
