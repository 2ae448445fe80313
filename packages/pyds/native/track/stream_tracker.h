// Tracking on metadata: reads the objects of a frame, and writes ids, boxes and predicted objects.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "nvdsmeta.h"
#include "track/target_data.h"
#include "track/tracker.h"

namespace pyds::track {

// What an object of a class looks like on screen, for objects no detector made.
class ClassStyles {
 public:
  void learn(const NvDsObjectMeta& object);
  void apply(NvDsObjectMeta* object) const;
  std::string label(int component_id, int class_id) const;

 private:
  struct Style {
    std::string label;
    std::string display_text;
    NvOSD_RectParams rect;
    NvOSD_TextParams text;
  };
  std::map<std::pair<int, int>, Style> styles_;  // by component and class
};

struct TrackingOptions {
  bool display_id = true;
  std::set<int> class_ids;  // empty: all
};

// Collected over the frames of a batch.
struct BatchReport {
  std::unique_ptr<TargetData> past_frames = std::make_unique<TargetData>();
  std::unique_ptr<TargetData> terminated = std::make_unique<TargetData>();
  std::unique_ptr<TargetData> shadow = std::make_unique<TargetData>();

  void attach(NvDsBatchMeta* batch);
};

// One source. Not thread-safe. Locks the batch where it reads and writes metadata, not while
// embeddings are made.
class StreamTracker {
 public:
  StreamTracker(std::shared_ptr<const Config> config, std::shared_ptr<IdSource> ids)
      : outputs_looks_(config->reid.output_tensor), tracker_(std::move(config), std::move(ids)) {}

  // Tracked objects get object_id, tracker_confidence, tracker_bbox_info, the tracker's box and
  // the id in their text; with outputReidTensor also the embedding that was made of them.
  // Objects of targets that are not reported are removed; predicted ones are added. Objects of
  // other classes stay as they are. `embeddings` may be null. Throws what making them throws.
  void track(NvDsFrameMeta* frame, const TrackingOptions& options, EmbeddingSource* embeddings,
             ClassStyles* styles, BatchReport* report);

 private:
  void collect(const NvDsFrameMeta& frame, const TrackingOptions& options, ClassStyles* styles);
  void write_back(NvDsFrameMeta* frame, const FrameResult& result, const TrackingOptions& options,
                  const EmbeddingSource* embeddings, const ClassStyles& styles);

  bool outputs_looks_;
  Tracker tracker_;
  bool infer_flag_is_used_ = false;
  std::vector<NvDsObjectMeta*> objects_;  // by detection index
  std::vector<Detection> detections_;
};

}  // namespace pyds::track
