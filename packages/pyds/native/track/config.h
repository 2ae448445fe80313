// What a low-level tracker configuration file says: its sections and keys, named as in DeepStream.
//
// A key left out keeps the default given here. Distances are pixels, ages are frames, variances
// pixels squared, scores and confidences 0..1.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pyds::track {

enum class MatcherType { kGreedy = 0, kCascaded = 1 };
// What is filtered: nothing, place with velocity and size, place and size with velocities, place.
enum class EstimatorType { kDummy = 0, kSimple = 1, kRegular = 2, kLocation = 3 };
enum class ReidType { kNone = 0, kAssociation = 1, kReassociation = 2, kBoth = 3 };

struct BaseConfig {
  // Detections below are ignored.
  float min_detector_confidence = 0.1f;
};

struct TargetManagementConfig {
  int max_targets_per_stream = 1000;
  // A detection that overlaps a target of this frame more than this starts no new target.
  float min_iou_for_duplicate = 0.8f;
  // A target that the detector missed is reported where it is predicted, unless it is less certain
  // than this.
  float min_tracker_confidence = 0.4f;
  // A target is reported once its age (1 at its first detection) exceeds this.
  int probation_age = 0;
  int max_shadow_tracking_age = 30;
  int early_termination_age = 1;
  // A detection below starts no target. One below tentativeDetectorConfidence starts one that
  // needs several such detections to be reported. Unset: tentativeDetectorConfidence.
  std::optional<float> min_confidence_for_new_target = 0.3f;
  bool output_terminated_tracks = false;
  bool output_shadow_tracks = false;
};

struct TrajectoryConfig {
  bool use_unique_id = false;
  // Gives the id of a lost target to a new one that goes on where the lost one was heading.
  bool enable_reassociation = true;

  float min_overall = 0.4f;
  float min_tracklet_similarity = 0.4f;
  float min_reid_similarity = 0.6f;
  float weight_tracklet_similarity = 0.5f;
  float weight_reid_similarity = 0.5f;

  int min_length_for_projection = 10;
  int preparation_length = 30;
  int projection_length = 60;
  float max_angle_degrees = 60;
  float min_speed_similarity = 0.2f;
  float min_box_size_similarity = 0.4f;
  int max_time_search_range = 5;
  // How much the boxes are grown before their overlap counts, as a share of their size.
  float search_region_scale = 0.3f;
  int reid_extraction_interval = 8;
};

struct AssociatorConfig {
  MatcherType matcher = MatcherType::kCascaded;
  bool check_class_match = true;

  float min_overall = 0;
  float min_size_similarity = 0;
  float min_iou = 0.2f;
  float min_reid_similarity = 0;
  float weight_size_similarity = 0;
  float weight_iou = 1;
  float weight_visual_similarity = 0;
  float weight_reid_similarity = 0;

  // Detections below are tentative: they are matched after all others.
  float tentative_detector_confidence = 0.7f;
  float min_tentative_iou = 0.5f;
};

struct StateEstimatorConfig {
  EstimatorType type = EstimatorType::kSimple;
  // Unset: a share of the box's own size, so that one setting serves every resolution and range.
  std::optional<float> process_noise_location;
  std::optional<float> process_noise_size;
  std::optional<float> process_noise_velocity;
  std::optional<float> measurement_noise_detector;
};

// The network that makes embeddings. It gets (x - offset) * net_scale_factor for x in 0..255.
struct ReidNetworkConfig {
  std::string onnx_file;  // this and the following: paths as they are to be opened
  std::string model_engine_file;
  std::string tlt_encoded_model;
  std::string uff_file;
  int batch_size = 100;         // objects per run, at most
  int feature_size = 0;         // values of an embedding; 0: as many as the network gives
  std::vector<int> infer_dims;  // in the input's order; empty: from the model
  bool channels_last = false;
  bool blue_first = false;
  std::vector<float> offsets;  // one per channel, or none
  float net_scale_factor = 1;
  bool keep_aspect_ratio = true;
};

struct ReidConfig {
  ReidType type = ReidType::kNone;
  int history_size = 100;
  bool output_tensor = false;
  // An object's looks count if at least this share of it is not behind nearer ones.
  float min_visibility = 0.6f;
  ReidNetworkConfig network;

  bool in_association() const { return type == ReidType::kAssociation || type == ReidType::kBoth; }
  bool in_reassociation() const {
    return type == ReidType::kReassociation || type == ReidType::kBoth;
  }
};

struct Config {
  BaseConfig base;
  TargetManagementConfig targets;
  TrajectoryConfig trajectory;
  AssociatorConfig associator;
  StateEstimatorConfig estimator;
  ReidConfig reid;
};

}  // namespace pyds::track
