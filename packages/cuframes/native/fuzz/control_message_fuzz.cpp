// Every parser of control messages on arbitrary bytes.

#include <cstddef>
#include <cstdint>

#include "error.h"
#include "wire.h"

namespace {

template <class T>
void try_parse(const uint8_t* data, size_t size) {
  try {
    const T message = cuframes::wire::parse<T>(data, size);
    static_cast<void>(message);
  } catch (const cuframes::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try_parse<cuframes::wire::Hello>(data, size);
  try_parse<cuframes::wire::Welcome>(data, size);
  try_parse<cuframes::wire::Refuse>(data, size);
  try_parse<cuframes::wire::Bye>(data, size);
  return 0;
}
