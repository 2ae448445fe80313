#include "track/gallery.h"

#include <algorithm>
#include <numeric>

namespace pyds::track {

void Gallery::add(const float* embedding, size_t size, size_t capacity) {
  if (size != size_) values_.clear();
  size_ = size;
  const size_t count = size ? values_.size() / size : 0;
  if (count < std::max<size_t>(capacity, 1)) {
    latest_ = count;
    values_.insert(values_.end(), embedding, embedding + size);
  } else {
    latest_ = (latest_ + 1) % count;
    std::copy_n(embedding, size, values_.begin() + latest_ * size);
  }
}

float Gallery::similarity(const float* embedding, size_t size) const {
  if (size != size_) return 0;
  float best = 0;
  for (auto at = values_.begin(); at != values_.end(); at += size)
    best = std::max(best, std::inner_product(embedding, embedding + size, at, 0.0f));
  return std::min(best, 1.0f);
}

float Gallery::similarity(const Gallery& other) const {
  return other.empty() ? 0 : similarity(&other.values_[other.latest_ * other.size_], other.size_);
}

}  // namespace pyds::track
