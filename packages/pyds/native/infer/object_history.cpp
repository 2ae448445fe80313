#include "infer/object_history.h"

namespace pyds {
namespace {

constexpr float kGrown = 1.2f;         // an area larger by this shows something new
constexpr uint64_t kPruneEvery = 300;  // batches

}  // namespace

void TrackedObject::start(int frame_num, float area) {
  started_ = true;
  frame_num_ = frame_num;
  area_ = area;
}

void TrackedObject::cancel() {
  started_ = false;
  set_awaited(false);
}

bool TrackedObject::is_due(int frame_num, float area, int interval, bool when_grown) const {
  if (const std::lock_guard lock(mutex_); awaited_) return false;
  const int64_t elapsed = int64_t{frame_num} - frame_num_;
  // Negative when the source's frames are counted anew.
  return !started_ || elapsed < 0 || elapsed > interval || (when_grown && area > kGrown * area_);
}

void TrackedObject::set_classification(Classification classification) {
  auto latest = std::make_shared<const Classification>(std::move(classification));
  const std::lock_guard lock(mutex_);
  classification_ = std::move(latest);
}

std::shared_ptr<const Classification> TrackedObject::classification() const {
  const std::lock_guard lock(mutex_);
  return classification_;
}

void TrackedObject::set_awaited(bool awaited) {
  const std::lock_guard lock(mutex_);
  awaited_ = awaited;
}

std::shared_ptr<TrackedObject> ObjectHistory::find(unsigned source_id, uint64_t object_id) {
  std::shared_ptr<TrackedObject>& object = sources_[source_id][object_id];
  if (!object) object = std::make_shared<TrackedObject>();
  object->seen_batch_ = batch_;
  return object;
}

void ObjectHistory::next_batch() {
  if (++batch_ % kPruneEvery != 0) return;
  for (auto& [source_id, objects] : sources_)
    for (auto object = objects.begin(); object != objects.end();)
      object = batch_ - object->second->seen_batch_ > kKeptBatches ? objects.erase(object)
                                                                   : std::next(object);
}

size_t ObjectHistory::size() const {
  size_t count = 0;
  for (const auto& [source_id, objects] : sources_) count += objects.size();
  return count;
}

}  // namespace pyds
