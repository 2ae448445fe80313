#include "infer/config.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <limits>
#include <regex>

#include "base/nearest.h"
#include "infer/config_file.h"
#include "infer/config_value.h"

namespace pyds {
namespace {

constexpr long kMaxInt = std::numeric_limits<int>::max();
constexpr double kMaxFloat = std::numeric_limits<float>::max();

template <typename Target>
using Reader = std::function<void(const ConfigValue&, Target&)>;
template <typename Target>
using Keys = std::map<std::string, Reader<Target>>;

// Readers for the types of fields.
template <typename Target, typename Field>
Reader<Target> integer(Field Target::*field, long least = 0, long most = kMaxInt) {
  return [=](const ConfigValue& value, Target& target) {
    target.*field = static_cast<Field>(value.integer(least, most));
  };
}

template <typename Target>
Reader<Target> number(float Target::*field, double least = 0.0, double most = 1.0) {
  return [=](const ConfigValue& value, Target& target) {
    target.*field = static_cast<float>(value.number(least, most));
  };
}

Reader<InferConfig> boolean(bool InferConfig::*field) {
  return [=](const ConfigValue& value, InferConfig& config) { config.*field = value.boolean(); };
}

Reader<InferConfig> text(std::string InferConfig::*field) {
  return [=](const ConfigValue& value, InferConfig& config) { config.*field = value.text(); };
}

Reader<InferConfig> path(std::string InferConfig::*field) {
  return [=](const ConfigValue& value, InferConfig& config) { config.*field = value.path(); };
}

Reader<InferConfig> class_ids(std::set<int> InferConfig::*field) {
  return [=](const ConfigValue& value, InferConfig& config) {
    // -1 is how sample files write "all".
    for (long id : value.integers(-1, kMaxInt))
      if (id >= 0) (config.*field).insert(static_cast<int>(id));
  };
}

// Keys that only mean something to TensorRT or a GPU: accepted, without effect.
void accept(const ConfigValue&, InferConfig&) {}

void read_infer_dims(const ConfigValue& value, InferConfig& config) {
  const std::vector<long> dims = value.integers(1, 16384);
  if (dims.size() != 3) value.refuse("channels;height;width, such as 3;544;960");
  config.infer_dims.assign(dims.begin(), dims.end());
}

// Old spelling of infer-dims with a fourth number for the order of axes.
void read_input_dims(const ConfigValue& value, InferConfig& config) {
  const std::vector<long> dims = value.integers(0, 16384);
  if (dims.size() != 4 || dims[0] == 0 || dims[1] == 0 || dims[2] == 0)
    value.refuse("channels;height;width;order, such as 3;544;960;0");
  if (config.infer_dims.empty()) config.infer_dims.assign(dims.begin(), dims.begin() + 3);
}

void read_network_type(const ConfigValue& value, InferConfig& config) {
  const long type = value.integer(0, 100);
  if (type > 3 && type != 100)
    value.refuse("0 detector, 1 classifier, 2 segmentation, 3 instance segmentation or 100 other");
  config.network_type_key = static_cast<NetworkType>(type);
}

void read_offsets(const ConfigValue& value, InferConfig& config) {
  config.offsets = value.numbers();
  if (config.offsets.size() > 4) value.refuse("one number per channel, such as 124;117;104");
}

void read_enable_dbscan(const ConfigValue& value, InferConfig& config) {
  if (value.boolean()) config.cluster_mode = ClusterMode::kDbscan;
}

Reader<InferConfig> withdrawn(const char* key) {
  return [=](const ConfigValue& value, InferConfig& config) {
    if (!value.text().empty()) config.withdrawn[key] = value.text();
  };
}

const Keys<InferConfig>& property_keys() {
  using C = InferConfig;
  static const Keys<InferConfig> keys = {
      {"gie-unique-id", integer(&C::unique_id)},
      {"process-mode", integer(&C::process_mode, 1, 2)},
      {"interval", integer(&C::interval)},
      {"batch-size", integer(&C::batch_size, 1, 1024)},
      {"gpu-id", integer(&C::gpu_id)},
      {"network-mode", integer(&C::network_mode, 0, 3)},
      {"network-type", read_network_type},
      {"is-classifier", boolean(&C::is_classifier)},
      {"onnx-file", path(&C::onnx_file)},
      {"model-engine-file", path(&C::model_engine_file)},
      {"engine", text(&C::engine)},
      {"workers", integer(&C::workers, 0, 256)},
      {"infer-dims", read_infer_dims},
      {"input-dims", read_input_dims},
      {"uff-input-dims", read_input_dims},
      {"output-blob-names",
       [](const ConfigValue& value, C& config) { config.output_blob_names = value.list(); }},
      {"net-scale-factor", number(&C::net_scale_factor, -kMaxFloat, kMaxFloat)},
      {"offsets", read_offsets},
      {"mean-file", path(&C::mean_file)},
      {"model-color-format", integer(&C::model_color_format, 0, 2)},
      {"network-input-order", integer(&C::network_input_order, 0, 1)},
      {"maintain-aspect-ratio", boolean(&C::maintain_aspect_ratio)},
      {"symmetric-padding", boolean(&C::symmetric_padding)},
      {"padding-value", integer(&C::padding_value, 0, 255)},
      {"scaling-filter", integer(&C::scaling_filter, 0, 6)},
      {"input-tensor-from-meta", boolean(&C::input_tensor_from_meta)},
      {"labelfile-path", path(&C::labelfile_path)},
      {"num-detected-classes", integer(&C::num_detected_classes, 0, 100000)},
      {"cluster-mode", integer(&C::cluster_mode, 0, 4)},
      {"enable-dbscan", read_enable_dbscan},
      {"filter-out-class-ids", class_ids(&C::filter_out_class_ids)},
      {"custom-lib-path", path(&C::custom_lib_path)},
      {"engine-create-func-name", text(&C::engine_create_func_name)},
      {"parse-bbox-func-name", text(&C::parse_bbox_func_name)},
      {"parse-bbox-instance-mask-func-name", text(&C::parse_bbox_instance_mask_func_name)},
      {"parse-classifier-func-name", text(&C::parse_classifier_func_name)},
      {"parse-segmentation-func-name", text(&C::parse_segmentation_func_name)},
      {"output-tensor-meta", boolean(&C::output_tensor_meta)},
      {"output-instance-mask", boolean(&C::output_instance_mask)},
      {"segmentation-threshold",
       [](const ConfigValue& value, C& config) {
         config.segmentation_threshold = static_cast<float>(value.number(-kMaxFloat, kMaxFloat));
       }},
      {"segmentation-output-order", integer(&C::segmentation_output_order, 0, 1)},
      {"classifier-threshold", number(&C::classifier_threshold)},
      {"classifier-async-mode", boolean(&C::classifier_async_mode)},
      {"classifier-type", text(&C::classifier_type)},
      {"operate-on-gie-id", integer(&C::operate_on_gie_id, -1)},
      {"operate-on-class-ids", class_ids(&C::operate_on_class_ids)},
      {"input-object-min-width", integer(&C::input_object_min_width)},
      {"input-object-min-height", integer(&C::input_object_min_height)},
      {"input-object-max-width", integer(&C::input_object_max_width)},
      {"input-object-max-height", integer(&C::input_object_max_height)},
      {"secondary-reinfer-interval", integer(&C::secondary_reinfer_interval, -1)},
      {"crop-objects-to-roi-boundary", boolean(&C::crop_objects_to_roi_boundary)},
      {"clip-object-outside-roi", boolean(&C::clip_object_outside_roi)},
      {"model-file", withdrawn("model-file")},
      {"proto-file", withdrawn("proto-file")},
      {"uff-file", withdrawn("uff-file")},
      {"tlt-encoded-model", withdrawn("tlt-encoded-model")},
      {"custom-network-config", withdrawn("custom-network-config")},
      {"auto-inc-mem", accept},
      {"disable-output-host-copy", accept},
      {"dump-input-tensor", accept},
      {"dump-ip-tensor", accept},
      {"dump-op-tensor", accept},
      {"dump-output-tensor", accept},
      {"enable-dla", accept},
      {"force-implicit-batch-dim", accept},
      {"int8-calib-file", accept},
      {"ip-tensor-path", accept},
      {"layer-device-precision", accept},
      {"max-gpu-mem-per", accept},
      {"output-io-formats", accept},
      {"overwrite-input-tensor", accept},
      {"overwrite-ip-tensor", accept},
      {"overwrite-op-tensor", accept},
      {"overwrite-output-tensor", accept},
      {"parse-func", accept},
      {"raw-output-file-write", accept},
      {"scaling-compute-hw", accept},
      {"tensor-meta-pool-size", accept},
      {"tlt-model-key", accept},
      {"uff-input-blob-name", accept},
      {"uff-input-order", accept},
      {"use-dla-core", accept},
      {"workspace-size", accept},
  };
  return keys;
}

NvOSD_ColorParams read_color(const ConfigValue& value) {
  const std::vector<float> parts = value.numbers();
  const bool in_range =
      std::all_of(parts.begin(), parts.end(), [](float v) { return v >= 0.0f && v <= 1.0f; });
  if (parts.size() != 4 || !in_range) value.refuse("red;green;blue;alpha, each 0 to 1");
  return {parts[0], parts[1], parts[2], parts[3]};
}

const Keys<ClassAttributes>& class_keys() {
  using A = ClassAttributes;
  static const Keys<ClassAttributes> keys = {
      {"pre-cluster-threshold", number(&A::pre_cluster_threshold)},
      {"threshold", number(&A::pre_cluster_threshold)},
      {"post-cluster-threshold", number(&A::post_cluster_threshold)},
      {"topk", integer(&A::topk, -1)},
      {"nms-iou-threshold", number(&A::nms_iou_threshold)},
      {"eps", number(&A::eps, 0.0, kMaxFloat)},
      {"group-threshold", integer(&A::group_threshold)},
      {"minBoxes", integer(&A::min_boxes)},
      {"dbscan-min-score", number(&A::dbscan_min_score, 0.0, kMaxFloat)},
      {"roi-top-offset", integer(&A::roi_top_offset)},
      {"roi-bottom-offset", integer(&A::roi_bottom_offset)},
      {"detected-min-w", integer(&A::detected_min_w)},
      {"detected-min-h", integer(&A::detected_min_h)},
      {"detected-max-w", integer(&A::detected_max_w)},
      {"detected-max-h", integer(&A::detected_max_h)},
      {"border-color",
       [](const ConfigValue& value, A& target) { target.border_color = read_color(value); }},
      {"bg-color",
       [](const ConfigValue& value, A& target) { target.bg_color = read_color(value); }},
  };
  return keys;
}

template <typename Target>
void read_group(const std::string& file, const ConfigGroup& group, const Keys<Target>& keys,
                Target& target, std::vector<std::string>& warnings) {
  for (const ConfigEntry& entry : group.entries) {
    const auto found = keys.find(entry.key);
    if (found != keys.end())
      found->second({file, group.name, entry.key, entry.text}, target);
    else
      warnings.push_back(file + ": [" + group.name + "] unknown key '" + entry.key +
                         "' is ignored; the nearest known key is '" + nearest(keys, entry.key) +
                         "'");
  }
}

// N of class-attrs-N, or -1.
int class_of_group(const std::string& name) {
  static const std::string prefix = "class-attrs-";
  if (name.compare(0, prefix.size(), prefix) != 0) return -1;
  const std::string number = name.substr(prefix.size());
  const bool digits =
      !number.empty() && number.size() < 7 &&
      std::all_of(number.begin(), number.end(), [](unsigned char c) { return std::isdigit(c); });
  return digits ? std::stoi(number) : -1;
}

void read_groups(const std::vector<ConfigGroup>& groups, InferConfig& config) {
  // class-attrs-all first, wherever it is in the file: the other groups start from it.
  for (const ConfigGroup& group : groups)
    if (group.name == "class-attrs-all")
      read_group(config.file, group, class_keys(), config.all_classes, config.warnings);
  bool has_property = false;
  for (const ConfigGroup& group : groups) {
    const int class_id = class_of_group(group.name);
    if (group.name == "property") {
      has_property = true;
      read_group(config.file, group, property_keys(), config, config.warnings);
    } else if (class_id >= 0) {
      ClassAttributes& target = config.classes.emplace(class_id, config.all_classes).first->second;
      read_group(config.file, group, class_keys(), target, config.warnings);
    } else if (group.name != "class-attrs-all") {
      config.warnings.push_back(config.file + ": group [" + group.name +
                                "] is ignored; nvinfer reads [property], [class-attrs-all] and "
                                "[class-attrs-<class id>]");
    }
  }
  if (!has_property)
    throw ConfigError("configuration file '" + config.file +
                      "' has no [property] group: is it the configuration of another element?");
}

bool exists(const std::string& file) {
  std::error_code error;
  return std::filesystem::is_regular_file(file, error);
}

bool is_tensorrt(const std::string& file) {
  const std::string extension = std::filesystem::path(file).extension();
  return extension == ".engine" || extension == ".trt" || extension == ".plan";
}

// TensorRT engines are named after their source, "<model>.onnx_b1_gpu0_fp16.engine".
std::string onnx_behind_engine(const std::string& file) {
  static const std::regex pattern(R"((.*\.onnx)_b\d+_gpu\d+_\w+\.engine)");
  std::smatch match;
  return std::regex_match(file, match, pattern) && exists(match[1].str()) ? match[1].str()
                                                                          : std::string();
}

std::string advice_for_withdrawn(const InferConfig& config) {
  const auto named = [&](const char* key) -> std::string {
    const auto found = config.withdrawn.find(key);
    return found == config.withdrawn.end() ? "" : found->first + "=" + found->second;
  };
  if (const std::string seen = named("tlt-encoded-model"); !seen.empty())
    return seen +
           ": encrypted TLT/TAO models (.etlt) were withdrawn and cannot be read; get the "
           "same model as ONNX (TAO 5 and NGC ship .onnx) and set onnx-file";
  if (const std::string seen = named("uff-file"); !seen.empty())
    return seen +
           ": UFF was withdrawn; convert the original TensorFlow model with tf2onnx and set "
           "onnx-file";
  if (const std::string seen = named("custom-network-config"); !seen.empty())
    return seen +
           ": Darknet networks are not built here; export the model to ONNX (DeepStream-Yolo "
           "has exporters for each family) and set onnx-file";
  if (const std::string seen = named("model-file"); !seen.empty())
    return seen +
           ": Caffe models were withdrawn; convert the model to ONNX (caffe2onnx, or retrain "
           "with TAO 5) and set onnx-file";
  return named("proto-file") + ": Caffe models were withdrawn; set onnx-file";
}

}  // namespace

InferConfig read_infer_config(const std::string& file) {
  InferConfig config;
  config.file = file;
  read_groups(read_config_file(file), config);
  return config;
}

std::string model_file(const InferConfig& config) {
  const std::string where = config.file.empty() ? "" : config.file + ": ";
  if (!config.onnx_file.empty()) return config.onnx_file;
  const std::string& engine_file = config.model_engine_file;
  if (!engine_file.empty() && !is_tensorrt(engine_file)) return engine_file;
  if (const std::string onnx = onnx_behind_engine(engine_file); !onnx.empty()) return onnx;
  if (!config.withdrawn.empty()) throw ConfigError(where + advice_for_withdrawn(config));
  if (!engine_file.empty())
    throw ConfigError(where + "model-engine-file=" + engine_file +
                      ": a TensorRT engine only runs on the GPU it was built for; set onnx-file to "
                      "the ONNX model it was made from");
  throw ConfigError(where + "no model: set onnx-file in [property]");
}

}  // namespace pyds
