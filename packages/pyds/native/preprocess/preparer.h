// Preparer: cuts regions or objects out of the frames of batches and makes tensors of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "preprocess/batch_meta.h"
#include "preprocess/config.h"
#include "preprocess/tensor_pool.h"
#include "surface/frame_memory.h"

namespace pyds::preprocess {

// Of one streaming thread.
class Preparer {
 public:
  // Called with what the user should know.
  using Warn = std::function<void(const std::string&)>;

  Preparer(Config config, Warn warn);

  // Attaches the tensors of a batch to it: none if there is nothing to prepare, several if there
  // are more regions than fit one.
  void prepare(NvDsBatchMeta* batch, const FrameMemory& pictures);

 private:
  struct Unit {
    NvDsRoiMeta region;
    Placement placement;
  };
  void select(const Group& group, NvDsFrameMeta* frame, const Picture& picture);
  void select_regions(const Group& group, NvDsFrameMeta* frame, const Picture& picture);
  void select_objects(const Group& group, NvDsFrameMeta* frame, const Picture& picture);
  void add(NvDsFrameMeta* frame, NvDsObjectMeta* object, const Placement& placement);
  PreparedTensor make_tensor(size_t begin, size_t end, const FrameMemory& pictures);
  void write(const Unit& unit, const FrameMemory& pictures, uint8_t* target);

  const Config config_;
  const Warn warn_;
  const size_t unit_bytes_;
  TensorPool pool_;
  std::vector<unsigned> passed_over_;  // batches, by group
  std::vector<Unit> units_;            // of the batch at hand
  std::vector<float> values_;          // before they become float16
  bool warned_of_outside_ = false;
};

}  // namespace pyds::preprocess
