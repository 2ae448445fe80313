// A shared library opened at run time, closed with this object.
#pragma once

#include <string>

namespace pyds {

class SharedLibrary {
 public:
  // Throws std::runtime_error with the linker's reason.
  explicit SharedLibrary(const std::string& path);
  ~SharedLibrary();
  SharedLibrary(const SharedLibrary&) = delete;
  SharedLibrary& operator=(const SharedLibrary&) = delete;

  // Sets `function` to the symbol, or to nullptr if there is none.
  template <typename Function>
  void find(const char* name, Function*& function) const {
    function = reinterpret_cast<Function*>(symbol(name));
  }

 private:
  void* symbol(const char* name) const;

  void* handle_;
};

}  // namespace pyds
