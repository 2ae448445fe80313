// Addresses of strings and buffers, as old code handles them.
#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_set>

#include "bind.h"
#include "buffers.h"
#include "fields.h"
#include "gst_argument.h"

namespace pyds::py {
namespace {

// What alloc_buffer(), strdup() and memdup() gave and nobody freed or took. Only that is freed by
// free_buffer(): a string that belongs to metadata is freed with it, and code that frees both is
// safe. Guarded by the GIL.
std::unordered_set<void*>& buffers() {
  static auto& instance = *new std::unordered_set<void*>;
  return instance;
}

Address register_buffer(void* buffer) {
  buffers().insert(buffer);
  return reinterpret_cast<Address>(buffer);
}

void free_buffer(void* buffer) {
  if (take_buffer(buffer)) g_free(buffer);
}

const char* text_at(Address address, const char* function) {
  return static_cast<const char*>(readable(address, function));
}

Address allocate(size_t size) { return register_buffer(g_malloc0(size ? size : 1)); }

}  // namespace

bool take_buffer(void* buffer) { return buffers().erase(buffer) != 0; }

void* readable(Address address, const char* function) {
  auto* pointer = reinterpret_cast<void*>(address);
  if (pointer && !is_readable(pointer))
    throw nb::value_error(
        (std::string(function) + ": no memory at address " + std::to_string(address)).c_str());
  return pointer;
}

void bind_strings(nb::module_& module) {
  module.def(
      "get_string",
      [](Address ptr) -> std::optional<nb::str> {
        const char* text = text_at(ptr, "get_string");
        if (!text) return std::nullopt;
        return decode(text, strlen(text));
      },
      nb::arg("ptr"),
      "The text at an address, as `display_text` reads. None for 0. Bytes that are not UTF-8 "
      "become U+FFFD.");
  module.def("alloc_buffer", &allocate, nb::arg("size"),
             "The address of `size` zeroed bytes; free them with free_buffer().");
  module.def("alloc_char_buffer", &allocate, nb::arg("size"), "Same as alloc_buffer().");
  module.def(
      "free_buffer", [](Address buffer) { free_buffer(reinterpret_cast<void*>(buffer)); },
      nb::arg("buffer"),
      "Frees what alloc_buffer(), strdup() or memdup() gave. Anything else, such as 0, a string "
      "that belongs to metadata or what was freed before, is left alone.");
  module.def(
      "free_gbuffer",
      [](nb::handle buffer) { free_buffer(handle_from(buffer, "free_gbuffer", true).pointer()); },
      nb::arg("buffer").none(), "free_buffer() for a capsule.");
  module.def(
      "strdup",
      [](Address ptr) -> Address {
        const char* text = text_at(ptr, "strdup");
        return text ? register_buffer(g_strdup(text)) : 0;
      },
      nb::arg("ptr"), "The address of a copy of a string; free it with free_buffer().");
  module.def(
      "strdup2str",
      [](Address ptr) {
        const char* text = text_at(ptr, "strdup2str");
        return text ? decode(text, strlen(text)) : nb::str("");
      },
      nb::arg("ptr"), "The text at an address; \"\" for 0.");
  module.def(
      "memdup",
      [](Address ptr, size_t size) -> Address {
        const void* source = readable(ptr, "memdup");
        if (!source) return 0;
        const message::AnyShared* shared = message::find(source);
        if (!shared) return register_buffer(g_memdup2(source, size));
        // Old code takes the size of a Python class for that of the struct.
        void* copy = g_malloc0(std::max(size, shared->size()));
        std::memcpy(copy, source, std::min(size, shared->size()));
        return register_buffer(copy);
      },
      nb::arg("ptr"), nb::arg("size"),
      "The address of a copy of `size` bytes, of a struct of an event message not more than it "
      "has; "
      "free it with free_buffer().");
  module.def(
      "get_ptr",
      [](nb::handle ptr) {
        return reinterpret_cast<Address>(handle_from(ptr, "get_ptr", false).pointer());
      },
      nb::arg("ptr").none(), "The address in a capsule or of a bound object. 0 for None.");
}

}  // namespace pyds::py
