#include "broker/connection.h"

#include <glib.h>

#include <set>

#include "infer/config.h"
#include "infer/config_file.h"

namespace pyds::broker {
namespace {

struct Protocol {
  const char* default_topic;
  std::set<std::string> keys;
};

const std::map<std::string, Protocol>& known() {
  static const std::map<std::string, Protocol> table = {
      {"amqp",
       {"deepstream_topic",
        {"hostname", "port", "username", "password", "exchange", "topic", "amqp-framesize",
         "amqp-heartbeat", "share-connection", "vhost"}}},
      {"kafka",
       {"",
        {"hostname", "port", "topic", "partition-key", "proto-cfg", "producer-proto-cfg",
         "consumer-proto-cfg", "consumer-group-id", "share-connection", "username", "password"}}},
      {"mqtt",
       {"",
        {"hostname", "port", "topic", "username", "password", "client-id", "enable-tls",
         "tls-cafile", "tls-capath", "tls-certfile", "tls-keyfile", "share-connection",
         "loop-timeout", "keep-alive", "set-threaded", "qos", "retain"}}},
      {"redis",
       {"",
        {"hostname", "port", "topic", "username", "password", "payloadkey", "streamsize",
         "consumergroup", "consumername", "flush-timeout", "share-connection"}}}};
  return table;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  g_auto(GStrv) found = g_strsplit(text.c_str(), ";", -1);
  for (gchar** part = found; *part; ++part) parts.emplace_back(g_strstrip(*part));
  return parts;
}

void read_file(const std::string& file, const Protocol& protocol, ReadConnection& read) {
  try {
    for (const ConfigGroup& group : read_config_file(file)) {
      if (group.name != "message-broker") continue;
      for (const ConfigEntry& entry : group.entries) {
        read.connection.options[entry.key] = unquoted(entry.text);
        if (!protocol.keys.count(entry.key))
          read.warnings.push_back(file + ": [message-broker] " + entry.key + " is not known for " +
                                  read.connection.protocol);
      }
      return;
    }
  } catch (const ConfigError& error) {
    throw RefusedError(error.what());
  }
  throw RefusedError(file + " has no group [message-broker]");
}

int parse_port(const std::string& text) {
  guint64 port = 0;
  if (!g_ascii_string_to_unsigned(text.c_str(), 10, 1, 65535, &port, nullptr))
    throw RefusedError("the port '" + text + "' is none: expected a number from 1 to 65535");
  return int(port);
}

// Only host and port of it may be shown: the rest may be a password.
void read_conn_str(const std::string& text, ReadConnection& read) {
  Connection& connection = read.connection;
  const std::vector<std::string> parts = split(text);
  const bool has_credentials = connection.protocol == "amqp" && parts.size() >= 4;
  if (parts.size() < 2 || parts[0].empty() || parts[1].empty() ||
      parts.size() > (connection.protocol == "amqp" ? 5u : 3u))
    throw RefusedError(
        "conn-str has " + std::to_string(parts.size()) +
        " parts: expected \"host;port;topic\" or \"host;port\"" +
        (connection.protocol == "amqp" ? " or \"host;port;username;password\"" : ""));
  connection.host = parts[0];
  connection.port = parse_port(parts[1]);
  if (has_credentials) {
    connection.options["username"] = parts[2];
    connection.options["password"] = parts[3];
  }
  const size_t topic = has_credentials ? 4 : 2;
  if (parts.size() > topic) connection.topic = parts[topic];
}

void read_environment(Connection& connection) {
  g_autofree gchar* name = g_ascii_strup(connection.protocol.c_str(), -1);
  for (const auto& [variable, key] : {std::pair("USER_", "username"), {"PASSWORD_", "password"}})
    if (const char* value = g_getenv((std::string(variable) + name).c_str()))
      connection.options[key] = value;
}

}  // namespace

const std::vector<std::string>& protocols() {
  static const auto names = [] {
    std::vector<std::string> names;
    for (const auto& [name, protocol] : known()) names.push_back(name);
    return names;
  }();
  return names;
}

std::string topic_of(const std::string& conn_str) {
  const std::vector<std::string> parts = split(conn_str);
  return parts.size() > 2 ? parts.back() : std::string();
}

ReadConnection read_connection(const std::string& protocol, const ConnectionSettings& settings) {
  ReadConnection read;
  Connection& connection = read.connection;
  connection.protocol = protocol;
  const Protocol& about = known().at(protocol);
  if (settings.conn_str.empty() && settings.config.empty())
    throw RefusedError(
        "there is no conn-str and no config; set conn-str to \"host;port;topic\", or config to a "
        "file with hostname, port and topic under [message-broker]");
  if (!settings.config.empty()) read_file(settings.config, about, read);
  if (!settings.conn_str.empty()) {
    read_conn_str(settings.conn_str, read);
  } else {
    connection.host = connection.option("hostname");
    if (connection.host.empty())
      throw RefusedError(settings.config +
                         " names no hostname; add it under [message-broker], or set conn-str");
    connection.port = parse_port(connection.option("port"));
  }
  read_environment(connection);
  if (!settings.topic.empty()) connection.topic = settings.topic;
  if (connection.topic.empty()) connection.topic = connection.option("topic", about.default_topic);
  if (connection.topic.empty())
    throw RefusedError("there is no topic; set the property topic, or conn-str to \"" +
                       connection.host + ";" + std::to_string(connection.port) + ";topic\"");
  return read;
}

}  // namespace pyds::broker
