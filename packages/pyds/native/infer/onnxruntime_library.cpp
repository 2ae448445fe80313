#include "infer/onnxruntime_library.h"

#include <dlfcn.h>
#include <glob.h>
#include <gst/gst.h>

#include <filesystem>
#include <mutex>
#include <vector>

#include "infer/engine.h"

namespace pyds {
namespace {

namespace fs = std::filesystem;

std::mutex finder_mutex;
// Never destroyed: Python may be gone before static destructors run.
OnnxRuntimeFinder& library_finder() {
  static auto* finder = new OnnxRuntimeFinder;
  return *finder;
}

std::string found_by_python() {
  OnnxRuntimeFinder finder;
  {
    std::lock_guard lock(finder_mutex);
    finder = library_finder();
  }
  return finder ? finder() : std::string();
}

GstDebugCategory* debug_category() {
  static GstDebugCategory* category =
      _gst_debug_category_new("onnxruntime", 0, "messages of ONNX Runtime");
  return category;
}

void log_to_gst(void*, ort::LoggingLevel level, const char* category, const char*,
                const char* location, const char* message) {
  static const GstDebugLevel levels[] = {GST_LEVEL_LOG, GST_LEVEL_DEBUG, GST_LEVEL_WARNING,
                                         GST_LEVEL_ERROR, GST_LEVEL_ERROR};
  gst_debug_log(debug_category(), levels[level], "onnxruntime", location, 0, nullptr, "%s: %s",
                category, message);
}

std::vector<std::string> glob_paths(const std::string& pattern) {
  glob_t found = {};
  std::vector<std::string> paths;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0)
    for (size_t i = 0; i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
  globfree(&found);
  return paths;
}

// pyds and onnxruntime are installed side by side: this library is <site-packages>/pyds/lib/.
std::string site_packages() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void*>(&site_packages), &info) || !info.dli_fname) return {};
  std::error_code error;
  const fs::path library = fs::canonical(info.dli_fname, error);
  return error ? std::string() : library.parent_path().parent_path().parent_path().string();
}

struct Candidates {
  std::vector<std::string> paths;
  std::vector<std::string> looked;  // descriptions, for the error
};

Candidates candidates() {
  Candidates result;
  const auto add = [&](const std::string& what, const std::vector<std::string>& paths) {
    result.looked.push_back(what);
    result.paths.insert(result.paths.end(), paths.begin(), paths.end());
  };
  if (const char* chosen = g_getenv("PYDS_ONNXRUNTIME_LIB")) {
    add(std::string("PYDS_ONNXRUNTIME_LIB=") + chosen, {chosen});
    return result;  // an explicit choice is not second-guessed
  }
  if (const std::string path = found_by_python(); !path.empty())
    add("Python's onnxruntime, " + path, {path});
  const std::string packages = site_packages();
  if (!packages.empty()) {
    const std::string pattern = packages + "/onnxruntime/capi/libonnxruntime.so*";
    add(pattern, glob_paths(pattern));
  }
  if (const char* environment = g_getenv("VIRTUAL_ENV")) {
    const std::string pattern = std::string(environment) +
                                "/lib/python3*/site-packages/onnxruntime/capi/libonnxruntime.so*";
    add(pattern, glob_paths(pattern));
  }
  add("libonnxruntime.so.1 and libonnxruntime.so on the system's library path",
      {"libonnxruntime.so.1", "libonnxruntime.so"});
  return result;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "\n  " + line;
  return text;
}

// Local symbols: the Python package onnxruntime has its own copy of all of them.
const ort::ApiBase* open_first(const Candidates& where, std::string* path) {
  std::vector<std::string> failures;
  for (const std::string& candidate : where.paths) {
    void* library = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
      if (const char* reason = dlerror()) failures.emplace_back(reason);
      continue;
    }
    auto get_base = reinterpret_cast<ort::GetApiBase>(dlsym(library, "OrtGetApiBase"));
    if (get_base) {
      *path = candidate;
      return get_base();
    }
    failures.push_back(candidate + ": has no OrtGetApiBase, it is not ONNX Runtime");
    dlclose(library);
  }
  throw EngineError(
      "the ONNX Runtime library was not found. Install it with 'pip install onnxruntime' beside "
      "pyds, or set PYDS_ONNXRUNTIME_LIB to the libonnxruntime.so to use. Looked at:" +
      joined(where.looked) + (failures.empty() ? "" : "\nFailures:" + joined(failures)));
}

const OnnxRuntime* open_library() {
  std::string path;
  const ort::ApiBase* base = open_first(candidates(), &path);
  const std::string version = base->get_version();
  const void* const* table = base->get_api(ort::kApiVersion);
  if (!table)
    throw EngineError("ONNX Runtime " + version + " at " + path +
                      " is too old, 1.20 or newer is needed: pip install -U onnxruntime");
  const ort::Api api(table);
  ort::Env* env = nullptr;
  if (ort::Status* status =
          api.create_env_with_logger(log_to_gst, nullptr, ort::kWarning, "pyds", &env)) {
    const std::string reason = api.get_error_message(status);
    api.release_status(status);
    throw EngineError("ONNX Runtime " + version + " at " + path + " does not start: " + reason);
  }
  GST_CAT_INFO(debug_category(), "ONNX Runtime %s from %s", version.c_str(), path.c_str());
  return new OnnxRuntime{api, env, version, path};
}

}  // namespace

void set_onnxruntime_finder(OnnxRuntimeFinder finder) {
  std::lock_guard lock(finder_mutex);
  library_finder() = std::move(finder);
}

const OnnxRuntime& onnxruntime() {
  // Never unloaded: its threads and thread-local data outlive any pipeline. A failure is not
  // remembered: the library may be installed meanwhile.
  static const OnnxRuntime* runtime = open_library();
  return *runtime;
}

}  // namespace pyds
