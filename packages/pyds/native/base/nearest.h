// The known word that somebody who wrote another one probably meant.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

namespace pyds {

// How many single-character edits turn one word into the other, whatever their case.
size_t edit_distance(const std::string& a, const std::string& b);

// The key of a map, which is not empty, nearest to `word`.
template <typename Map>
std::string nearest(const Map& known, const std::string& word) {
  return std::min_element(known.begin(), known.end(),
                          [&](const auto& a, const auto& b) {
                            return edit_distance(word, a.first) < edit_distance(word, b.first);
                          })
      ->first;
}

}  // namespace pyds
