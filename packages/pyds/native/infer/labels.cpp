#include "infer/labels.h"

#include <glib.h>

#include <algorithm>
#include <fstream>

#include "infer/config.h"

namespace pyds {

std::vector<std::string> read_labels(const std::string& file) {
  std::ifstream stream(file);
  if (!stream || g_file_test(file.c_str(), G_FILE_TEST_IS_DIR))
    throw ConfigError("labelfile-path=" + file +
                      " cannot be read: check the path, or leave the key "
                      "out to have class numbers as labels");
  std::vector<std::string> labels;
  for (std::string line; std::getline(stream, line);) {
    line.erase(line.find_last_not_of(" \t\r") + 1);
    labels.push_back(g_utf8_validate(line.data(), gssize(line.size()), nullptr)
                         ? line
                         : std::to_string(labels.size()));
  }
  while (!labels.empty() && labels.back().empty()) labels.pop_back();
  return labels;
}

std::vector<std::vector<std::string>> read_label_groups(const std::string& file, size_t questions) {
  const std::vector<std::string> lines = read_labels(file);
  const bool in_groups = std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find(';') != std::string::npos;
  });
  if (questions == 1 && !in_groups) return {lines};
  std::vector<std::vector<std::string>> groups;
  for (std::string line : lines) {
    if (line.empty()) continue;
    if (line.back() == ';') line.pop_back();
    std::vector<std::string>& group = groups.emplace_back();
    for (size_t start = 0, end = 0; end != std::string::npos; start = end + 1) {
      end = line.find(';', start);
      group.push_back(line.substr(start, end == std::string::npos ? end : end - start));
    }
  }
  return groups;
}

std::string label_of(const std::vector<std::string>& labels, unsigned class_id) {
  return class_id < labels.size() ? labels[class_id] : std::to_string(class_id);
}

}  // namespace pyds
