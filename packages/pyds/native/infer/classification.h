// What a classifier says of one frame or object.
#pragma once

#include <string>
#include <vector>

namespace pyds {

// The answer to one question, such as the colour of a car.
struct Attribute {
  unsigned index = 0;  // of the question: the output layer, for models with one layer each
  unsigned value = 0;  // the class
  float confidence = 0.0f;
  std::string label;
};

// At most one attribute per question; questions without a likely enough answer are left out.
struct Classification : std::vector<Attribute> {
  using vector::vector;
  std::string text;  // shown for the object; empty: the attributes' labels
};

}  // namespace pyds
