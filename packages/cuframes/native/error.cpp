#include "error.h"

#include <system_error>

namespace cuframes {

Error system_error(const std::string& what, int error_number) {
  const bool refused = error_number == EACCES || error_number == EPERM;
  return Error(refused ? CUFRAMES_E_PERMISSION : CUFRAMES_E_SHM,
               what + ": " + std::generic_category().message(error_number), error_number);
}

}  // namespace cuframes
