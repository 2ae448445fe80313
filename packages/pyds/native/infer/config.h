// The configuration of one nvinfer element: the [property] and [class-attrs-*] groups of its file.
#pragma once

#include <climits>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "nvll_osd_struct.h"

namespace pyds {

// Text that names file, group, key, the value seen, what is allowed and what to do.
class ConfigError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class ProcessMode { kPrimary = 1, kSecondary = 2 };
enum class NetworkType {
  kDetector = 0,
  kClassifier = 1,
  kSegmentation = 2,
  kInstanceSegmentation = 3,
  kOther = 100
};
enum class ClusterMode { kGroupRectangles, kDbscan, kNms, kHybrid, kNone };
enum class ColorFormat { kRgb, kBgr, kGray };
enum class InputOrder { kNchw, kNhwc, kFromModel };

struct ClassAttributes {
  float pre_cluster_threshold = 0.2f;
  float post_cluster_threshold = 0.0f;
  int topk = -1;  // -1: all
  float nms_iou_threshold = 0.3f;
  float eps = 0.0f;
  int group_threshold = 0;
  int min_boxes = 0;
  float dbscan_min_score = 0.0f;
  // The rest is in pixels of the muxed frame; 0 means no limit.
  int roi_top_offset = 0;
  int roi_bottom_offset = 0;
  int detected_min_w = 0;
  int detected_min_h = 0;
  int detected_max_w = 0;
  int detected_max_h = 0;
  NvOSD_ColorParams border_color = {1.0, 0.0, 0.0, 1.0};
  std::optional<NvOSD_ColorParams> bg_color;
};

struct InferConfig {
  std::string file;

  unsigned unique_id = 15;
  ProcessMode process_mode = ProcessMode::kPrimary;
  unsigned interval = 0;  // batches passed through between two inferences
  unsigned batch_size = 1;
  unsigned gpu_id = 0;
  int network_mode = 0;  // precision; the CPU engines run what the model file says
  std::optional<NetworkType> network_type_key;
  bool is_classifier = false;  // legacy spelling of network-type=1
  NetworkType network_type() const {
    if (network_type_key) return *network_type_key;
    return is_classifier ? NetworkType::kClassifier : NetworkType::kDetector;
  }

  // Model.
  std::string onnx_file;
  std::string model_engine_file;
  std::string engine;                // empty: by file type
  unsigned workers = 0;              // batches that run side by side; 0: default_workers()
  std::vector<unsigned> infer_dims;  // c, h, w; empty: from the model
  std::vector<std::string> output_blob_names;
  std::map<std::string, std::string> withdrawn;  // model keys of formats nobody can run any more

  // Pre-processing: y = net_scale_factor * (x - offset), x in 0..255.
  float net_scale_factor = 1.0f;
  std::vector<float> offsets;
  std::string mean_file;
  ColorFormat model_color_format = ColorFormat::kRgb;
  InputOrder network_input_order = InputOrder::kNchw;
  bool maintain_aspect_ratio = false;
  bool symmetric_padding = false;
  unsigned padding_value = 0;  // of letterbox borders, 0..255
  unsigned scaling_filter = 1;
  bool input_tensor_from_meta = false;
  // c, h, w of these tensors, where known: what a model that leaves its size open is loaded for.
  std::vector<unsigned> prepared_dims;

  // Post-processing.
  std::string labelfile_path;
  unsigned num_detected_classes = 0;  // 0: from the labels or the model
  ClusterMode cluster_mode = ClusterMode::kGroupRectangles;
  std::set<int> filter_out_class_ids;
  std::string custom_lib_path;
  std::string engine_create_func_name;  // of TensorRT engines: not called
  std::string parse_bbox_func_name;
  std::string parse_bbox_instance_mask_func_name;
  std::string parse_classifier_func_name;
  std::string parse_segmentation_func_name;
  bool output_tensor_meta = false;
  bool output_instance_mask = false;
  std::optional<float> segmentation_threshold;  // no value: as the outputs need it
  InputOrder segmentation_output_order = InputOrder::kNchw;
  float classifier_threshold = 0.0f;
  bool classifier_async_mode = false;
  std::string classifier_type;

  // Which objects a secondary element works on.
  int operate_on_gie_id = -1;
  std::set<int> operate_on_class_ids;
  unsigned input_object_min_width = 1;
  unsigned input_object_min_height = 1;
  unsigned input_object_max_width = 0;
  unsigned input_object_max_height = 0;
  int secondary_reinfer_interval = INT_MAX;
  bool crop_objects_to_roi_boundary = false;
  bool clip_object_outside_roi = true;

  ClassAttributes all_classes;
  std::map<int, ClassAttributes> classes;  // only those with a group of their own
  const ClassAttributes& attributes(int class_id) const {
    const auto found = classes.find(class_id);
    return found == classes.end() ? all_classes : found->second;
  }

  std::vector<std::string> warnings;  // for the bus: unknown keys and the like
};

// Reads a configuration: GKeyFile rules, or YAML if the name ends in .yml or .yaml. Paths in it are
// resolved against the file. Throws ConfigError.
InferConfig read_infer_config(const std::string& file);

// The model file to load. Throws ConfigError with advice when all that is configured is a format
// that cannot run here (TensorRT engines, UFF, Caffe, TLT/etlt, Darknet).
std::string model_file(const InferConfig& config);

}  // namespace pyds
