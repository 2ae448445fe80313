#include "nvtracker/settings.h"

#include <gst/gst.h>

#include <charconv>
#include <sstream>

namespace pyds::nvtracker {
namespace {

enum Property : guint {
  PROP_0,
  PROP_TRACKER_WIDTH,
  PROP_TRACKER_HEIGHT,
  PROP_GPU_ID,
  PROP_LL_LIB_FILE,
  PROP_LL_CONFIG_FILE,
  PROP_TRACKING_SURFACE_TYPE,
  PROP_DISPLAY_TRACKING_ID,
  PROP_TRACKING_ID_RESET_MODE,
  PROP_INPUT_TENSOR_META,
  PROP_TENSOR_META_GIE_ID,
  PROP_USER_META_POOL_SIZE,
  PROP_SUB_BATCHES,
  PROP_SUB_BATCH_ERR_RECOVERY_TRIAL_CNT,
  PROP_OPERATE_ON_CLASS_IDS,
  PROP_COMPUTE_HW,
};

std::string text_of(const GValue* value) {
  const gchar* text = g_value_get_string(value);
  return text ? text : "";
}

std::optional<int> number(std::string text) {
  text.erase(0, text.find_first_not_of(' '));
  text.erase(text.find_last_not_of(' ') + 1);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0)
    return std::nullopt;
  return value;
}

std::optional<std::set<int>> numbers(const std::string& text, char separator) {
  std::set<int> values;
  for (const std::string& part : split(text, separator)) {
    const std::optional<int> value = number(part);
    if (!value) return std::nullopt;
    values.insert(*value);
  }
  return values;
}

}  // namespace

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);)
    if (part.find_first_not_of(' ') != std::string::npos) parts.push_back(part);
  return parts;
}

std::optional<SubBatches> SubBatches::parse(const std::string& text) {
  SubBatches result;
  if (text.find(':') != std::string::npos) {
    unsigned next = 0;
    for (const std::string& part : split(text, ':')) {
      const std::optional<int> size = number(part);
      if (!size) return std::nullopt;
      std::set<unsigned>& sources = result.sources_.emplace_back();
      for (int i = 0; i < *size; ++i) sources.insert(next++);
    }
    return result;
  }
  for (const std::string& part : split(text, ';')) {
    const std::optional<std::set<int>> sources = numbers(part, ',');
    if (!sources) return std::nullopt;
    result.sources_.emplace_back(sources->begin(), sources->end());
  }
  return result;
}

size_t SubBatches::of_source(unsigned source_id) const {
  for (size_t i = 0; i < sources_.size(); ++i)
    if (sources_[i].count(source_id)) return i;
  return 0;
}

std::string Settings::set(guint property, const GValue* value) {
  switch (property) {
    case PROP_TRACKER_WIDTH:
      width = g_value_get_uint(value);
      break;
    case PROP_TRACKER_HEIGHT:
      height = g_value_get_uint(value);
      break;
    case PROP_GPU_ID:
      gpu_id = g_value_get_uint(value);
      break;
    case PROP_LL_LIB_FILE:
      library = text_of(value);
      break;
    case PROP_LL_CONFIG_FILE:
      config_files = text_of(value);
      break;
    case PROP_TRACKING_SURFACE_TYPE:
      surface_type = g_value_get_uint(value);
      break;
    case PROP_DISPLAY_TRACKING_ID:
      display_id = g_value_get_boolean(value);
      break;
    case PROP_TRACKING_ID_RESET_MODE:
      reset_mode = g_value_get_uint(value);
      break;
    case PROP_INPUT_TENSOR_META:
      input_tensor_meta = g_value_get_boolean(value);
      break;
    case PROP_TENSOR_META_GIE_ID:
      tensor_meta_gie_id = g_value_get_uint(value);
      break;
    case PROP_USER_META_POOL_SIZE:
      user_meta_pool_size = g_value_get_uint(value);
      break;
    case PROP_SUB_BATCHES: {
      const std::string text = text_of(value);
      const std::optional<SubBatches> parsed = SubBatches::parse(text);
      if (!parsed)
        return "sub-batches=\"" + text +
               "\" is not understood and ignored; list the sources of each sub-batch (\"0,1;2,3\") "
               "or give their sizes (\"2:2\")";
      sub_batches = *parsed;
      sub_batches_text = text;
      break;
    }
    case PROP_SUB_BATCH_ERR_RECOVERY_TRIAL_CNT:
      recovery_trials = g_value_get_int(value);
      break;
    case PROP_OPERATE_ON_CLASS_IDS: {
      const std::string text = text_of(value);
      const std::optional<std::set<int>> parsed = numbers(text, ';');
      if (!parsed)
        return "operate-on-class-ids=\"" + text +
               "\" is not understood and ignored; write class ids separated by ';', for example "
               "\"0;2\"";
      class_ids = *parsed;
      class_ids_text = text;
      break;
    }
    case PROP_COMPUTE_HW:
      compute_hw = g_value_get_uint(value);
      break;
  }
  return {};
}

void Settings::get(guint property, GValue* value) const {
  switch (property) {
    case PROP_TRACKER_WIDTH:
      g_value_set_uint(value, width);
      break;
    case PROP_TRACKER_HEIGHT:
      g_value_set_uint(value, height);
      break;
    case PROP_GPU_ID:
      g_value_set_uint(value, gpu_id);
      break;
    case PROP_LL_LIB_FILE:
      g_value_set_string(value, library.c_str());
      break;
    case PROP_LL_CONFIG_FILE:
      g_value_set_string(value, config_files.c_str());
      break;
    case PROP_TRACKING_SURFACE_TYPE:
      g_value_set_uint(value, surface_type);
      break;
    case PROP_DISPLAY_TRACKING_ID:
      g_value_set_boolean(value, display_id);
      break;
    case PROP_TRACKING_ID_RESET_MODE:
      g_value_set_uint(value, reset_mode);
      break;
    case PROP_INPUT_TENSOR_META:
      g_value_set_boolean(value, input_tensor_meta);
      break;
    case PROP_TENSOR_META_GIE_ID:
      g_value_set_uint(value, tensor_meta_gie_id);
      break;
    case PROP_USER_META_POOL_SIZE:
      g_value_set_uint(value, user_meta_pool_size);
      break;
    case PROP_SUB_BATCHES:
      g_value_set_string(value, sub_batches_text.c_str());
      break;
    case PROP_SUB_BATCH_ERR_RECOVERY_TRIAL_CNT:
      g_value_set_int(value, recovery_trials);
      break;
    case PROP_OPERATE_ON_CLASS_IDS:
      g_value_set_string(value, class_ids_text.c_str());
      break;
    case PROP_COMPUTE_HW:
      g_value_set_uint(value, compute_hw);
      break;
  }
}

void install_properties(GObjectClass* object_class) {
  const Settings defaults;
  const auto base = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  const auto ready = static_cast<GParamFlags>(base | GST_PARAM_MUTABLE_READY);
  const auto playing = static_cast<GParamFlags>(base | GST_PARAM_MUTABLE_PLAYING);
  const auto add = [&](guint id, GParamSpec* spec) {
    g_object_class_install_property(object_class, id, spec);
  };
  const auto add_uint = [&](guint id, const char* name, const char* blurb, guint value,
                            guint max = G_MAXUINT) {
    add(id, g_param_spec_uint(name, name, blurb, 0, max, value, ready));
  };
  const auto add_text = [&](guint id, const char* name, const char* blurb) {
    add(id, g_param_spec_string(name, name, blurb, "", ready));
  };
  add_text(PROP_LL_CONFIG_FILE, "ll-config-file",
           "Configuration of the tracker (YAML), or several separated by ';', one for each of "
           "sub-batches; none: the defaults");
  add_text(PROP_LL_LIB_FILE, "ll-lib-file",
           "No effect: the tracker is built in and takes the configuration files of DeepStream's");
  add(PROP_DISPLAY_TRACKING_ID, g_param_spec_boolean("display-tracking-id", "display-tracking-id",
                                                     "Append the id to the text of each object",
                                                     defaults.display_id, playing));
  add_uint(PROP_TRACKING_ID_RESET_MODE, "tracking-id-reset-mode",
           "0: ids go on; 1: new ids after a source was reset; 2: ids of a source start from 0 "
           "after its end; 3: both",
           defaults.reset_mode, kNewIdsAfterReset | kFromZeroAfterEos);
  add_text(PROP_OPERATE_ON_CLASS_IDS, "operate-on-class-ids",
           "Classes to track, separated by ';' (\"0;2\"); none: all");
  add_text(PROP_SUB_BATCHES, "sub-batches",
           "Which sources share a configuration: the sources of each sub-batch (\"0,1;2,3\") or "
           "their sizes (\"2:2\"); none: one for all");
  add_uint(PROP_TRACKER_WIDTH, "tracker-width", "No effect: boxes are tracked at full size",
           defaults.width);
  add_uint(PROP_TRACKER_HEIGHT, "tracker-height", "No effect: boxes are tracked at full size",
           defaults.height);
  add_uint(PROP_GPU_ID, "gpu-id", "No effect: tracking is on the CPU", defaults.gpu_id);
  add_uint(PROP_TRACKING_SURFACE_TYPE, "tracking-surface-type", "No effect", defaults.surface_type);
  add_uint(PROP_COMPUTE_HW, "compute-hw", "No effect: tracking is on the CPU", defaults.compute_hw);
  add(PROP_INPUT_TENSOR_META, g_param_spec_boolean("input-tensor-meta", "input-tensor-meta",
                                                   "No effect", defaults.input_tensor_meta, ready));
  add_uint(PROP_TENSOR_META_GIE_ID, "tensor-meta-gie-id", "No effect", defaults.tensor_meta_gie_id);
  add_uint(PROP_USER_META_POOL_SIZE, "user-meta-pool-size", "No effect: there is no limit",
           defaults.user_meta_pool_size);
  add(PROP_SUB_BATCH_ERR_RECOVERY_TRIAL_CNT,
      g_param_spec_int("sub-batch-err-recovery-trial-cnt", "sub-batch-err-recovery-trial-cnt",
                       "No effect: a sub-batch does not fail", -1, G_MAXINT,
                       defaults.recovery_trials, ready));
}

}  // namespace pyds::nvtracker
