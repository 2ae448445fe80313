// Unit: what one entry of a batch tensor shows, and whose results it brings.
#pragma once

#include <memory>

#include "image/tensor.h"
#include "infer/classification.h"
#include "infer/object_history.h"
#include "nvdsmeta.h"

namespace pyds {

struct Unit {
  NvDsFrameMeta* frame = nullptr;
  NvDsObjectMeta* object = nullptr;  // nullptr: the whole frame
  Placement placement;               // of the frame or the object's region in the network's picture
  int width = 0, height = 0;         // of the frame's picture, pixels

  // A tracked object's classification is not written at once. With `answer` it waits there until
  // all earlier buffers have left; without, it is remembered for the object's next frames.
  std::shared_ptr<TrackedObject> track;
  std::shared_ptr<Classification> answer;
};

}  // namespace pyds
