// Adaptor for Kafka: each message goes to the topic, with what the JSON has at `partition-key` as
// its key.
#include <librdkafka/rdkafka.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "broker/adaptor.h"

namespace {

using pyds::broker::Connection;
using pyds::broker::Delivery;
using pyds::broker::Patience;
using pyds::broker::RefusedError;
using pyds::broker::UnavailableError;

struct ProducerFree {
  void operator()(rd_kafka_t* producer) const {
    rd_kafka_purge(producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_destroy(producer);
  }
};
struct TopicFree {
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};
struct ConfigurationFree {
  void operator()(rd_kafka_conf_t* configuration) const { rd_kafka_conf_destroy(configuration); }
};

// Properties of librdkafka that cannot be if it is to keep the order over its own repetitions.
constexpr const char* kAgainstIdempotence[] = {"acks",
                                               "request.required.acks",
                                               "enable.idempotence",
                                               "max.in.flight",
                                               "max.in.flight.requests.per.connection",
                                               "retries",
                                               "message.send.max.retries",
                                               "queuing.strategy"};

std::string trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\"");
  return first == std::string::npos
             ? std::string()
             : text.substr(first, text.find_last_not_of(" \t\"") - first + 1);
}

using Properties = std::map<std::string, std::string>;

// "key=value;key=value".
void read_properties(const std::string& text, Properties& properties) {
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find(';', start), text.size());
    const std::string pair = text.substr(start, end - start);
    start = end + 1;
    const size_t equals = pair.find('=');
    if (trimmed(pair).empty()) continue;
    if (equals == std::string::npos)
      throw RefusedError("[message-broker] proto-cfg: expected \"property=value;property=value\"");
    properties[trimmed(pair.substr(0, equals))] = trimmed(pair.substr(equals + 1));
  }
}

// What a JSON text has at "sensor.id", or empty.
std::string value_at(const std::string& message, const std::string& path) {
  nlohmann::json value = nlohmann::json::parse(message, nullptr, false);
  for (size_t start = 0; start <= path.size();) {
    const size_t end = std::min(path.find('.', start), path.size());
    const auto found =
        value.is_object() ? value.find(path.substr(start, end - start)) : value.end();
    if (found == value.end()) return {};
    value = nlohmann::json(*found);
    start = end + 1;
  }
  return value.is_string() ? value.get<std::string>() : value.dump();
}

class KafkaAdaptor final : public pyds::broker::Adaptor {
 public:
  explicit KafkaAdaptor(const Connection& connection)
      : connection_(connection),
        partition_key_(trimmed(connection.option("partition-key", "sensor.id"))) {
    properties_["bootstrap.servers"] = connection.host + ":" + std::to_string(connection.port);
    if (const std::string name = connection.option("username"); !name.empty()) {
      properties_["sasl.username"] = name;
      properties_["sasl.password"] = connection.option("password");
    }
    read_properties(connection.option("proto-cfg"), properties_);
    read_properties(connection.option("producer-proto-cfg"), properties_);
    if (std::none_of(std::begin(kAgainstIdempotence), std::end(kAgainstIdempotence),
                     [this](const char* name) { return properties_.count(name); }))
      properties_["enable.idempotence"] = "true";
    make_configuration();
  }

  std::string place() const override { return connection_.place(); }

  void connect(const std::atomic<bool>& cancelled) override {
    error_.clear();
    is_refused_ = is_down_ = false;
    char text[512];
    rd_kafka_conf_t* configuration = make_configuration().release();
    producer_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, configuration, text, sizeof text));
    if (!producer_) {
      rd_kafka_conf_destroy(configuration);
      throw RefusedError(text);
    }
    topic_.reset(rd_kafka_topic_new(producer_.get(), connection_.topic.c_str(), nullptr));
    if (!topic_) throw RefusedError(rd_kafka_err2str(rd_kafka_last_error()));
    const Patience patience;
    while (!cancelled && !has_metadata()) {
      if (is_refused_) throw RefusedError(error_);
      check_patience(patience, "answer to the connection");
    }
  }

  void deliver(Delivery& delivery) override {
    delivery_ = &delivery;
    const std::unique_ptr<KafkaAdaptor, void (*)(KafkaAdaptor*)> forget(
        this, [](KafkaAdaptor* self) { self->delivery_ = nullptr; });
    waiting_ = 0;
    error_.clear();
    is_down_ = false;
    Patience patience;
    for (size_t i = 0; i < delivery.size() && !delivery.is_cancelled(); ++i) produce(i, patience);
    for (size_t before = waiting_; waiting_ && !delivery.is_cancelled();) {
      rd_kafka_poll(producer_.get(), int(Patience::kSlice.count()));
      if (std::exchange(before, waiting_) != waiting_) patience.restart();
      check_patience(patience, "confirmation");
    }
    if (delivery.pending() && !delivery.is_cancelled()) throw UnavailableError(error_);
  }

  void service() override { rd_kafka_poll(producer_.get(), 0); }
  std::chrono::milliseconds service_interval() const override { return std::chrono::seconds(1); }

  void disconnect() noexcept override {
    topic_.reset();
    producer_.reset();
  }

 private:
  using Configuration = std::unique_ptr<rd_kafka_conf_t, ConfigurationFree>;

  // Throws RefusedError for properties that librdkafka does not take.
  Configuration make_configuration() {
    Configuration configuration(rd_kafka_conf_new());
    char text[512];
    for (const auto& [name, value] : properties_)
      if (rd_kafka_conf_set(configuration.get(), name.c_str(), value.c_str(), text, sizeof text) !=
          RD_KAFKA_CONF_OK)
        throw RefusedError("[message-broker] proto-cfg: " + std::string(text));
    rd_kafka_conf_set_opaque(configuration.get(), this);
    // What it logs is in the errors, too.
    rd_kafka_conf_set_log_cb(configuration.get(),
                             [](const rd_kafka_t*, int, const char*, const char*) {});
    rd_kafka_conf_set_error_cb(
        configuration.get(), [](rd_kafka_t*, int error, const char* reason, void* self) {
          static_cast<KafkaAdaptor*>(self)->note_error(rd_kafka_resp_err_t(error), reason);
        });
    rd_kafka_conf_set_dr_msg_cb(configuration.get(),
                                [](rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
                                  static_cast<KafkaAdaptor*>(self)->note_report(*message);
                                });
    return configuration;
  }

  bool has_metadata() {
    const rd_kafka_metadata_t* metadata = nullptr;
    const rd_kafka_resp_err_t error = rd_kafka_metadata(producer_.get(), 0, topic_.get(), &metadata,
                                                        int(10 * Patience::kSlice.count()));
    rd_kafka_poll(producer_.get(), 0);  // errors
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
    rd_kafka_metadata_destroy(metadata);
    return true;
  }

  void produce(size_t index, Patience& patience) {
    const std::string& message = delivery_->message(index);
    const std::string key = value_at(message, partition_key_);
    while (rd_kafka_produce(topic_.get(), RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                            const_cast<char*>(message.data()), message.size(),
                            key.empty() ? nullptr : key.data(), key.size(),
                            reinterpret_cast<void*>(index)) != 0) {
      const rd_kafka_resp_err_t error = rd_kafka_last_error();
      if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        delivery_->refuse(index, rd_kafka_err2str(error));
        return;
      }
      rd_kafka_poll(producer_.get(), int(Patience::kSlice.count()));
      check_patience(patience, "confirmation");
    }
    ++waiting_;
  }

  void note_report(const rd_kafka_message_t& message) {
    if (!delivery_) return;
    --waiting_;
    const auto index = reinterpret_cast<size_t>(message._private);
    switch (message.err) {
      case RD_KAFKA_RESP_ERR_NO_ERROR:
        delivery_->confirm(index);
        break;
      case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
      case RD_KAFKA_RESP_ERR__TRANSPORT:
      case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
      case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
        error_ = rd_kafka_err2str(message.err);
        break;
      default:
        delivery_->refuse(index, rd_kafka_err2str(message.err));
    }
  }

  void note_error(rd_kafka_resp_err_t error, const char* reason) {
    is_refused_ |= error == RD_KAFKA_RESP_ERR__AUTHENTICATION;
    if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
      is_down_ = true;  // why was said before
    else
      error_ = reason;
  }

  // With librdkafka's own reason, if it has one.
  void check_patience(const Patience& patience, const char* waiting_for) const {
    try {
      // Connections that nobody used for long are closed, and made again at once.
      patience.check(waiting_for, is_down_ ? std::chrono::seconds(1) : Patience::kMost);
    } catch (const UnavailableError& error) {
      throw UnavailableError(error_.empty() ? error.what() : error_);
    }
  }

  const Connection connection_;
  const std::string partition_key_;
  Properties properties_;
  std::unique_ptr<rd_kafka_t, ProducerFree> producer_;
  std::unique_ptr<rd_kafka_topic_t, TopicFree> topic_;  // destroyed before the producer
  std::string error_;
  bool is_refused_ = false;
  bool is_down_ = false;
  Delivery* delivery_ = nullptr;
  size_t waiting_ = 0;  // messages without a report
};

}  // namespace

PYDS_ADAPTOR_MODULE(KafkaAdaptor)
