#include "wire.h"

#include <cstring>
#include <string>

#include "error.h"

namespace cuframes::wire {
namespace {

MessageHeader header_of(Type type, size_t size) {
  MessageHeader header{};
  header.magic = kMagic;
  header.type = type;
  header.abi_major = CUFRAMES_ABI_MAJOR;
  header.abi_minor = CUFRAMES_ABI_MINOR;
  header.size = static_cast<uint32_t>(size);
  header.pointer_bits = 64;
  return header;
}

void terminate(Hello& m) { m.name[sizeof m.name - 1] = '\0'; }
void terminate(Refuse& m) { m.text[sizeof m.text - 1] = '\0'; }
void terminate(Welcome&) {}
void terminate(Bye&) {}

template <class T>
constexpr Type kTypeOf = kHello;
template <>
constexpr Type kTypeOf<Welcome> = kWelcome;
template <>
constexpr Type kTypeOf<Refuse> = kRefuse;
template <>
constexpr Type kTypeOf<Bye> = kBye;

}  // namespace

template <class T>
T make() {
  T message{};
  message.header = header_of(kTypeOf<T>, sizeof(T));
  return message;
}

Type type_of(const void* data, size_t size) {
  MessageHeader header{};
  if (size < sizeof header) {
    throw Error(CUFRAMES_E_SHM, "a control message of " + std::to_string(size) +
                                    " bytes is too short; the peer is not cuframes");
  }
  std::memcpy(&header, data, sizeof header);
  if (header.magic != kMagic) {
    throw Error(CUFRAMES_E_SHM, "the peer on this socket does not speak the cuframes protocol");
  }
  if (header.abi_major != CUFRAMES_ABI_MAJOR || header.pointer_bits != 64) {
    throw Error(CUFRAMES_E_VERSION,
                "the peer speaks cuframes ABI " + std::to_string(header.abi_major) + " (" +
                    std::to_string(header.pointer_bits) + " bit), this side " +
                    std::to_string(CUFRAMES_ABI_MAJOR) +
                    " (64 bit); install the same major version of cuframes on both sides");
  }
  if (header.size != size || header.type < kHello || header.type > kBye) {
    throw Error(CUFRAMES_E_SHM, "a malformed control message (type " + std::to_string(header.type) +
                                    ", " + std::to_string(size) + " bytes)");
  }
  return static_cast<Type>(header.type);
}

template <class T>
T parse(const void* data, size_t size) {
  if (type_of(data, size) != kTypeOf<T> || size < sizeof(T)) {
    throw Error(CUFRAMES_E_SHM,
                "an unexpected control message of " + std::to_string(size) + " bytes");
  }
  T message;
  std::memcpy(&message, data, sizeof message);  // a later minor version may send more
  terminate(message);
  return message;
}

template Hello make<Hello>();
template Welcome make<Welcome>();
template Refuse make<Refuse>();
template Bye make<Bye>();
template Hello parse<Hello>(const void*, size_t);
template Welcome parse<Welcome>(const void*, size_t);
template Refuse parse<Refuse>(const void*, size_t);
template Bye parse<Bye>(const void*, size_t);

}  // namespace cuframes::wire
