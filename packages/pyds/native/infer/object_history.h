// What a secondary element remembers of tracked objects: when each was inferred and the answer.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "infer/classification.h"

namespace pyds {

// One tracked object. What says nothing about threads belongs to the streaming thread.
class TrackedObject {
 public:
  // The object is on its way through the network.
  void start(int frame_num, float area);
  // It is not after all: it is due again.
  void cancel();
  // More than `interval` frames ago, or never, or (with `when_grown`) as an object a fifth smaller.
  // An object in the network is not due.
  bool is_due(int frame_num, float area, int interval, bool when_grown) const;

  // Any thread.
  void set_classification(Classification classification);
  // The latest, or nullptr before the first. Any thread.
  std::shared_ptr<const Classification> classification() const;
  // Waiting for an answer that comes at some later time. Any thread.
  void set_awaited(bool awaited);

 private:
  friend class ObjectHistory;

  bool started_ = false;
  int frame_num_ = 0;
  float area_ = 0.0f;        // square pixels
  uint64_t seen_batch_ = 0;  // the last batch it was in

  mutable std::mutex mutex_;
  bool awaited_ = false;
  std::shared_ptr<const Classification> classification_;
};

// Streaming thread only.
class ObjectHistory {
 public:
  // The object of a source; a new one if it was unknown.
  std::shared_ptr<TrackedObject> find(unsigned source_id, uint64_t object_id);
  // Counts a batch; from time to time drops objects that were in none for long.
  void next_batch();
  void forget(unsigned source_id) { sources_.erase(source_id); }
  void forget_all() { sources_.clear(); }
  size_t size() const;

  // Batches after which an object nobody asked for is dropped; longer than trackers keep ids of
  // objects out of sight.
  static constexpr uint64_t kKeptBatches = 1800;

 private:
  using Objects = std::unordered_map<uint64_t, std::shared_ptr<TrackedObject>>;
  std::map<unsigned, Objects> sources_;
  uint64_t batch_ = 0;
};

}  // namespace pyds
