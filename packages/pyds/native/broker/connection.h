// Reads where messages go from nvmsgbroker's properties.
#pragma once

#include <string>
#include <vector>

#include "broker/adaptor.h"

namespace pyds::broker {

struct ConnectionSettings {
  std::string conn_str;  // "host;port[;topic]"; AMQP also takes "host;port;username;password"
  std::string config;    // a file with a group [message-broker], or empty
  std::string topic;     // wins over the one in conn_str, and that over the one in the file
};

struct ReadConnection {
  Connection connection;
  std::vector<std::string> warnings;  // about keys that are not known
};

// The protocols we have adaptors for.
const std::vector<std::string>& protocols();

// Credentials come from the environment variables USER_<PROTOCOL> and PASSWORD_<PROTOCOL> if they
// are set, else from conn_str, else from the file. Throws RefusedError with a text for the user
// that has no secrets in it.
ReadConnection read_connection(const std::string& protocol, const ConnectionSettings& settings);

// The topic a connection string ends with, or empty.
std::string topic_of(const std::string& conn_str);

}  // namespace pyds::broker
