#include <cstring>
#include <string>

#include "capi_error.h"
#include "cuda_driver.h"
#include "cuframes.h"
#include "format.h"
#include "rendezvous.h"

namespace cuframes {
namespace {

thread_local cuframes_error last_error{};

}  // namespace

cuframes_status report(const Error& error, const std::string& key) {
  last_error = {};
  last_error.status = error.status();
  last_error.sys_errno = error.sys_errno();
  last_error.cuda_code = error.cuda_code();
  last_error.generation = error.generation();
  const std::string& about = error.key().empty() ? key : error.key();
  std::strncpy(last_error.key, about.c_str(), sizeof last_error.key - 1);
  std::strncpy(last_error.message, error.what(), sizeof last_error.message - 1);
  return error.status();
}

}  // namespace cuframes

extern "C" {

const cuframes_error* cuframes_last_error(void) { return &cuframes::last_error; }

uint32_t cuframes_format_from_name(const char* name) {
  if (name == nullptr) return 0;
  const cuframes::Format* format = cuframes::find_format(std::string(name));
  return format == nullptr ? 0 : format->id;
}

const char* cuframes_format_name(uint32_t id) {
  const cuframes::Format* format = cuframes::find_format(id);
  return format == nullptr ? nullptr : format->name;
}

const char* cuframes_runtime_dir(void) {
  thread_local std::string directory;
  directory = cuframes::runtime_dir();
  return directory.c_str();
}

int cuframes_cuda_available(int32_t ordinal) {
  return cuframes::guarded("",
                           [&] {
                             const cuframes::cuda::CurrentContext context(ordinal);
                             return CUFRAMES_OK;
                           }) == CUFRAMES_OK
             ? 1
             : 0;
}

}  // extern "C"
