#include "nvinfer/settings.h"

#include <gst/gst.h>

#include <algorithm>

#include "base/paths.h"

namespace pyds::nvinfer {
namespace {

enum Property {
  PROP_0,
  PROP_CONFIG_FILE_PATH,
  PROP_UNIQUE_ID,
  PROP_PROCESS_MODE,
  PROP_BATCH_SIZE,
  PROP_INTERVAL,
  PROP_MODEL_ENGINE_FILE,
  PROP_WORKERS,
  PROP_GPU_ID,
  PROP_INFER_ON_GIE_ID,
  PROP_INFER_ON_CLASS_IDS,
  PROP_FILTER_OUT_CLASS_IDS,
  PROP_OUTPUT_TENSOR_META,
  PROP_OUTPUT_INSTANCE_MASK,
  PROP_INPUT_TENSOR_META,
  PROP_CROP_OBJECTS_TO_ROI_BOUNDARY,
  PROP_CLIP_OBJECT_OUTSIDE_ROI,
  PROP_RAW_OUTPUT_FILE_WRITE,
};

GType process_mode_get_type() {
  static const GEnumValue values[] = {{int(ProcessMode::kPrimary), "Whole frames", "primary"},
                                      {int(ProcessMode::kSecondary), "Objects", "secondary"},
                                      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstNvInferProcessMode", values);
  return type;
}

// "0:2:3" or "0;2;3".
std::set<int> parse_class_ids(const char* text) {
  std::set<int> ids;
  g_auto(GStrv) parts = g_strsplit_set(text ? text : "", ":;", -1);
  for (char** part = parts; *part; ++part) {
    char* end = nullptr;
    const gint64 id = g_ascii_strtoll(*part, &end, 10);
    if (end != *part && id >= 0 && id <= G_MAXINT) ids.insert(int(id));
  }
  return ids;
}

std::string class_ids_text(const std::set<int>& ids, const char* separator) {
  std::string text;
  for (int id : ids) text += (text.empty() ? "" : separator) + std::to_string(id);
  return text;
}

}  // namespace

void install_properties(GObjectClass* object_class) {
  const auto in_ready = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                 GST_PARAM_MUTABLE_READY);
  const auto any_time = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                 GST_PARAM_MUTABLE_PLAYING);
  const auto add = [&](guint id, GParamSpec* spec) {
    g_object_class_install_property(object_class, id, spec);
  };
  const auto add_string = [&](guint id, const char* name, const char* blurb) {
    add(id, g_param_spec_string(name, name, blurb, "", in_ready));
  };
  const auto add_uint = [&](guint id, const char* name, const char* blurb, guint least, guint most,
                            guint value, GParamFlags flags) {
    add(id, g_param_spec_uint(name, name, blurb, least, most, value, flags));
  };
  const auto add_bool = [&](guint id, const char* name, const char* blurb, gboolean value) {
    add(id, g_param_spec_boolean(name, name, blurb, value, in_ready));
  };
  add_string(
      PROP_CONFIG_FILE_PATH, "config-file-path",
      "Configuration: model, pre- and post-processing (text or .yml); other properties, once "
      "set, win over it");
  add_uint(PROP_UNIQUE_ID, "unique-id", "Written to the objects' unique_component_id", 0, G_MAXINT,
           15, in_ready);
  add(PROP_PROCESS_MODE,
      g_param_spec_enum("process-mode", "process-mode", "What to infer on", process_mode_get_type(),
                        int(ProcessMode::kPrimary), in_ready));
  add_uint(PROP_BATCH_SIZE, "batch-size", "Frames or objects per inference, at most", 1, 1024, 1,
           in_ready);
  add_uint(PROP_INTERVAL, "interval", "Primary mode: batches passed through between two inferences",
           0, G_MAXINT, 0, any_time);
  add_string(
      PROP_MODEL_ENGINE_FILE, "model-engine-file",
      "Model to load instead of the configuration's (ONNX; TensorRT engines cannot run here)");
  add_uint(PROP_WORKERS, "workers",
           "Batches inferred side by side, each in a thread of its own; 0: one per core, 8 at most",
           0, 256, 0, in_ready);
  add_uint(PROP_GPU_ID, "gpu-id", "No effect: inference is on the CPU", 0, G_MAXUINT, 0, in_ready);
  add(PROP_INFER_ON_GIE_ID,
      g_param_spec_int("infer-on-gie-id", "infer-on-gie-id",
                       "Secondary mode: infer on objects of this component; -1: of any", -1,
                       G_MAXINT, -1, in_ready));
  add_string(PROP_INFER_ON_CLASS_IDS, "infer-on-class-ids",
             "Secondary mode: infer on objects of these classes, as 0:2:3; empty: all");
  add_string(PROP_FILTER_OUT_CLASS_IDS, "filter-out-class-ids",
             "Classes whose objects are dropped, as 0;2;3");
  add_bool(PROP_OUTPUT_TENSOR_META, "output-tensor-meta",
           "Attach the network's raw outputs to each frame or object", FALSE);
  add_bool(PROP_OUTPUT_INSTANCE_MASK, "output-instance-mask",
           "Instance segmentation: attach the masks to the objects", FALSE);
  add_bool(PROP_INPUT_TENSOR_META, "input-tensor-meta",
           "Take input tensors from nvdspreprocess instead of preparing them", FALSE);
  add_bool(PROP_CROP_OBJECTS_TO_ROI_BOUNDARY, "crop-objects-to-roi-boundary",
           "With input-tensor-meta: clip objects to their region", FALSE);
  add_bool(PROP_CLIP_OBJECT_OUTSIDE_ROI, "clip-object-outside-roi",
           "With input-tensor-meta: clip what is outside of the region", TRUE);
  add_bool(PROP_RAW_OUTPUT_FILE_WRITE, "raw-output-file-write",
           "No effect: read the tensors in a probe (output-tensor-meta)", FALSE);
}

void Settings::read_file(const char* file) {
  error_.clear();
  from_file_ = InferConfig();
  if (!file || !*file) return;
  try {
    from_file_ = read_(resolve_deepstream_path(file));
  } catch (const std::exception& problem) {
    error_ = problem.what();
    from_file_.file = file;
  }
}

void Settings::apply_overrides() {
  current_ = from_file_;
  for (const auto& [property, override] : overrides_) override(current_);
}

InferConfig Settings::effective() const {
  if (!error_.empty()) throw ConfigError(error_);
  if (current_.file.empty()) throw ConfigError("there is no configuration: set config-file-path");
  return current_;
}

void Settings::set_interval(unsigned interval) {
  overrides_[PROP_INTERVAL] = [interval](InferConfig& config) { config.interval = interval; };
  apply_overrides();
}

void Settings::set(guint property, const GValue* value) {
  const auto override_with = [&](std::function<void(InferConfig&)> apply) {
    overrides_[property] = std::move(apply);
  };
  const auto text = [&] {
    const char* string = g_value_get_string(value);
    return std::string(string ? string : "");
  };
  const auto set_uint = [&](unsigned InferConfig::*field) {
    override_with([field, number = g_value_get_uint(value)](InferConfig& c) { c.*field = number; });
  };
  const auto set_bool = [&](bool InferConfig::*field) {
    override_with(
        [field, flag = g_value_get_boolean(value) != FALSE](InferConfig& c) { c.*field = flag; });
  };
  switch (property) {
    case PROP_CONFIG_FILE_PATH:
      read_file(g_value_get_string(value));
      break;
    case PROP_UNIQUE_ID:
      set_uint(&InferConfig::unique_id);
      break;
    case PROP_PROCESS_MODE:
      override_with(
          [mode = ProcessMode(g_value_get_enum(value))](InferConfig& c) { c.process_mode = mode; });
      break;
    case PROP_BATCH_SIZE:
      set_uint(&InferConfig::batch_size);
      break;
    case PROP_INTERVAL:
      set_uint(&InferConfig::interval);
      break;
    case PROP_MODEL_ENGINE_FILE:
      override_with([file = resolve_deepstream_path(text())](InferConfig& c) {
        c.model_engine_file = file;
        // An engine of TensorRT leaves the configuration's ONNX file in use, anything else replaces
        // it.
        if (g_str_has_suffix(file.c_str(), ".onnx")) c.onnx_file.clear();
      });
      break;
    case PROP_WORKERS:
      set_uint(&InferConfig::workers);
      break;
    case PROP_GPU_ID:
      set_uint(&InferConfig::gpu_id);
      break;
    case PROP_INFER_ON_GIE_ID:
      override_with([id = g_value_get_int(value)](InferConfig& c) { c.operate_on_gie_id = id; });
      break;
    case PROP_INFER_ON_CLASS_IDS:
      override_with([ids = parse_class_ids(text().c_str())](InferConfig& c) {
        c.operate_on_class_ids = ids;
      });
      break;
    case PROP_FILTER_OUT_CLASS_IDS:
      override_with([ids = parse_class_ids(text().c_str())](InferConfig& c) {
        c.filter_out_class_ids = ids;
      });
      break;
    case PROP_OUTPUT_TENSOR_META:
      set_bool(&InferConfig::output_tensor_meta);
      break;
    case PROP_OUTPUT_INSTANCE_MASK:
      set_bool(&InferConfig::output_instance_mask);
      break;
    case PROP_INPUT_TENSOR_META:
      set_bool(&InferConfig::input_tensor_from_meta);
      break;
    case PROP_CROP_OBJECTS_TO_ROI_BOUNDARY:
      set_bool(&InferConfig::crop_objects_to_roi_boundary);
      break;
    case PROP_CLIP_OBJECT_OUTSIDE_ROI:
      set_bool(&InferConfig::clip_object_outside_roi);
      break;
    case PROP_RAW_OUTPUT_FILE_WRITE:
      break;
  }
  apply_overrides();
}

void Settings::get(guint property, GValue* value) const {
  switch (property) {
    case PROP_CONFIG_FILE_PATH:
      g_value_set_string(value, current_.file.c_str());
      break;
    case PROP_UNIQUE_ID:
      g_value_set_uint(value, current_.unique_id);
      break;
    case PROP_PROCESS_MODE:
      g_value_set_enum(value, int(current_.process_mode));
      break;
    case PROP_BATCH_SIZE:
      g_value_set_uint(value, current_.batch_size);
      break;
    case PROP_INTERVAL:
      g_value_set_uint(value, current_.interval);
      break;
    case PROP_MODEL_ENGINE_FILE:
      g_value_set_string(value, current_.model_engine_file.c_str());
      break;
    case PROP_WORKERS:
      g_value_set_uint(value, current_.workers);
      break;
    case PROP_GPU_ID:
      g_value_set_uint(value, current_.gpu_id);
      break;
    case PROP_INFER_ON_GIE_ID:
      g_value_set_int(value, current_.operate_on_gie_id);
      break;
    case PROP_INFER_ON_CLASS_IDS:
      g_value_set_string(value, class_ids_text(current_.operate_on_class_ids, ":").c_str());
      break;
    case PROP_FILTER_OUT_CLASS_IDS:
      g_value_set_string(value, class_ids_text(current_.filter_out_class_ids, ";").c_str());
      break;
    case PROP_OUTPUT_TENSOR_META:
      g_value_set_boolean(value, current_.output_tensor_meta);
      break;
    case PROP_OUTPUT_INSTANCE_MASK:
      g_value_set_boolean(value, current_.output_instance_mask);
      break;
    case PROP_INPUT_TENSOR_META:
      g_value_set_boolean(value, current_.input_tensor_from_meta);
      break;
    case PROP_CROP_OBJECTS_TO_ROI_BOUNDARY:
      g_value_set_boolean(value, current_.crop_objects_to_roi_boundary);
      break;
    case PROP_CLIP_OBJECT_OUTSIDE_ROI:
      g_value_set_boolean(value, current_.clip_object_outside_roi);
      break;
    case PROP_RAW_OUTPUT_FILE_WRITE:
      g_value_set_boolean(value, FALSE);
      break;
  }
}

}  // namespace pyds::nvinfer
