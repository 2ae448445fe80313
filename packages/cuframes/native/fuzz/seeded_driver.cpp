// Drives a fuzz target where libFuzzer is missing: seeded random bytes, and mutations of the files
// of its corpus so that the deeper checks are reached. Usage: <runs> <seed> <corpus directory>.

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Bytes = std::vector<uint8_t>;

std::vector<Bytes> read_corpus(const char* directory) {
  std::vector<Bytes> all;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    std::ifstream file(entry.path(), std::ios::binary);
    all.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const long runs = std::atol(argv[1]);
  std::mt19937_64 random(std::strtoull(argv[2], nullptr, 10));
  const std::vector<Bytes> corpus = read_corpus(argv[3]);
  for (const Bytes& input : corpus) LLVMFuzzerTestOneInput(input.data(), input.size());
  for (long run = 0; run < runs; ++run) {
    Bytes input;
    if (corpus.empty() || run % 4 == 0) {
      input.resize(random() % 600);
      for (uint8_t& byte : input) byte = static_cast<uint8_t>(random());
    } else {
      input = corpus[random() % corpus.size()];
      for (uint64_t flips = random() % 64; flips > 0 && !input.empty(); --flips) {
        input[random() % input.size()] =
            static_cast<uint8_t>(random() % 2 != 0 ? random() : random() % 8);
      }
      if (random() % 8 == 0) input.resize(random() % (input.size() + 1));
    }
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  return 0;
}
