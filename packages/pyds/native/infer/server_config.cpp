#include "infer/server_config.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "infer/config_file.h"
#include "infer/model_repository.h"
#include "infer/proto_reader.h"

namespace pyds {
namespace {

constexpr long kMaxInt = std::numeric_limits<int>::max();
constexpr double kMaxFloat = std::numeric_limits<float>::max();

using Read = std::function<void(const ProtoValue&)>;

// What only means something to Triton or a GPU, or happens anyway: accepted, without effect.
void accept(const ProtoValue&) {}

template <typename Number>
Read as_integer(Number* target, long least = 0, long most = kMaxInt) {
  return [=](const ProtoValue& v) { *target = static_cast<Number>(v.integer(least, most)); };
}
template <typename Number>
Read as_number(Number* target, double least = 0, double most = 1) {
  return [=](const ProtoValue& v) { *target = static_cast<float>(v.number(least, most)); };
}
Read as_boolean(bool* target) {
  return [=](const ProtoValue& v) { *target = v.boolean(); };
}
Read as_text(std::string* target) {
  return [=](const ProtoValue& v) { *target = v.text(); };
}
Read as_path(std::string* target) {
  return [=](const ProtoValue& v) { *target = v.path(); };
}
Read as_class_ids(std::set<int>* target) {
  return [=](const ProtoValue& v) {
    const int id = int(v.integer(-1, kMaxInt));
    if (id >= 0) target->insert(id);  // -1 is how sample files write "all"
  };
}
template <typename Function, typename... Targets>
Read as_message(Function read, Targets... targets) {
  return [=](const ProtoValue& value) { read(value, targets...); };
}
Read refused(const std::string& why) {
  return [=](const ProtoValue& v) { throw ConfigError(v.where() + ": " + why); };
}

void read_message(const ProtoValue& value, const ProtoFields& fields) {
  read_fields(value.message(), value.inside(), fields);
}

// Entries { key: 1 value { ... } } of a map.
template <typename Target, typename Function>
Read as_entry(Function read, Target target_of) {
  return [=](const ProtoValue& entry) {
    const TextField* key = entry.message().find("key");
    if (!key) entry.refuse("{ key: ... value { ... } }");
    const ProtoPlace inside = entry.inside();
    const int id = int(ProtoValue(*key, inside).integer(0, kMaxInt));
    read_message(entry,
                 {{"key", {accept}},
                  {"value", {[&](const ProtoValue& value) { read(value, target_of(id)); }}}});
  };
}

// The file while it is read: what cannot be said before all of it is known.
struct Draft {
  InferConfig config;
  std::string model_name;
  long model_version = -1;
  std::vector<std::string> roots;
  std::vector<long> input_dims;
  std::map<int, float> class_thresholds;

  // The attributes of one class; they start from those of all, which must be known by now.
  ClassAttributes* attributes(int id) {
    return &config.classes.emplace(id, config.all_classes).first->second;
  }
};

// ---- infer_config.backend

void read_input(const ProtoValue& value, Draft* draft) {
  draft->input_dims.clear();
  read_message(value,
               {{"name", {accept}},
                {"dims",
                 {[=](const ProtoValue& v) { draft->input_dims.push_back(v.integer(-1, kMaxInt)); },
                  kRepeated}},
                {"data_type", {accept}}});
}

void read_output(const ProtoValue& value, Draft* draft) {
  std::string name;
  read_message(value, {{"name", {as_text(&name)}}, {"max_buffer_bytes", {accept}}});
  if (!name.empty()) draft->config.output_blob_names.push_back(name);
}

void read_model_repo(const ProtoValue& value, Draft* draft) {
  read_message(
      value, {{"root", {[=](const ProtoValue& v) { draft->roots.push_back(v.path()); }, kRepeated}},
              {"log_level", {accept}},
              {"strict_model_config", {accept}},
              {"tf_gpu_memory_fraction", {accept}},
              {"tf_disable_soft_placement", {accept}},
              {"min_compute_capacity", {accept}},
              {"backend_dir", {accept}},
              {"model_control_mode", {accept}},
              {"cuda_device_memory", {accept, kRepeated}},
              {"pinned_memory_pool_byte_size", {accept}},
              {"backend_configs", {accept, kRepeated}}});
}

void read_triton(const ProtoValue& value, Draft* draft) {
  read_message(value, {{"model_name", {as_text(&draft->model_name)}},
                       {"version", {as_integer(&draft->model_version, -1)}},
                       {"class_params", {accept, kRepeated}},
                       {"model_repo", {as_message(read_model_repo, draft)}},
                       {"grpc",
                        {refused("this nvinferserver runs models itself and reaches no remote "
                                 "server; put the model repository on this machine and name it "
                                 "with model_repo { root: \"...\" }")}}});
}

void read_backend(const ProtoValue& value, Draft* draft) {
  read_message(value, {{"inputs", {as_message(read_input, draft), kRepeated}},
                       {"outputs", {as_message(read_output, draft), kRepeated}},
                       {"triton", {as_message(read_triton, draft)}},
                       {"trt_is", {as_message(read_triton, draft)}},
                       {"output_mem_type", {accept}},
                       {"disable_warmup", {accept}}});
}

// ---- infer_config.preprocess

void read_normalize(const ProtoValue& value, InferConfig* config) {
  read_message(value,
               {{"scale_factor", {as_number(&config->net_scale_factor, -kMaxFloat, kMaxFloat)}},
                {"channel_offsets",
                 {[=](const ProtoValue& v) {
                    config->offsets.push_back(float(v.number(-kMaxFloat, kMaxFloat)));
                  },
                  kRepeated}},
                {"mean_file", {as_path(&config->mean_file)}}});
  // What is left out is 0 in a protocol buffer.
  if (config->net_scale_factor == 0) config->net_scale_factor = 1;
}

void read_network_format(const ProtoValue& value, InferConfig* config) {
  const size_t format = value.choice(
      {"MEDIA_FORMAT_NONE", "IMAGE_FORMAT_RGB", "IMAGE_FORMAT_BGR", "IMAGE_FORMAT_GRAY"});
  config->model_color_format = format ? ColorFormat(format - 1) : ColorFormat::kRgb;
}

void read_tensor_order(const ProtoValue& value, InferConfig* config) {
  const InputOrder orders[] = {InputOrder::kFromModel, InputOrder::kNchw, InputOrder::kNhwc};
  config->network_input_order =
      orders[value.choice({"TENSOR_ORDER_NONE", "TENSOR_ORDER_LINEAR", "TENSOR_ORDER_NHWC"})];
}

void read_preprocess(const ProtoValue& value, InferConfig* config) {
  read_message(value, {{"network_format", {as_message(read_network_format, config)}},
                       {"tensor_order", {as_message(read_tensor_order, config)}},
                       {"tensor_name", {accept}},
                       {"maintain_aspect_ratio", {as_boolean(&config->maintain_aspect_ratio)}},
                       {"symmetric_padding", {as_boolean(&config->symmetric_padding)}},
                       {"frame_scaling_hw", {accept}},
                       {"frame_scaling_filter", {as_integer(&config->scaling_filter, 0, 6)}},
                       {"normalize", {as_message(read_normalize, config)}}});
}

// ---- infer_config.postprocess

void read_nms(const ProtoValue& value, InferConfig* config) {
  ClassAttributes& all = config->all_classes;
  config->cluster_mode = ClusterMode::kNms;
  read_message(value, {{"confidence_threshold", {as_number(&all.pre_cluster_threshold)}},
                       {"iou_threshold", {as_number(&all.nms_iou_threshold)}},
                       {"topk", {as_integer(&all.topk, -1)}}});
  if (all.topk == 0) all.topk = -1;
}

void read_dbscan(const ProtoValue& value, InferConfig* config) {
  ClassAttributes& all = config->all_classes;
  config->cluster_mode = ClusterMode::kDbscan;
  read_message(value, {{"pre_threshold", {as_number(&all.pre_cluster_threshold)}},
                       {"eps", {as_number(&all.eps, 0, kMaxFloat)}},
                       {"min_boxes", {as_integer(&all.min_boxes)}},
                       {"min_score", {as_number(&all.dbscan_min_score, 0, kMaxFloat)}}});
}

void read_group_rectangle(const ProtoValue& value, InferConfig* config) {
  ClassAttributes& all = config->all_classes;
  config->cluster_mode = ClusterMode::kGroupRectangles;
  read_message(value, {{"confidence_threshold", {as_number(&all.pre_cluster_threshold)}},
                       {"group_threshold", {as_integer(&all.group_threshold)}},
                       {"eps", {as_number(&all.eps, 0, kMaxFloat)}}});
}

void read_simple_cluster(const ProtoValue& value, InferConfig* config) {
  config->cluster_mode = ClusterMode::kNone;
  read_message(value, {{"threshold", {as_number(&config->all_classes.pre_cluster_threshold)}}});
}

void read_class_threshold(const ProtoValue& value, float* threshold) {
  read_message(value, {{"pre_threshold", {as_number(threshold)}}});
}

void read_detection(const ProtoValue& value, Draft* draft) {
  InferConfig* config = &draft->config;
  config->network_type_key = NetworkType::kDetector;
  config->cluster_mode = ClusterMode::kNone;
  const auto threshold_of = [draft](int id) { return &draft->class_thresholds[id]; };
  read_message(value,
               {{"num_detected_classes", {as_integer(&config->num_detected_classes, 0, 100000)}},
                {"per_class_params", {as_entry(read_class_threshold, threshold_of), kRepeated}},
                {"custom_parse_bbox_func", {as_text(&config->parse_bbox_func_name)}},
                {"nms", {as_message(read_nms, config)}},
                {"dbscan", {as_message(read_dbscan, config)}},
                {"group_rectangle", {as_message(read_group_rectangle, config)}},
                {"simple_cluster", {as_message(read_simple_cluster, config)}}});
}

void read_classification(const ProtoValue& value, InferConfig* config) {
  config->network_type_key = NetworkType::kClassifier;
  read_message(value,
               {{"threshold", {as_number(&config->classifier_threshold)}},
                {"custom_parse_classifier_func", {as_text(&config->parse_classifier_func_name)}}});
}

// Triton's own: the probabilities of one output, of which the best are wanted.
void read_triton_classification(const ProtoValue& value, InferConfig* config) {
  config->network_type_key = NetworkType::kClassifier;
  std::string output;
  read_message(value, {{"topk", {accept}},
                       {"threshold", {as_number(&config->classifier_threshold)}},
                       {"tensor_name", {as_text(&output)}}});
  if (!output.empty()) config->output_blob_names = {output};
}

void read_segmentation(const ProtoValue& value, InferConfig* config) {
  config->network_type_key = NetworkType::kSegmentation;
  read_message(value, {{"threshold", {as_number(&config->segmentation_threshold)}},
                       {"num_segmentation_classes", {accept}},
                       {"custom_parse_segmentation_func",
                        {as_text(&config->parse_segmentation_func_name)}}});
}

void read_other(const ProtoValue& value, InferConfig* config) {
  config->network_type_key = NetworkType::kOther;
  read_message(value, {{"type_name", {accept}}});
}

void read_postprocess(const ProtoValue& value, Draft* draft) {
  InferConfig* config = &draft->config;
  read_message(value,
               {{"labelfile_path", {as_path(&config->labelfile_path)}},
                {"detection", {as_message(read_detection, draft)}},
                {"classification", {as_message(read_classification, config)}},
                {"segmentation", {as_message(read_segmentation, config)}},
                {"other", {as_message(read_other, config)}},
                {"trtis_classification", {as_message(read_triton_classification, config)}},
                {"triton_classification", {as_message(read_triton_classification, config)}}});
}

// ---- infer_config

void read_extra(const ProtoValue& value) {
  read_message(
      value, {{"copy_input_to_host_buffers", {accept}},
              {"output_buffer_pool_size", {accept}},
              {"custom_process_funcion",  // as it is spelled
               {refused("custom processors of nvinferserver cannot be loaded; read the tensors in "
                        "a probe (output_tensor_meta: true), or parse them with "
                        "custom_parse_bbox_func")}}});
}

void read_custom_lib(const ProtoValue& value, InferConfig* config) {
  read_message(value, {{"path", {as_path(&config->custom_lib_path)}}});
}

void read_tensor_from_meta(const ProtoValue& value, InferConfig* config) {
  config->input_tensor_from_meta = true;
  read_message(value, {{"is_first_dim_batch", {accept}}});
}

void read_gpu_id(const ProtoValue& value, InferConfig* config) {
  config->gpu_id = unsigned(value.integer(0, kMaxInt));
}

void read_inference(const ProtoValue& value, Draft* draft) {
  InferConfig* config = &draft->config;
  read_message(value,
               {{"unique_id", {as_integer(&config->unique_id)}},
                {"gpu_ids", {as_message(read_gpu_id, config), kRepeated}},
                {"max_batch_size", {as_integer(&config->batch_size, 0, 1024)}},
                {"backend", {as_message(read_backend, draft)}},
                {"preprocess", {as_message(read_preprocess, config)}},
                {"input_tensor_from_meta", {as_message(read_tensor_from_meta, config)}},
                {"postprocess", {as_message(read_postprocess, draft)}},
                {"custom_lib", {as_message(read_custom_lib, config)}},
                {"extra", {read_extra}},
                {"lstm", {refused("networks with a memory (lstm) cannot run here")}},
                {"clip_object_outside_roi", {as_boolean(&config->clip_object_outside_roi)}}});
}

// ---- input_control

void read_object_filter(const ProtoValue& value, InferConfig* config) {
  read_message(value, {{"min_width", {as_integer(&config->input_object_min_width)}},
                       {"min_height", {as_integer(&config->input_object_min_height)}},
                       {"max_width", {as_integer(&config->input_object_max_width)}},
                       {"max_height", {as_integer(&config->input_object_max_height)}}});
}

void read_object_control(const ProtoValue& value, InferConfig* config) {
  read_message(value, {{"bbox_filter", {as_message(read_object_filter, config)}}});
}

void read_process_mode(const ProtoValue& value, InferConfig* config) {
  const bool objects = value.choice({"PROCESS_MODE_DEFAULT", "PROCESS_MODE_FULL_FRAME",
                                     "PROCESS_MODE_CLIP_OBJECTS"}) == 2;
  config->process_mode = objects ? ProcessMode::kSecondary : ProcessMode::kPrimary;
}

void read_input_control(const ProtoValue& value, InferConfig* config) {
  read_message(value,
               {{"process_mode", {as_message(read_process_mode, config)}},
                {"operate_on_gie_id", {as_integer(&config->operate_on_gie_id, -1)}},
                {"operate_on_class_ids", {as_class_ids(&config->operate_on_class_ids), kRepeated}},
                {"interval", {as_integer(&config->interval)}},
                {"secondary_reinfer_interval", {as_integer(&config->secondary_reinfer_interval)}},
                {"async_mode", {as_boolean(&config->classifier_async_mode)}},
                {"object_control", {as_message(read_object_control, config)}}});
}

// ---- output_control

void read_bbox_filter(const ProtoValue& value, ClassAttributes* target) {
  read_message(value, {{"min_width", {as_integer(&target->detected_min_w)}},
                       {"min_height", {as_integer(&target->detected_min_h)}},
                       {"max_width", {as_integer(&target->detected_max_w)}},
                       {"max_height", {as_integer(&target->detected_max_h)}}});
}

NvOSD_ColorParams read_color(const ProtoValue& value) {
  NvOSD_ColorParams color = {};
  const auto part = [](double* target) {
    return Read([=](const ProtoValue& v) { *target = v.number(0, 1); });
  };
  read_message(value, {{"r", {part(&color.red)}},
                       {"g", {part(&color.green)}},
                       {"b", {part(&color.blue)}},
                       {"a", {part(&color.alpha)}}});
  return color;
}

void read_class_filter(const ProtoValue& value, ClassAttributes* target) {
  read_message(
      value,
      {{"bbox_filter", {as_message(read_bbox_filter, target)}},
       {"roi_top_offset", {as_integer(&target->roi_top_offset)}},
       {"roi_bottom_offset", {as_integer(&target->roi_bottom_offset)}},
       {"border_color", {[=](const ProtoValue& v) { target->border_color = read_color(v); }}},
       {"bg_color", {[=](const ProtoValue& v) { target->bg_color = read_color(v); }}}});
}

void apply_class_thresholds(Draft* draft) {
  for (const auto& [id, threshold] : draft->class_thresholds)
    draft->attributes(id)->pre_cluster_threshold = threshold;
}

void read_detect_control(const ProtoValue& value, Draft* draft) {
  // First what is for all classes, wherever it is.
  const ProtoPlace inside = value.inside();
  if (const TextField* all = value.message().find("default_filter"))
    read_class_filter({*all, inside}, &draft->config.all_classes);
  apply_class_thresholds(draft);
  const auto attributes_of = [draft](int id) { return draft->attributes(id); };
  read_message(
      value,
      {{"default_filter", {accept}},
       {"specific_class_filters", {as_entry(read_class_filter, attributes_of), kRepeated}},
       {"filter_out_class_ids", {as_class_ids(&draft->config.filter_out_class_ids), kRepeated}}});
}

void read_output_control(const ProtoValue& value, Draft* draft) {
  InferConfig* config = &draft->config;
  read_message(value, {{"output_tensor_meta", {as_boolean(&config->output_tensor_meta)}},
                       {"detect_control", {as_message(read_detect_control, draft)}},
                       {"classifier_type", {as_text(&config->classifier_type)}}});
}

// ---- All together.

// The input's dimensions, with or without a batch axis, as channels, height, width.
std::vector<unsigned> infer_dims(std::vector<long> dims, InputOrder order) {
  if (dims.size() == 4) dims.erase(dims.begin());
  if (dims.size() != 3 || *std::min_element(dims.begin(), dims.end()) <= 0) return {};
  const auto is_channels = [](long extent) { return extent == 1 || extent == 3; };
  const bool last =
      order == InputOrder::kNhwc || (order == InputOrder::kFromModel && !is_channels(dims[0]));
  if (last) std::rotate(dims.begin(), dims.end() - 1, dims.end());
  return {dims.begin(), dims.end()};
}

void find_model(Draft* draft) {
  InferConfig& config = draft->config;
  const auto require = [&](bool there, const std::string& what) {
    if (!there) throw ConfigError(config.file + ": there is no " + what);
  };
  require(!draft->model_name.empty(),
          "model: set infer_config { backend { triton { model_name: \"...\" } } }");
  require(
      !draft->roots.empty(),
      "model repository: set infer_config { backend { triton { model_repo { root: \"...\" } } } "
      "}");
  const RepositoryModel model =
      find_repository_model(draft->roots, draft->model_name, draft->model_version);
  config.onnx_file = model.file;
  if (config.labelfile_path.empty()) config.labelfile_path = model.label_file;
  config.batch_size = std::max(config.batch_size, 1u);
  if (model.max_batch_size)
    config.batch_size = std::min(config.batch_size, unsigned(std::max(*model.max_batch_size, 1L)));
}

}  // namespace

InferConfig read_server_config(const std::string& file) {
  TextMessage message = parse_text_proto(read_config_text(file), file);
  // Output control last: what it says of one class starts from what infer_config says of all.
  std::stable_sort(message.fields.begin(), message.fields.end(),
                   [](const TextField& a, const TextField& b) { return a.name < b.name; });
  Draft draft;
  InferConfig& config = draft.config;
  config.file = file;
  config.network_type_key = NetworkType::kOther;
  config.network_input_order = InputOrder::kFromModel;
  read_fields(message, {file, "", &config.warnings},
              {{"infer_config", {as_message(read_inference, &draft)}},
               {"input_control", {as_message(read_input_control, &config)}},
               {"output_control", {as_message(read_output_control, &draft)}}});
  apply_class_thresholds(&draft);
  config.infer_dims = infer_dims(draft.input_dims, config.network_input_order);
  find_model(&draft);
  return config;
}

}  // namespace pyds
