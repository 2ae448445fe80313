// For the tests of this directory: where data is, and ONNX models small enough to write by hand.
#pragma once

#include <glob.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "infer/onnxruntime_library.h"

namespace pyds::test {

inline std::filesystem::path repository() {
  return std::filesystem::path(__FILE__).parent_path() / "../../../..";
}

// The folder of real models and configurations, or empty.
inline std::filesystem::path data_folder() {
  const char* named = std::getenv("PYTHIA_TEST_DATA");
  const std::filesystem::path folder = named ? named : repository() / "../shared/data";
  return std::filesystem::is_directory(folder) ? folder : std::filesystem::path();
}

// Tests run from a build tree, which has no onnxruntime beside it: use the developer's .venv.
inline void use_onnxruntime_of_venv() {
  const std::string pattern =
      (repository() / ".venv/lib/python3*/site-packages/onnxruntime/capi/libonnxruntime.so.*")
          .string();
  glob_t found = {};
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0)
    set_onnxruntime_finder([path = std::string(found.gl_pathv[0])] { return path; });
  globfree(&found);
}

// Removes what tests write.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = ::testing::TempDir() + "pyds-XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string write(const std::string& name, const std::string& content) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file.string();
  }
  std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Protocol buffers, as far as an ONNX file needs them.
inline std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += char(value | 0x80);
  return bytes + char(value);
}
inline std::string field(int number, uint64_t value) {
  return varint(uint64_t(number) << 3) + varint(value);
}
inline std::string field(int number, const std::string& bytes) {
  return varint(uint64_t(number) << 3 | 2) + varint(bytes.size()) + bytes;
}

// A tensor of a model: negative extents are dynamic.
inline std::string value_info(const std::string& name, int element_type,
                              const std::vector<int>& shape) {
  std::string dims;
  for (int extent : shape)
    dims += field(1, extent < 0 ? field(2, "axis" + std::to_string(dims.size()))
                                : field(1, uint64_t(extent)));
  const std::string tensor = field(1, uint64_t(element_type)) + field(2, dims);
  return field(1, name) + field(2, field(1, tensor));
}

enum OnnxType { kOnnxFloat = 1, kOnnxUint8 = 2, kOnnxInt64 = 7, kOnnxHalf = 10, kOnnxDouble = 11 };

struct TinyModel {
  int input_type = kOnnxFloat;
  int output_type = kOnnxFloat;  // of a Cast of the input
  std::vector<int> shape = {-1, 3, 4, 4};
  uint64_t opset = 13;
  std::string op = "Cast";
  std::vector<std::pair<std::string, std::string>> metadata;

  std::string bytes() const {
    const std::string to = field(1, "to") + field(3, uint64_t(output_type)) + field(20, 2);
    std::string node = field(1, "in") + field(2, "out") + field(4, op);
    if (op == "Cast") node += field(5, to);
    const std::string graph = field(1, node) + field(2, "tiny") +
                              field(11, value_info("in", input_type, shape)) +
                              field(12, value_info("out", output_type, shape));
    std::string model = field(1, 8) + field(7, graph) + field(8, field(2, opset));
    for (const auto& [key, value] : metadata) model += field(14, field(1, key) + field(2, value));
    return model;
  }
};

}  // namespace pyds::test
