#include "fault_point.h"

#ifdef CUFRAMES_FAULT_POINTS
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>

namespace cuframes {
namespace {

struct Fault {
  std::string label;
  int signal = 0;
  int nth = 1;
};

Fault read_environment() {
  Fault fault;
  const char* text = std::getenv("CUFRAMES_FAULT");
  if (text == nullptr) return fault;
  const std::string spec(text);
  const size_t colon = spec.find(':');
  if (colon == std::string::npos) return fault;
  fault.label = spec.substr(0, colon);
  fault.signal = spec.compare(colon + 1, 4, "kill") == 0 ? SIGKILL : SIGSTOP;
  const size_t second = spec.find(':', colon + 1);
  if (second != std::string::npos) fault.nth = std::atoi(spec.c_str() + second + 1);
  return fault;
}

}  // namespace

void fault_point(const char* label) {
  static const Fault* fault = std::make_unique<Fault>(read_environment()).release();
  static std::atomic<int> passes{0};
  if (fault->signal != 0 && fault->label == label && ++passes == fault->nth) {
    kill(getpid(), fault->signal);
  }
}

}  // namespace cuframes
#endif
