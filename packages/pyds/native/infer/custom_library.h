// CustomLibrary: a user's shared library with parsers as nvdsinfer_custom_impl.h declares them.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "infer/config.h"
#include "infer/engine.h"

namespace pyds {

class CustomLibrary {
 public:
  // Throws ConfigError with what the loader says.
  explicit CustomLibrary(const std::string& file);

  bool has(const char* symbol) const;

  // A function of the library that the configuration names as `key`=`name`, to be called through
  // it: one call at a time, as authors of parsers are used to. Throws ConfigError if there is none.
  template <typename Function>
  class Parser;
  template <typename Function>
  Parser<Function> parser(const char* key, const std::string& name) const {
    return {reinterpret_cast<Function>(find(key, name)), library_, name + " of " + file_};
  }

 private:
  void* find(const char* key, const std::string& name) const;

  std::string file_;
  std::shared_ptr<void> library_;  // closed with the last parser of it
};

template <typename Function>
class CustomLibrary::Parser {
 public:
  Parser(Function function, std::shared_ptr<void> library, std::string name)
      : function_(function), library_(std::move(library)), name_(std::move(name)) {}

  // Throws EngineError if it returns false or throws. Thread-safe.
  template <typename... Arguments>
  void operator()(Arguments&&... arguments) const try {
    const std::lock_guard<std::mutex> turn(*mutex_);
    if (!function_(std::forward<Arguments>(arguments)...))
      throw EngineError(
          "it returned false, as parsers do that cannot read the model's outputs; what it wrote to "
          "the terminal may say why");
  } catch (const std::exception& problem) {
    throw EngineError("parser " + name_ + " failed: " + problem.what());
  } catch (...) {
    throw EngineError("parser " + name_ + " failed: it threw something that is no std::exception");
  }

 private:
  Function function_;
  std::shared_ptr<void> library_;
  std::string name_;
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
};

}  // namespace pyds
