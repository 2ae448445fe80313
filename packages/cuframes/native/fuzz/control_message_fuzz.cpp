// Every parser of control messages on arbitrary bytes.

#include <cstring>

#include "error.h"
#include "input.h"
#include "wire.h"

namespace {

using namespace cuframes;

/// Parses as T, or refuses with one of the two statuses that a bad message has.
template <class T, class Check>
void try_parse(const uint8_t* data, size_t size, Check&& check) {
  try {
    check(wire::parse<T>(data, size));
    fuzz::require(size >= sizeof(T));
  } catch (const Error& error) {
    fuzz::require(error.status() == CUFRAMES_E_SHM || error.status() == CUFRAMES_E_VERSION);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try_parse<wire::Hello>(data, size, [](const wire::Hello& hello) {
    fuzz::require(strnlen(hello.name, sizeof hello.name) < sizeof hello.name);
  });
  try_parse<wire::Refuse>(data, size, [](const wire::Refuse& refuse) {
    fuzz::require(strnlen(refuse.text, sizeof refuse.text) < sizeof refuse.text);
  });
  try_parse<wire::Welcome>(data, size, [](const wire::Welcome&) {});
  try_parse<wire::Bye>(data, size, [](const wire::Bye&) {});
  return 0;
}
