// Drives a fuzz target where libFuzzer is missing: seeded random bytes, and mutations of a valid
// start so that the deeper checks are reached. Usage: <runs> <seed>.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "layout.h"
#include "wire.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

template <class T>
std::vector<uint8_t> bytes_of(const T& value) {
  std::vector<uint8_t> bytes(sizeof value);
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

std::vector<std::vector<uint8_t>> seeds() {
  namespace wire = cuframes::wire;
  cuframes::Header header{};
  header.n_slots = 6;
  header.order_len = 32;
  header.slot_stride = 4096;
  header.payload_bytes = 6 * 4096;
  header.max_readers = 4;
  header.sidecar_stride = 64;
  std::vector<uint8_t> block = bytes_of(header);
  block.resize(8192);
  return {bytes_of(wire::make<wire::Hello>()), bytes_of(wire::make<wire::Welcome>()),
          bytes_of(wire::make<wire::Refuse>()), bytes_of(wire::make<wire::Bye>()), block};
}

}  // namespace

int main(int argc, char** argv) {
  const long runs = argc > 1 ? std::atol(argv[1]) : 100'000;
  std::mt19937_64 random(argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1);
  const auto starts = seeds();
  for (long run = 0; run < runs; ++run) {
    std::vector<uint8_t> input;
    if (run % 4 == 0) {
      input.resize(random() % 600);
      for (uint8_t& byte : input) byte = static_cast<uint8_t>(random());
    } else {
      input = starts[random() % starts.size()];
      for (uint64_t flips = random() % 64; flips > 0; --flips) {
        input[random() % input.size()] =
            static_cast<uint8_t>(random() % 2 != 0 ? random() : random() % 8);
      }
      if (random() % 8 == 0) input.resize(random() % (input.size() + 1));
    }
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  return 0;
}
