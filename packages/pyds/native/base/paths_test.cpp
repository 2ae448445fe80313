#include "base/paths.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace pyds {
namespace {

class DeepstreamPath : public ::testing::Test {
 protected:
  void SetUp() override {
    tree_ = std::filesystem::path(::testing::TempDir()) / "ds_tree";
    std::filesystem::create_directories(tree_ / "samples/streams");
    std::ofstream(tree_ / "samples/streams/a.mp4") << "x";
    setenv("DS_PATH", tree_.c_str(), 1);
  }
  void TearDown() override {
    unsetenv("DS_PATH");
    std::filesystem::remove_all(tree_);
  }
  std::filesystem::path tree_;
};

TEST_F(DeepstreamPath, MissingFileUnderTheRootFallsBackToTheTree) {
  EXPECT_EQ(resolve_deepstream_path("/opt/nvidia/deepstream/deepstream/samples/streams/a.mp4"),
            (tree_ / "samples/streams/a.mp4").string());
}

TEST_F(DeepstreamPath, VersionedRootFallsBackToo) {
  EXPECT_EQ(resolve_deepstream_path("/opt/nvidia/deepstream/deepstream-6.1/samples/streams/a.mp4"),
            (tree_ / "samples/streams/a.mp4").string());
}

TEST_F(DeepstreamPath, PathFoundNowhereIsUnchanged) {
  const std::string path = "/opt/nvidia/deepstream/deepstream/samples/none";
  EXPECT_EQ(resolve_deepstream_path(path), path);
}

TEST_F(DeepstreamPath, OtherPathsAreUnchanged) {
  for (const char* path : {"/tmp/a.mp4", "/opt/nvidia/deepstream/deepstreamer/a", "a.txt", ""})
    EXPECT_EQ(resolve_deepstream_path(path), path);
}

TEST_F(DeepstreamPath, SamplesBesideAConfigFileFallBackToTheTree) {
  EXPECT_EQ(resolve_config_path("../../../../samples/streams/a.mp4", "/ds/sources/x/apps/y/c.txt"),
            (tree_ / "samples/streams/a.mp4").string());
  EXPECT_EQ(resolve_config_path("../samples/none", "/ds/y/c.txt"), "/ds/samples/none");
}

TEST_F(DeepstreamPath, ConfigPathsAreRelativeToTheConfigFile) {
  EXPECT_EQ(resolve_config_path("../models/m.onnx", "/data/configs/c.txt"), "/data/models/m.onnx");
  EXPECT_EQ(resolve_config_path("/abs/m.onnx", "/data/configs/c.txt"), "/abs/m.onnx");
}

}  // namespace
}  // namespace pyds
