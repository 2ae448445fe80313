#include "base/paths.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>

namespace pyds {
namespace {

namespace fs = std::filesystem;

// The samples tree is installed beside the lib/ directory this library is in.
fs::path shipped_tree() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void*>(&shipped_tree), &info) || !info.dli_fname) return {};
  std::error_code error;
  const fs::path library = fs::canonical(info.dli_fname, error);
  return error ? fs::path() : library.parent_path().parent_path() / "deepstream";
}

fs::path fallback_tree() {
  const char* ds_path = std::getenv("DS_PATH");
  return ds_path && *ds_path ? fs::path(ds_path) : shipped_tree();
}

// What follows /opt/nvidia/deepstream/deepstream[-X.Y]/ in `path`, or empty.
std::string below_deepstream_root(const std::string& path) {
  static const std::string root = "/opt/nvidia/deepstream/deepstream";
  if (path.compare(0, root.size(), root) != 0) return {};
  const size_t slash = path.find('/', root.size());
  if (slash == std::string::npos) return {};
  const bool versioned = path[root.size()] == '-';
  return versioned || slash == root.size() ? path.substr(slash + 1) : std::string();
}

// Where a file of a samples directory that is not there is in the tree we have, or `path`.
std::string resolve_samples_path(const std::string& path) {
  static const std::string samples = "/samples/";
  const size_t start = path.rfind(samples);
  std::error_code error;
  if (start == std::string::npos || fs::exists(path, error)) return path;
  const fs::path candidate = fallback_tree() / path.substr(start + 1);
  return fs::exists(candidate, error) ? candidate.string() : path;
}

}  // namespace

std::string resolve_deepstream_path(const std::string& path) {
  const std::string rest = below_deepstream_root(path);
  std::error_code error;
  if (rest.empty() || fs::exists(path, error)) return path;
  const fs::path candidate = fallback_tree() / rest;
  return fs::exists(candidate, error) ? candidate.string() : path;
}

std::string resolve_config_path(const std::string& path, const std::string& config_file) {
  const fs::path given(path);
  const fs::path full = given.is_absolute() ? given : fs::path(config_file).parent_path() / given;
  return resolve_samples_path(resolve_deepstream_path(full.lexically_normal().string()));
}

}  // namespace pyds
