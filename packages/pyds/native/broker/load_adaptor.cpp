#include "broker/load_adaptor.h"

#include <dlfcn.h>

#include <filesystem>

#include "broker/msgapi_adaptor.h"

namespace pyds::broker {
namespace {

namespace fs = std::filesystem;

// For the error where a module, or the client library it needs, is not there.
const std::map<std::string, std::pair<const char*, const char*>> kPackages = {
    {"amqp", {"librabbitmq4", "librabbitmq-dev"}},
    {"kafka", {"librdkafka1", "librdkafka-dev"}},
    {"mqtt", {"libmosquitto1", "libmosquitto-dev"}},
    {"redis", {"libhiredis0.14", "libhiredis-dev"}}};

// "kafka" of "/some/where/libnvds_kafka_proto.so" and of "kafka"; empty for other names.
std::string protocol_of(const std::string& proto_lib) {
  const std::string name = fs::path(proto_lib).filename();
  for (const std::string& protocol : protocols())
    if (name == "libnvds_" + protocol + "_proto.so" || proto_lib == protocol) return protocol;
  return {};
}

// Modules are in the directory lib/ beside the plugin's.
std::string module_path(const std::string& protocol) {
  Dl_info info;
  std::error_code error;
  if (!dladdr(reinterpret_cast<void*>(&module_path), &info)) return {};
  const fs::path plugin = fs::canonical(info.dli_fname, error);
  return plugin.parent_path().parent_path() / "lib" / ("libpyds_" + protocol + ".so");
}

// Loaded once and never unloaded: client libraries leave threads behind.
const AdaptorModule* load_module(const std::string& protocol) {
  const std::string path = module_path(protocol);
  const auto& [package, development_package] = kPackages.at(protocol);
  std::error_code error;
  if (!fs::exists(path, error))
    throw RefusedError("this pyds was built without " + protocol + ": apt-get install " +
                       development_package + " and build it again");
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library)
    throw RefusedError("the client library for " + protocol + " cannot be loaded (" + dlerror() +
                       "): apt-get install " + package);
  return static_cast<const AdaptorModule*>(dlsym(library, "pyds_adaptor_module"));
}

std::unique_ptr<Adaptor> load_library(const std::string& path, const AdaptorSettings& settings) {
  try {
    const ConnectionSettings& connection = settings.connection;
    return std::make_unique<MsgApiAdaptor>(MsgApiAdaptor::Settings{
        path, connection.conn_str, connection.config,
        connection.topic.empty() ? topic_of(connection.conn_str) : connection.topic,
        settings.pause});
  } catch (const RefusedError&) {
    throw;
  } catch (const std::exception& error) {
    throw RefusedError(std::string("proto-lib cannot be loaded: ") + error.what());
  }
}

}  // namespace

LoadedAdaptor load_adaptor(const AdaptorSettings& settings) {
  const std::string& name = settings.proto_lib;
  if (name.empty())
    throw RefusedError(
        "proto-lib is not set; it takes kafka, mqtt, amqp, redis, or the path of a "
        "protocol adaptor of your own");
  std::error_code error;
  if (fs::is_regular_file(name, error)) return {load_library(name, settings), {}};
  const std::string protocol = protocol_of(name);
  if (protocol.empty())
    throw RefusedError("proto-lib '" + name +
                       "' is neither a file nor one of kafka, mqtt, amqp, redis (also as "
                       "libnvds_kafka_proto.so and so on)");
  ReadConnection read = read_connection(protocol, settings.connection);
  return {load_module(protocol)->make(read.connection), std::move(read.warnings)};
}

}  // namespace pyds::broker
