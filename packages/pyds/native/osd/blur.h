// Blur: makes objects unrecognisable by averaging them into coarse tiles.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "image/picture.h"
#include "nvdsmeta.h"

namespace pyds::osd {

class Blur {
 public:
  bool enabled = false;

  // "gie-id:class-id;..." selects objects by unique_component_id and class_id; empty selects all.
  // Returns false, and changes nothing, if it is not of this form.
  bool set_class_ids(const std::string& pairs);
  const std::string& class_ids() const { return class_ids_; }

  bool applies_to(const NvDsFrameMeta& frame) const;
  // Averages the inside of each selected object's box in 8 tiles along its longer side (at least 8
  // pixels each). The caller holds the batch's meta lock.
  void paint(Picture& picture, const NvDsFrameMeta& frame) const;

 private:
  bool selects(const NvDsObjectMeta& object) const;

  std::string class_ids_;
  std::vector<std::pair<int, int>> pairs_;  // component, class
};

}  // namespace pyds::osd
