#include "preprocess/config.h"

#include <algorithm>
#include <climits>
#include <functional>
#include <optional>

#include "infer/config_file.h"
#include "infer/config_value.h"
#include "infer/mean_image.h"

namespace pyds::preprocess {
namespace {

constexpr int kRoiColorParts = 4;
constexpr char kRegionsPrefix[] = "roi-params-src-";
constexpr char kDefaultLibrary[] = "libcustom2d_preprocess.so";

// What the keys say before it is put together.
struct Draft {
  Config config;
  std::optional<std::vector<long>> shape;
  bool channels_last = false;
  long color_format = 0;  // 0 RGB, 1 BGR, 2 grey
  std::optional<long> width, height;
  std::optional<ConfigValue> offsets, mean_file;
};

template <typename Target>
using Keys = std::map<std::string, std::function<void(const ConfigValue&, Target&)>>;

void accept(const ConfigValue&, Draft&) {}

void read_data_type(const ConfigValue& value, Draft& draft) {
  const long type = value.integer(0, 5);
  if (type != NvDsDataType_FP32 && type != NvDsDataType_UINT8 && type != NvDsDataType_FP16)
    value.refuse("0 float32, 1 uint8 or 5 float16");
  draft.config.type = NvDsDataType(type);
}

void read_input_order(const ConfigValue& value, Draft& draft) {
  const long order = value.integer(0, 2);
  if (order == 2) value.refuse("0 NCHW or 1 NHWC; an order of one's own needs a custom library");
  draft.channels_last = order == 1;
}

void read_library(const ConfigValue& value, Draft&) {
  const std::string& path = value.text();
  const std::string name = path.substr(path.rfind('/') + 1);
  if (!name.empty() && name != kDefaultLibrary)
    value.refuse(std::string(kDefaultLibrary) +
                 ", which is built in; libraries of one's own cannot be loaded");
}

void read_filter(const ConfigValue& value, Draft& draft) {
  draft.config.format.filter = value.integer(0, 6) == 0 ? Filter::kNearest : Filter::kBilinear;
}

void read_factor(const ConfigValue& value, Draft& draft) {
  const std::vector<float> factors = value.numbers();
  if (factors.empty() ||
      std::any_of(factors.begin(), factors.end(), [&](float f) { return f != factors[0]; }))
    value.refuse("one number, for all channels");
  draft.config.format.scale = factors[0];
}

const Keys<Draft>& property_keys() {
  using V = const ConfigValue&;
  static const Keys<Draft> keys = {
      {"enable", [](V v, Draft& d) { d.config.enable = v.boolean(); }},
      {"unique-id", [](V v, Draft& d) { d.config.unique_id = unsigned(v.integer(0, INT_MAX)); }},
      {"target-unique-ids",
       [](V v, Draft& d) {
         const std::vector<long> ids = v.integers(0, INT_MAX);
         d.config.target_ids.assign(ids.begin(), ids.end());
       }},
      {"process-on-frame", [](V v, Draft& d) { d.config.process_on_frame = v.boolean(); }},
      {"operate-on-gie-id",
       [](V v, Draft& d) { d.config.operate_on_gie_id = int(v.integer(-1, INT_MAX)); }},
      {"network-input-shape", [](V v, Draft& d) { d.shape = v.integers(1, 65536); }},
      {"network-input-order", read_input_order},
      {"network-color-format", [](V v, Draft& d) { d.color_format = v.integer(0, 2); }},
      {"processing-width", [](V v, Draft& d) { d.width = v.integer(1, 65536); }},
      {"processing-height", [](V v, Draft& d) { d.height = v.integer(1, 65536); }},
      {"tensor-data-type", read_data_type},
      {"tensor-name", [](V v, Draft& d) { d.config.tensor_name = v.text(); }},
      {"maintain-aspect-ratio", [](V v, Draft& d) { d.config.format.keep_aspect = v.boolean(); }},
      {"symmetric-padding", [](V v, Draft& d) { d.config.format.centred = v.boolean(); }},
      {"scaling-filter", read_filter},
      {"custom-lib-path", read_library},
      // These name functions of the library that is built in, or belong to GPU memory.
      {"custom-tensor-preparation-function", accept},
      {"gpu-id", accept},
      {"scaling-buf-pool-size", accept},
      {"tensor-buf-pool-size", accept},
      {"scaling-pool-memory-type", accept},
      {"scaling-pool-compute-hw", accept},
  };
  return keys;
}

const Keys<Draft>& user_keys() {
  using V = const ConfigValue&;
  static const Keys<Draft> keys = {
      {"pixel-normalization-factor", read_factor},
      {"offsets", [](V v, Draft& d) { d.offsets = v; }},
      {"mean-file", [](V v, Draft& d) { d.mean_file = v; }},
  };
  return keys;
}

void read_sources(const ConfigValue& value, Group& group) {
  for (const long source : value.integers(-1, INT_MAX)) {
    if (source < 0)
      group.all_sources = true;
    else
      group.sources.insert(unsigned(source));
  }
}

void read_color(const ConfigValue& value, Group& group) {
  const std::vector<float> parts = value.numbers();
  if (parts.size() != kRoiColorParts ||
      std::any_of(parts.begin(), parts.end(), [](float part) { return part < 0 || part > 1; }))
    value.refuse("red;green;blue;alpha, each from 0 to 1");
  group.roi_color = {parts[0], parts[1], parts[2], parts[3]};
}

const Keys<Group>& group_keys() {
  using V = const ConfigValue&;
  const auto limit = [](unsigned Group::*field) {
    return [field](V v, Group& g) { g.*field = unsigned(v.integer(0, INT_MAX)); };
  };
  static const Keys<Group> keys = {
      {"src-ids", read_sources},
      {"process-on-roi", [](V v, Group& g) { g.process_on_roi = v.boolean(); }},
      {"process-on-all-objects", [](V v, Group& g) { g.process_on_all_objects = v.boolean(); }},
      {"operate-on-class-ids",
       [](V v, Group& g) {
         for (const long id : v.integers(-1, INT_MAX))
           if (id >= 0) g.class_ids.insert(int(id));
       }},
      {"interval", limit(&Group::interval)},
      {"draw-roi", [](V v, Group& g) { g.draw_roi = v.boolean(); }},
      {"roi-color", read_color},
      {"input-object-min-width", limit(&Group::min_width)},
      {"input-object-min-height", limit(&Group::min_height)},
      {"input-object-max-width", limit(&Group::max_width)},
      {"input-object-max-height", limit(&Group::max_height)},
      {"custom-input-transformation-function", [](V, Group&) {}},
  };
  return keys;
}

void read_regions(const ConfigValue& value, const std::string& key, Group& group) {
  const std::string number = key.substr(sizeof kRegionsPrefix - 1);
  if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos)
    value.refuse(std::string("a key ") + kRegionsPrefix + "N, N being the source");
  const std::vector<long> numbers = value.integers(0, INT_MAX);
  if (numbers.empty() || numbers.size() % 4 != 0)
    value.refuse("left;top;width;height of each region, four whole numbers each");
  std::vector<Rect>& regions = group.regions[unsigned(std::stoul(number))];
  for (size_t i = 0; i < numbers.size(); i += 4) {
    const Rect region = {int(numbers[i]), int(numbers[i + 1]), int(numbers[i + 2]),
                         int(numbers[i + 3])};
    if (region.width == 0 || region.height == 0)
      value.refuse("left;top;width;height of each region, with a width and height above 0");
    regions.push_back(region);
  }
}

template <typename Target>
void read_keys(const ConfigGroup& entries, const Keys<Target>& keys, const std::string& file,
               Target* target, std::vector<std::string>* warnings) {
  for (const ConfigEntry& entry : entries.entries) {
    const auto reader = keys.find(entry.key);
    if (reader != keys.end())
      reader->second(ConfigValue(file, entries.name, entry.key, entry.text), *target);
    else
      warnings->push_back(file + ": [" + entries.name + "] " + entry.key + " is unknown, ignored");
  }
}

Group read_group(const ConfigGroup& entries, Config* config) {
  Group group;
  group.name = entries.name;
  ConfigGroup plain{entries.name, {}};
  for (const ConfigEntry& entry : entries.entries) {
    if (entry.key.compare(0, sizeof kRegionsPrefix - 1, kRegionsPrefix) == 0)
      read_regions(ConfigValue(config->file, entries.name, entry.key, entry.text), entry.key,
                   group);
    else
      plain.entries.push_back(entry);
  }
  read_keys(plain, group_keys(), config->file, &group, &config->warnings);
  const std::string where = config->file + ": [" + group.name + "] ";
  if (group.sources.empty() && !group.all_sources)
    throw ConfigError(where + "has no src-ids: name the sources, as 0;1;2, or -1 for all");
  if (group.process_on_roi && config->process_on_frame)
    for (const unsigned source : group.sources)
      if (!group.regions.count(source))
        throw ConfigError(where + "process-on-roi=1, but source " + std::to_string(source) +
                          " has no regions: add " + kRegionsPrefix + std::to_string(source) +
                          "=left;top;width;height, or leave it out of src-ids");
  return group;
}

// The format of the tensor, of all that was said about it.
void settle_format(Draft* draft) {
  Config& config = draft->config;
  TensorFormat& format = config.format;
  const std::string where = config.file + ": [property] ";
  if (!draft->shape)
    throw ConfigError(where + "has no network-input-shape: set it to batch;channels;height;width " +
                      "of the model's input, such as 8;3;544;960");
  const std::vector<long>& shape = *draft->shape;
  const auto refuse_shape = [&](const std::string& allowed) {
    std::string text;
    for (const long extent : shape) text += (text.empty() ? "" : ";") + std::to_string(extent);
    throw ConfigError(where + "network-input-shape=" + text + ": expected " + allowed);
  };
  const bool last = draft->channels_last;
  if (shape.size() != 4)
    refuse_shape(last ? "batch;height;width;channels" : "batch;channels;height;width");
  config.batch_size = unsigned(shape[0]);
  format.channels_last = last;
  format.channels = int(shape[last ? 3 : 1]);
  format.height = int(shape[last ? 1 : 2]);
  format.width = int(shape[last ? 2 : 3]);
  const bool grey = draft->color_format == 2;
  if (format.channels != (grey ? 1 : 3))
    refuse_shape(std::string(grey ? "1 channel for network-color-format=2 (grey)"
                                  : "3 channels for network-color-format=" +
                                        std::to_string(draft->color_format)) +
                 (last ? ", as batch;height;width;channels" : ", as batch;channels;height;width"));
  format.blue_first = draft->color_format == 1;
  if (draft->width.value_or(format.width) != format.width ||
      draft->height.value_or(format.height) != format.height)
    throw ConfigError(where + "processing-width and processing-height are " +
                      std::to_string(draft->width.value_or(format.width)) + " x " +
                      std::to_string(draft->height.value_or(format.height)) +
                      ", network-input-shape has " + std::to_string(format.width) + " x " +
                      std::to_string(format.height) + ": set them to the same");
  if (draft->offsets) {
    const std::vector<float> offsets = draft->offsets->numbers();
    if (!offsets.empty() && offsets.size() < size_t(format.channels))
      draft->offsets->refuse("one number per channel, " + std::to_string(format.channels));
    std::copy_n(offsets.begin(), std::min<size_t>(3, offsets.size()), format.offset);
  }
  if (draft->mean_file && !draft->mean_file->text().empty())
    format.mean = read_mean_image(draft->mean_file->path(), format);
}

}  // namespace

Config read_config(const std::string& file) {
  const std::vector<ConfigGroup> groups = read_config_file(file);
  Draft draft;
  Config& config = draft.config;
  config.file = file;
  for (const ConfigGroup& group : groups) {
    if (group.name == "property")
      read_keys(group, property_keys(), file, &draft, &config.warnings);
    else if (group.name == "user-configs")
      read_keys(group, user_keys(), file, &draft, &config.warnings);
  }
  settle_format(&draft);
  for (const ConfigGroup& group : groups) {
    if (group.name.compare(0, 6, "group-") == 0)
      config.groups.push_back(read_group(group, &config));
    else if (group.name != "property" && group.name != "user-configs")
      config.warnings.push_back(file + ": [" + group.name + "] is unknown, ignored");
  }
  if (config.groups.empty())
    throw ConfigError(file +
                      ": has no [group-0]: add one, with src-ids, for the sources to prepare");
  return std::move(draft.config);
}

}  // namespace pyds::preprocess
