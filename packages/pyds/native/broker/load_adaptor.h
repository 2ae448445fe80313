// Finds the adaptor that nvmsgbroker's property proto-lib names.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "broker/connection.h"

namespace pyds::broker {

struct AdaptorSettings {
  std::string proto_lib;
  ConnectionSettings connection;
  std::chrono::milliseconds pause{0};  // between calls of a user's library
};

struct LoadedAdaptor {
  std::unique_ptr<Adaptor> adaptor;
  std::vector<std::string> warnings;
};

// A file that exists is a user's library (nvds_msgapi.h). Otherwise the name decides, wherever the
// path leads: "libnvds_kafka_proto.so" or "kafka" is our adaptor for Kafka. Throws RefusedError
// with a text for the user that has no secrets in it.
LoadedAdaptor load_adaptor(const AdaptorSettings& settings);

}  // namespace pyds::broker
