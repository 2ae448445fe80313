// The looks of the objects of one frame, where they can be seen.
#pragma once

#include <cstddef>
#include <vector>

#include "track/config.h"
#include "track/target.h"

namespace pyds::track {

// Makes embeddings: vectors that are alike for pictures of the same object.
class EmbeddingSource {
 public:
  virtual ~EmbeddingSource() = default;
  // Number of values of one embedding.
  virtual size_t size() const = 0;
  // Makes the embeddings of these detections, unless they are made already. May throw.
  virtual void make(const std::vector<Detection>& detections, const std::vector<int>& wanted) = 0;
  // Values of unit length, valid while the frame is tracked; null when none was made.
  virtual const float* embedding(int detection) const = 0;
};

class Looks {
 public:
  // Without a source nothing has looks.
  Looks(const ReidConfig& config, const std::vector<Detection>& detections,
        EmbeddingSource* source);

  bool exist() const { return source_ != nullptr; }
  // Has a look at those of these detections that are not hidden.
  void take(const std::vector<int>& detections);
  // The largest cosine similarity to what the gallery has, 0..1; negative where no look was taken
  // or the gallery is empty.
  float similarity(const Gallery& gallery, int detection) const;
  // Keeps the detection's looks. Returns false where no look was taken.
  bool learn(int detection, size_t capacity, Gallery* gallery) const;

 private:
  bool is_hidden(int index) const;

  const ReidConfig& config_;
  const std::vector<Detection>& detections_;
  EmbeddingSource* source_;
};

}  // namespace pyds::track
