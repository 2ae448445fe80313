#include "broker/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "broker/load_adaptor.h"

namespace pyds::broker {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string write(const std::string& text) {
  const std::string file = testing::TempDir() + "broker.txt";
  std::ofstream(file) << text;
  return file;
}

std::string reason(const std::string& protocol, const ConnectionSettings& settings) {
  try {
    read_connection(protocol, settings);
  } catch (const RefusedError& error) {
    return error.what();
  }
  return "nothing";
}

TEST(Connection, OfAStringHasHostPortAndTopic) {
  const Connection connection = read_connection("kafka", {"localhost;9092;cars"}).connection;
  EXPECT_EQ(connection.host, "localhost");
  EXPECT_EQ(connection.port, 9092);
  EXPECT_EQ(connection.topic, "cars");
  EXPECT_EQ(connection.place(), "kafka at localhost:9092");
}

TEST(Connection, TakesTheTopicOfThePropertyBeforeTheStringBeforeTheFile) {
  const std::string config = write("[message-broker]\ntopic = file\n");
  EXPECT_EQ(read_connection("redis", {"h;1;string", config, "property"}).connection.topic,
            "property");
  EXPECT_EQ(read_connection("redis", {"h;1;string", config}).connection.topic, "string");
  EXPECT_EQ(read_connection("redis", {"h;1", config}).connection.topic, "file");
  EXPECT_EQ(read_connection("amqp", {"h;1"}).connection.topic, "deepstream_topic");
}

TEST(Connection, OfAFileAloneIsEnough) {
  const Connection connection =
      read_connection("amqp", {"", write("[message-broker]\nhostname = rabbit\nport = 5672\n"
                                         "exchange = amq.topic\n")})
          .connection;
  EXPECT_EQ(connection.place(), "amqp at rabbit:5672");
  EXPECT_EQ(connection.option("exchange"), "amq.topic");
}

TEST(Connection, TakesCredentialsFromTheEnvironmentFirst) {
  const std::string config = write("[message-broker]\nusername = file\npassword = file\n");
  EXPECT_EQ(read_connection("amqp", {"h;1;me;string", config}).connection.option("password"),
            "string");
  EXPECT_EQ(read_connection("amqp", {"h;1;me;string;cars"}).connection.topic, "cars");
  setenv("PASSWORD_AMQP", "environment", 1);
  const Connection connection = read_connection("amqp", {"h;1;me;string", config}).connection;
  unsetenv("PASSWORD_AMQP");
  EXPECT_EQ(connection.option("username"), "me");
  EXPECT_EQ(connection.option("password"), "environment");
}

TEST(Connection, LosesTheQuotesOfAFile) {
  const std::string config = write("[message-broker]\nproto-cfg = \"acks=1;retries=3\"\n");
  EXPECT_EQ(read_connection("kafka", {"h;1;t", config}).connection.option("proto-cfg"),
            "acks=1;retries=3");
}

TEST(Connection, WarnsOfKeysItDoesNotKnow) {
  const std::string config = write("[message-broker]\npassphrase = x\n");
  EXPECT_THAT(read_connection("mqtt", {"h;1;t", config}).warnings,
              ElementsAre(AllOf(HasSubstr("passphrase"), Not(HasSubstr("x\n")))));
}

TEST(Connection, SaysWhatIsWrongWithoutSecrets) {
  EXPECT_THAT(reason("kafka", {}), HasSubstr("set conn-str"));
  EXPECT_THAT(reason("kafka", {"localhost"}), HasSubstr("expected \"host;port;topic\""));
  EXPECT_THAT(reason("kafka", {"localhost;http;t"}), HasSubstr("the port 'http' is none"));
  EXPECT_THAT(reason("redis", {"localhost;99999;t"}), HasSubstr("from 1 to 65535"));
  EXPECT_THAT(reason("redis", {"localhost;6379"}), HasSubstr("there is no topic"));
  EXPECT_THAT(reason("mqtt", {"h;1;t", "/no/such/file"}), HasSubstr("/no/such/file"));
  EXPECT_THAT(reason("mqtt", {"h;1;t", write("[other]\na=b\n")}), HasSubstr("[message-broker]"));
  EXPECT_THAT(reason("amqp", {"h;1;me;secret;t;more"}), Not(HasSubstr("secret")));
}

TEST(LoadAdaptor, SaysWhichAdaptorsThereAre) {
  for (const char* name : {"", "libnvds_azure_proto.so", "/no/such/libmine.so"}) {
    try {
      load_adaptor({name, {"h;1;t"}});
      FAIL() << name;
    } catch (const RefusedError& error) {
      EXPECT_THAT(error.what(), HasSubstr("kafka, mqtt, amqp, redis"));
    }
  }
}

}  // namespace
}  // namespace pyds::broker
