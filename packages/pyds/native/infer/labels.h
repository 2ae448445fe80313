// The names of classes.
#pragma once

#include <string>
#include <vector>

namespace pyds {

// One label per line; blank lines at the end do not count. Throws ConfigError if unreadable.
std::vector<std::string> read_labels(const std::string& file);

// Labels of a classifier: one line per question, labels separated by ';'. For a model with one
// question (`questions`), one label per line will do too. Throws ConfigError if unreadable.
std::vector<std::vector<std::string>> read_label_groups(const std::string& file, size_t questions);

// The label of a class; beyond the labels its number, so that no detection is nameless.
std::string label_of(const std::vector<std::string>& labels, unsigned class_id);

}  // namespace pyds
