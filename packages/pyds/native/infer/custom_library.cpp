#include "infer/custom_library.h"

#include <dlfcn.h>

namespace pyds {

CustomLibrary::CustomLibrary(const std::string& file)
    : file_(file), library_(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL), [](void* library) {
        if (library) dlclose(library);
      }) {
  if (library_) return;
  const char* reason = dlerror();
  throw ConfigError("custom-lib-path=" + file +
                    " cannot be loaded: " + (reason ? reason : "for no reason given") +
                    ". A library built for DeepStream needs NVIDIA's: compile its source with "
                    "-I$(python -m pyds include-path) instead");
}

bool CustomLibrary::has(const char* symbol) const { return dlsym(library_.get(), symbol); }

void* CustomLibrary::find(const char* key, const std::string& name) const {
  if (void* function = dlsym(library_.get(), name.c_str())) return function;
  throw ConfigError(std::string(key) + "=" + name + ": custom-lib-path=" + file_ +
                    " has no such function; is it declared extern \"C\"? 'nm -D " + file_ +
                    "' lists what there is");
}

}  // namespace pyds
