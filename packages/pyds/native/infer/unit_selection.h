// Which frames or objects of a batch go through the network.
#pragma once

#include <memory>
#include <vector>

#include "image/tensor.h"
#include "infer/config.h"
#include "infer/object_history.h"
#include "infer/unit.h"
#include "nvdsmeta.h"
#include "surface/frame_memory.h"

namespace pyds {

// A tracked object that gets a classification: a fresh `answer`, or else the latest there is.
struct Labelled {
  NvDsObjectMeta* object;
  std::shared_ptr<TrackedObject> track;
  std::shared_ptr<Classification> answer;
};

struct Selection {
  std::vector<Unit> units;
  std::vector<Labelled> labelled;
  bool has_untracked = false;  // objects without an id, which asynchronous classifiers pass over
};

// The pixels of a picture that a box covers. Boxes may be anything: far outside, not a number.
Rect region_of(const NvOSD_RectParams& rect, const Picture& picture);

// Streaming thread only.
class UnitSelector {
 public:
  UnitSelector(const InferConfig& config, const TensorFormat& format);

  // Whole frames, or in secondary mode the objects that the configuration admits and that are due.
  // Tracked ones among them count as inferred from here on.
  Selection select(const NvDsBatchMeta* batch, const FrameMemory& memory);

  void forget(unsigned source_id) { history_.forget(source_id); }
  void forget_all() { history_.forget_all(); }

 private:
  void select_objects(NvDsFrameMeta* frame, const Picture& picture, Selection* selection);
  void select_tracked(Unit unit, bool fits, Selection* selection);
  bool is_meant(const NvDsObjectMeta& object) const;
  bool fits(const NvOSD_RectParams& rect) const;

  const InferConfig config_;
  const TensorFormat format_;
  const bool classifies_;
  const int reinfer_interval_;  // frames
  const bool remembers_;        // tracked objects are not inferred in every frame
  ObjectHistory history_;
};

}  // namespace pyds
