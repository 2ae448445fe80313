// The configuration of one nvdspreprocess element: what of which sources becomes which tensor.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "image/tensor.h"
#include "infer/config.h"
#include "nvds_roi_meta.h"

namespace pyds::preprocess {

struct Group {
  std::string name;
  std::set<unsigned> sources;
  bool all_sources = false;                       // src-ids=-1
  bool process_on_roi = false;                    // or else whole frames
  std::map<unsigned, std::vector<Rect>> regions;  // by source, pixels of the muxed frame
  unsigned interval = 0;                          // batches passed over between two prepared
  bool draw_roi = false;
  NvOSD_ColorParams roi_color = {0.0, 1.0, 1.0, 1.0};
  // Objects instead of frames.
  bool process_on_all_objects = false;
  std::set<int> class_ids;  // empty: all
  unsigned min_width = 0, min_height = 0;
  unsigned max_width = 0, max_height = 0;  // 0: no limit

  bool has(unsigned source) const { return all_sources || sources.count(source) > 0; }
};

struct Config {
  std::string file;
  bool enable = true;
  unsigned unique_id = 15;
  std::vector<guint64> target_ids;
  bool process_on_frame = true;  // or else on objects
  int operate_on_gie_id = -1;    // of the objects; -1: any

  TensorFormat format;
  NvDsDataType type = NvDsDataType_FP32;
  unsigned batch_size = 1;  // entries of a tensor, at most
  std::string tensor_name;

  std::vector<Group> groups;
  std::vector<std::string> warnings;
};

// Reads a configuration: GKeyFile rules, or YAML if the name ends in .yml or .yaml. Throws
// ConfigError that names file, group, key, the value and what is allowed.
Config read_config(const std::string& file);

}  // namespace pyds::preprocess
