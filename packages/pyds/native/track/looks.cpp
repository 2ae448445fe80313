#include "track/looks.h"

#include <algorithm>
#include <iterator>

namespace pyds::track {

Looks::Looks(const ReidConfig& config, const std::vector<Detection>& detections,
             EmbeddingSource* source)
    : config_(config), detections_(detections), source_(source) {}

void Looks::take(const std::vector<int>& detections) {
  if (!source_) return;
  std::vector<int> seen;
  std::copy_if(detections.begin(), detections.end(), std::back_inserter(seen),
               [this](int index) { return !is_hidden(index); });
  if (!seen.empty()) source_->make(detections_, seen);
}

// A crop of a hidden object shows the one before it, whose looks must not be taken for its own.
// What is nearer to the camera has its lower edge lower in the picture. Only objects of the same
// class count: a bicycle hides nothing of who rides it.
bool Looks::is_hidden(int index) const {
  const Detection& detection = detections_[index];
  float visible = 1;
  for (const Detection& other : detections_)
    if (other.class_id == detection.class_id && other.component_id == detection.component_id &&
        other.box.bottom() > detection.box.bottom())
      visible -= intersection(detection.box, other.box) / detection.box.area();
  return visible < config_.min_visibility;
}

float Looks::similarity(const Gallery& gallery, int detection) const {
  const float* embedding = source_ && !gallery.empty() ? source_->embedding(detection) : nullptr;
  return embedding ? gallery.similarity(embedding, source_->size()) : -1;
}

bool Looks::learn(int detection, size_t capacity, Gallery* gallery) const {
  const float* embedding = source_ ? source_->embedding(detection) : nullptr;
  if (embedding) gallery->add(embedding, source_->size(), capacity);
  return embedding != nullptr;
}

}  // namespace pyds::track
