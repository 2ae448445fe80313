#pragma once

/// Messages on the control socket (SOCK_SEQPACKET: one send is one receive). Fixed sizes, no
/// strings without a bound, unknown types refused.
///
///   reader -> publisher   Hello                         once, first
///   publisher -> reader   Welcome + fds  or  Refuse     the answer
///   publisher -> reader   Welcome + fds                 again, when the ring is replaced
///   publisher -> reader   Bye                           the stream ends, or the reader is evicted
///   publisher -> reader   kDoorbell (one byte)          a frame is there and you asked to be told
///   reader -> publisher   kProgress (one byte)          a lease came back and you were waiting

#include <cstddef>
#include <cstdint>

#include "cuframes.h"

namespace cuframes::wire {

constexpr uint32_t kMagic = 0x4d465543;  // "CUFM"
constexpr size_t kMaxMessage = 512;
constexpr size_t kMaxFds = 16;
constexpr unsigned char kDoorbell = 'D';
constexpr unsigned char kProgress = 'P';

enum Type : uint16_t { kHello = 1, kWelcome = 2, kRefuse = 3, kBye = 4 };
enum ByeReason : uint32_t { kByeClosed = 1, kByeEvicted = 2 };

struct MessageHeader {
  uint32_t magic;
  uint16_t type;
  uint16_t abi_major;
  uint32_t size;
  uint16_t abi_minor;
  uint8_t pointer_bits;
  uint8_t reserved;
};
static_assert(sizeof(MessageHeader) == 16);

struct Hello {
  MessageHeader header;
  uint32_t policy;
  uint32_t max_leases;
  uint32_t observer;  // 1: only the control block, to look
  uint32_t reserved;
  char name[16];
};

struct Welcome {
  MessageHeader header;
  uint64_t generation;
  uint64_t control_bytes;
  uint64_t payload_bytes;
  uint32_t reader_index;
  uint32_t reader_epoch;
  uint32_t mem_kind;  // cuframes_memory; decides the number of fds
  uint32_t mirror;    // 1: one fd more, the last: a memfd with the same frames as GPU memory
  uint8_t gpu_uuid[16];
  uint8_t ipc_handle[64];
};
static_assert(sizeof(Welcome) <= kMaxMessage);

struct Refuse {
  MessageHeader header;
  int32_t status;  // cuframes_status
  int32_t sys_errno;
  char text[256];
};

struct Bye {
  MessageHeader header;
  uint32_t reason;
  uint32_t reserved;
};

/// A message of type T with its header filled in.
template <class T>
T make();

/// The type of a well-formed message of this ABI major. Throws CUFRAMES_E_VERSION for another
/// major, CUFRAMES_E_SHM for anything that is no message of ours.
Type type_of(const void* data, size_t size);

/// The message as T; throws CUFRAMES_E_SHM when it is shorter than T. Text fields end with NUL.
template <class T>
T parse(const void* data, size_t size);

}  // namespace cuframes::wire
