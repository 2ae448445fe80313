#include "flow/estimator.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace pyds::flow {
namespace {

constexpr char kLibrary[] = "libnvdsopticalflow.so";  // beside our other libraries

// Local symbols: OpenCV brings libraries along that Python modules have other versions of.
EstimatorFactory load_factory() {
  void* library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
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
