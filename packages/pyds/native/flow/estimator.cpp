#include "flow/estimator.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

#include "nvdsmeta.h"

namespace pyds::flow {
namespace {

constexpr char kLibrary[] = "libnvdsopticalflow.so";

// Beside the metadata library. Sanitizers take dlopen()'s place and with it the run path of this
// one.
std::string library_path() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void*>(&nvds_create_batch_meta), &info)) return kLibrary;
  const std::string beside = info.dli_fname;
  return beside.substr(0, beside.rfind('/') + 1) + kLibrary;
}

// Local symbols: OpenCV brings libraries along that Python modules have other versions of.
EstimatorFactory load_factory() {
  void* library = dlopen(library_path().c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    throw std::runtime_error(
        std::string("optical flow needs OpenCV's video library: ") + dlerror() +
        ". Install it (Debian: libopencv-video-dev, libopencv-video406 if this package was built "
        "with it) and, if it was not there when this package was built, build it again");
  return reinterpret_cast<EstimatorFactory>(dlsym(library, kFactoryName));
}

}  // namespace

std::unique_ptr<Estimator> make_estimator(Preset preset) {
  // Never unloaded: its worker threads outlive any pipeline. A failure is not remembered.
  static const EstimatorFactory factory = load_factory();
  return std::unique_ptr<Estimator>(factory(preset));
}

}  // namespace pyds::flow
