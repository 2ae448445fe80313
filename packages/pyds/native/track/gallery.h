// The looks of a target: its latest embeddings, vectors of unit length compared by dot product.
#pragma once

#include <cstddef>
#include <vector>

namespace pyds::track {

class Gallery {
 public:
  // Keeps `embedding`, in place of the oldest one past `capacity`.
  void add(const float* embedding, size_t size, size_t capacity);
  // The largest cosine similarity to any kept embedding, 0 when there is none of this size.
  float similarity(const float* embedding, size_t size) const;
  // The same for the latest embedding of `other`.
  float similarity(const Gallery& other) const;
  bool empty() const { return values_.empty(); }

 private:
  size_t size_ = 0;
  size_t latest_ = 0;
  std::vector<float> values_;
};

}  // namespace pyds::track
