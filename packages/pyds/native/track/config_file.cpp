#include "track/config_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <type_traits>
#include <utility>

#include "base/nearest.h"
#include "base/paths.h"

namespace pyds::track {
namespace {

// One 'key: value' line, for messages.
struct Line {
  const std::string& file;
  std::string place;  // "file:line"
  std::string name;   // "Section.key"
};

using Key = std::function<void(Config*, const YAML::Node&, const Line&)>;
using Section = std::map<std::string, Key>;

constexpr double kAny = std::numeric_limits<float>::max();

std::string shown(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

// What a key with a number takes.
struct Range {
  double min;
  double max;
  bool whole;

  std::string text() const {
    return std::string(whole ? "a whole number" : "a number") + " from " + shown(min) +
           (max < kAny ? " to " + shown(max) : " up");
  }
};

double number(const YAML::Node& node, const Range& allowed, const Line& line) {
  double value = 0;
  bool flag = false;
  const std::string what = line.place + ": " + line.name + " is ";
  if (!node.IsScalar()) throw ConfigError(what + "a list, not " + allowed.text());
  if (!YAML::convert<double>::decode(node, value)) {
    if (!YAML::convert<bool>::decode(node, flag))
      throw ConfigError(what + "'" + node.Scalar() + "', not " + allowed.text());
    value = flag;
  }
  if (!(value >= allowed.min && value <= allowed.max) ||
      (allowed.whole && value != std::floor(value)))
    throw ConfigError(what + node.Scalar() + "; allowed is " + allowed.text());
  return value;
}

// `field` is a function from Config* to a reference to the field.
template <typename Field>
using Value = std::decay_t<decltype(std::declval<Field>()(static_cast<Config*>(nullptr)))>;

template <typename Field>
Key key(double min, double max, Field field) {
  using Type = Value<Field>;
  const Range range{min, max, std::is_integral_v<Type> || std::is_enum_v<Type>};
  return [range, field](Config* config, const YAML::Node& node, const Line& line) {
    const double value = number(node, range, line);
    if constexpr (std::is_same_v<Type, std::optional<float>>)
      field(config) = static_cast<float>(value);
    else
      field(config) = static_cast<Type>(value);
  };
}

// `count` numbers.
template <typename Field>
Key list_key(double min, double max, size_t count, Field field) {
  using Type = typename Value<Field>::value_type;
  const Range range{min, max, std::is_integral_v<Type>};
  return [range, count, field](Config* config, const YAML::Node& node, const Line& line) {
    if (!node.IsSequence() || node.size() != count)
      throw ConfigError(line.place + ": " + line.name + " is no list of " + std::to_string(count) +
                        " numbers, as in [1, 2, 3]");
    field(config).clear();
    for (const YAML::Node& value : node)
      field(config).push_back(static_cast<Type>(number(value, range, line)));
  };
}

// A file, named from the configuration's own folder.
template <typename Field>
Key file_key(Field field) {
  return [field](Config* config, const YAML::Node& node, const Line& line) {
    if (!node.IsScalar() && !node.IsNull())
      throw ConfigError(line.place + ": " + line.name + " is a list, not the name of a file");
    const std::string name = node.IsNull() ? "" : node.Scalar();
    field(config) = name.empty() ? "" : resolve_config_path(name, line.file);
  };
}

#define FIELD(path) \
  [](Config * config) -> auto& { return config->path; }

const std::map<std::string, Section>& sections() {
  static const std::map<std::string, Section> all = {
      {"BaseConfig", {{"minDetectorConfidence", key(-1, 1, FIELD(base.min_detector_confidence))}}},
      {"TargetManagement",
       {{"maxTargetsPerStream", key(1, 1e6, FIELD(targets.max_targets_per_stream))},
        {"minIouDiff4NewTarget", key(0, 1, FIELD(targets.min_iou_for_duplicate))},
        {"minTrackerConfidence", key(0, 1, FIELD(targets.min_tracker_confidence))},
        {"probationAge", key(0, 1e6, FIELD(targets.probation_age))},
        {"maxShadowTrackingAge", key(0, 1e6, FIELD(targets.max_shadow_tracking_age))},
        {"earlyTerminationAge", key(0, 1e6, FIELD(targets.early_termination_age))},
        {"minDetectorConfidence4NewTarget",
         key(0, 1, FIELD(targets.min_confidence_for_new_target))},
        {"outputTerminatedTracks", key(0, 1, FIELD(targets.output_terminated_tracks))},
        {"outputShadowTracks", key(0, 1, FIELD(targets.output_shadow_tracks))}}},
      {"TrajectoryManagement",
       {{"useUniqueID", key(0, 1, FIELD(trajectory.use_unique_id))},
        {"enableReAssoc", key(0, 1, FIELD(trajectory.enable_reassociation))},
        {"minMatchingScore4Overall", key(0, kAny, FIELD(trajectory.min_overall))},
        {"minTrackletMatchingScore", key(0, 1, FIELD(trajectory.min_tracklet_similarity))},
        {"minMatchingScore4ReidSimilarity", key(0, 1, FIELD(trajectory.min_reid_similarity))},
        {"matchingScoreWeight4TrackletSimilarity",
         key(0, kAny, FIELD(trajectory.weight_tracklet_similarity))},
        {"matchingScoreWeight4ReidSimilarity",
         key(0, kAny, FIELD(trajectory.weight_reid_similarity))},
        {"minTrajectoryLength4Projection",
         key(1, 1e6, FIELD(trajectory.min_length_for_projection))},
        {"prepLength4TrajectoryProjection", key(1, 1e6, FIELD(trajectory.preparation_length))},
        {"trajectoryProjectionLength", key(0, 1e6, FIELD(trajectory.projection_length))},
        {"maxAngle4TrackletMatching", key(0, 180, FIELD(trajectory.max_angle_degrees))},
        {"minSpeedSimilarity4TrackletMatching", key(0, 1, FIELD(trajectory.min_speed_similarity))},
        {"minBboxSizeSimilarity4TrackletMatching",
         key(0, 1, FIELD(trajectory.min_box_size_similarity))},
        {"maxTrackletMatchingTimeSearchRange",
         key(0, 1e6, FIELD(trajectory.max_time_search_range))},
        {"trackletSpacialSearchRegionScale", key(0, kAny, FIELD(trajectory.search_region_scale))},
        {"reidExtractionInterval", key(-1, 1e6, FIELD(trajectory.reid_extraction_interval))}}},
      {"DataAssociator",
       {{"associationMatcherType", key(0, 1, FIELD(associator.matcher))},
        {"checkClassMatch", key(0, 1, FIELD(associator.check_class_match))},
        {"minMatchingScore4Overall", key(0, kAny, FIELD(associator.min_overall))},
        {"minMatchingScore4SizeSimilarity", key(0, 1, FIELD(associator.min_size_similarity))},
        {"minMatchingScore4Iou", key(0, 1, FIELD(associator.min_iou))},
        {"minMatchingScore4ReidSimilarity", key(0, 1, FIELD(associator.min_reid_similarity))},
        {"matchingScoreWeight4SizeSimilarity",
         key(0, kAny, FIELD(associator.weight_size_similarity))},
        {"matchingScoreWeight4Iou", key(0, kAny, FIELD(associator.weight_iou))},
        {"matchingScoreWeight4VisualSimilarity",
         key(0, kAny, FIELD(associator.weight_visual_similarity))},
        {"matchingScoreWeight4ReidSimilarity",
         key(0, kAny, FIELD(associator.weight_reid_similarity))},
        {"tentativeDetectorConfidence", key(0, 1, FIELD(associator.tentative_detector_confidence))},
        {"minMatchingScore4TentativeIou", key(0, 1, FIELD(associator.min_tentative_iou))}}},
      {"StateEstimator",
       {{"stateEstimatorType", key(0, 3, FIELD(estimator.type))},
        {"processNoiseVar4Loc", key(0, kAny, FIELD(estimator.process_noise_location))},
        {"processNoiseVar4Size", key(0, kAny, FIELD(estimator.process_noise_size))},
        {"processNoiseVar4Vel", key(0, kAny, FIELD(estimator.process_noise_velocity))},
        {"measurementNoiseVar4Detector",
         key(0, kAny, FIELD(estimator.measurement_noise_detector))}}},
      {"ReID",
       {{"reidType", key(0, 3, FIELD(reid.type))},
        {"reidHistorySize", key(1, 1e6, FIELD(reid.history_size))},
        {"outputReidTensor", key(0, 1, FIELD(reid.output_tensor))},
        {"minVisibility4GalleryUpdate", key(0, 1, FIELD(reid.min_visibility))},
        {"onnxFile", file_key(FIELD(reid.network.onnx_file))},
        {"modelEngineFile", file_key(FIELD(reid.network.model_engine_file))},
        {"tltEncodedModel", file_key(FIELD(reid.network.tlt_encoded_model))},
        {"uffFile", file_key(FIELD(reid.network.uff_file))},
        {"batchSize", key(1, 1e6, FIELD(reid.network.batch_size))},
        {"reidFeatureSize", key(1, 1e6, FIELD(reid.network.feature_size))},
        {"inferDims", list_key(1, 1e6, 3, FIELD(reid.network.infer_dims))},
        {"inputOrder", key(0, 1, FIELD(reid.network.channels_last))},
        {"colorFormat", key(0, 1, FIELD(reid.network.blue_first))},
        {"offsets", list_key(-kAny, kAny, 3, FIELD(reid.network.offsets))},
        {"netScaleFactor", key(-kAny, kAny, FIELD(reid.network.net_scale_factor))},
        {"keepAspc", key(0, 1, FIELD(reid.network.keep_aspect_ratio))}}},
  };
  return all;
}
#undef FIELD

// Known keys that change nothing: what they tune is not there (a visual tracker, 3D poses, a GPU)
// or happens anyway. A section with an empty list has no effect as a whole.
const std::map<std::string, std::vector<std::string>>& sections_without_effect() {
  static const std::map<std::string, std::vector<std::string>> all = {
      {"TargetManagement",
       {"enableBboxUnClipping", "preserveStreamUpdateOrder", "terminatedTrackFilename",
        "outputFootLocation", "outputVisibility"}},
      {"TrajectoryManagement",
       {"trajectoryProjectionProcessNoiseScale", "trajectoryProjectionMeasurementNoiseScale"}},
      {"DataAssociator",
       {"dataAssociatorType", "minMatchingScore4VisualSimilarity", "usePrediction4Assoc"}},
      {"StateEstimator",
       {"measurementNoiseVar4Tracker", "noiseWeightVar4Loc", "noiseWeightVar4Vel",
        "useAspectRatio"}},
      {"VisualTracker", {}},
      {"Segmenter", {}},
      {"ObjectModelProjection", {}},
      {"PoseEstimator", {}},
      {"MultiViewAssociator", {}},
      {"Communicator", {}},
      {"ReID",
       {"workspaceSize", "networkMode", "useVPICropScaler", "addFeatureNormalization",
        "calibrationTableFile", "tltModelKey"}},
  };
  return all;
}

std::string place(const std::string& name, const YAML::Mark& mark) {
  return name + ":" + std::to_string(mark.line + 1);
}

// OpenCV's header is no YAML directive ("%YAML:1.0"), and some files have comments before it.
std::string without_header(const std::string& text) {
  std::istringstream lines(text);
  std::string result, line;
  while (std::getline(lines, line))
    result += (line.rfind("%YAML", 0) == 0 ? std::string() : line) + "\n";
  return result;
}

bool contains(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

void read_section(const std::string& section, const YAML::Node& node, const std::string& name,
                  ConfigFile* file) {
  const auto known = sections().find(section);
  const auto ineffective = sections_without_effect().find(section);
  const bool is_ineffective = ineffective != sections_without_effect().end();
  if (known == sections().end()) {
    if (is_ineffective)
      file->without_effect.push_back(section);
    else
      file->warnings.push_back(place(name, node.Mark()) + ": unknown section '" + section +
                               "' is ignored; the nearest known one is '" +
                               nearest(sections(), section) + "'");
    return;
  }
  if (!node.IsMap()) {
    if (node.IsNull()) return;
    throw ConfigError(place(name, node.Mark()) + ": " + section + " is no list of 'key: value'");
  }
  for (const auto& entry : node) {
    const std::string key = entry.first.Scalar();
    const auto found = known->second.find(key);
    if (found != known->second.end())
      found->second(&file->config, entry.second,
                    {name, place(name, entry.first.Mark()), section + "." + key});
    else if (is_ineffective && contains(ineffective->second, key))
      file->without_effect.push_back(section + "." + key);
    else
      file->warnings.push_back(place(name, entry.first.Mark()) + ": unknown key '" + section + "." +
                               key + "' is ignored; the nearest known one is '" +
                               nearest(known->second, key) + "'");
  }
}

}  // namespace

ConfigFile parse_config(const std::string& text, const std::string& name) {
  ConfigFile file;
  YAML::Node root;
  try {
    root = YAML::Load(without_header(text));
  } catch (const YAML::Exception& error) {
    throw ConfigError(place(name, error.mark) + ": no YAML: " + error.msg);
  }
  if (root.IsNull()) return file;
  if (!root.IsMap())
    throw ConfigError(name +
                      ": no sections found; expected 'TargetManagement:' and the like, "
                      "each with indented 'key: value' lines");
  // Who says from where detections are tentative means that these start no target, unless they
  // say that as well.
  if (root["DataAssociator"].IsMap() && root["DataAssociator"]["tentativeDetectorConfidence"])
    file.config.targets.min_confidence_for_new_target.reset();
  for (const auto& section : root)
    read_section(section.first.Scalar(), section.second, name, &file);
  return file;
}

ConfigFile load_config(const std::string& path) {
  std::ifstream stream(path);
  if (!stream)
    throw ConfigError("cannot read the tracker configuration '" + path +
                      "'; check the path, or leave ll-config-file unset for the defaults");
  std::ostringstream text;
  text << stream.rdbuf();
  return parse_config(text.str(), path);
}

}  // namespace pyds::track
