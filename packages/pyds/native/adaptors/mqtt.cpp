// Adaptor for MQTT 3.1.1: each message is published to the topic, with quality of service 1.
#include <mosquitto.h>

#include <cerrno>
#include <cstring>
#include <set>
#include <unordered_map>

#include "broker/adaptor.h"

namespace {

using pyds::broker::Connection;
using pyds::broker::Delivery;
using pyds::broker::Patience;
using pyds::broker::RefusedError;
using pyds::broker::UnavailableError;

struct ClientFree {
  void operator()(mosquitto* client) const { mosquitto_destroy(client); }
};

// For as long as any adaptor is there.
struct Library {
  Library() { mosquitto_lib_init(); }
  ~Library() { mosquitto_lib_cleanup(); }
};

const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

void check(int result) {
  if (result == MOSQ_ERR_SUCCESS) return;
  if (result == MOSQ_ERR_TLS)
    throw UnavailableError("TLS fails: check enable-tls, tls-cafile, tls-certfile, tls-keyfile");
  throw UnavailableError(result == MOSQ_ERR_ERRNO ? std::strerror(errno)
                                                  : mosquitto_strerror(result));
}

class MqttAdaptor final : public pyds::broker::Adaptor {
 public:
  explicit MqttAdaptor(const Connection& connection)
      : connection_(connection),
        quality_(connection.number("qos", 1)),
        retain_(connection.number("retain", 0) != 0),
        keep_alive_s_(connection.number("keep-alive", 60)) {
    if (quality_ > 2) throw RefusedError("[message-broker] qos: expected 0, 1 or 2");
    if (keep_alive_s_ < 5) throw RefusedError("[message-broker] keep-alive: expected 5 or more");
    if (mosquitto_pub_topic_check(connection_.topic.c_str()) != MOSQ_ERR_SUCCESS)
      throw RefusedError("'" + connection_.topic +
                         "' is no topic to publish to: it must not contain + or #");
  }

  std::string place() const override { return connection_.place(); }

  void connect(const std::atomic<bool>& cancelled) override {
    client_.reset(mosquitto_new(or_null(connection_.option("client-id")), true, this));
    if (!client_) throw UnavailableError("no memory for a client");
    mosquitto_max_inflight_messages_set(client_.get(), 0);
    mosquitto_connect_callback_set(client_.get(), [](mosquitto*, void* self, int answer) {
      static_cast<MqttAdaptor*>(self)->answer_ = answer;
    });
    mosquitto_publish_callback_set(client_.get(), [](mosquitto*, void* self, int id) {
      static_cast<MqttAdaptor*>(self)->published(id);
    });
    set_credentials();
    answer_ = kNoAnswer;
    check(mosquitto_connect_async(client_.get(), connection_.host.c_str(), connection_.port,
                                  keep_alive_s_));
    const Patience patience;
    while (answer_ == kNoAnswer && !cancelled) {
      loop();
      patience.check("answer to the connection");
    }
    if (answer_ == kServerUnavailable) throw UnavailableError(mosquitto_connack_string(answer_));
    if (answer_ > 0) throw RefusedError(mosquitto_connack_string(answer_));
  }

  void deliver(Delivery& delivery) override {
    delivery_ = &delivery;
    const std::unique_ptr<MqttAdaptor, void (*)(MqttAdaptor*)> forget(
        this, [](MqttAdaptor* self) { self->forget_delivery(); });
    for (size_t i = 0; i < delivery.size(); ++i) publish(i);
    Patience patience;
    for (size_t before = delivery.pending(); delivery.pending() && !delivery.is_cancelled();) {
      loop();
      if (std::exchange(before, delivery.pending()) != delivery.pending()) patience.restart();
      patience.check("confirmation");
    }
  }

  void service() override { loop(); }
  std::chrono::milliseconds service_interval() const override { return std::chrono::seconds(1); }

  void disconnect() noexcept override {
    if (client_) mosquitto_disconnect(client_.get());
    client_.reset();
  }

 private:
  enum { kNoAnswer = -1, kServerUnavailable = 3 };

  void set_credentials() {
    const std::string username = connection_.option("username");
    const std::string password = connection_.option("password");
    if (!username.empty())
      check(mosquitto_username_pw_set(client_.get(), username.c_str(), or_null(password)));
    if (!connection_.number("enable-tls", 0)) return;
    const std::string authorities = connection_.option("tls-cafile");
    const std::string directory = connection_.option("tls-capath");
    const std::string certificate = connection_.option("tls-certfile");
    const std::string key = connection_.option("tls-keyfile");
    const int result = mosquitto_tls_set(client_.get(), or_null(authorities), or_null(directory),
                                         or_null(certificate), or_null(key), nullptr);
    if (result != MOSQ_ERR_SUCCESS)
      throw RefusedError(std::string("TLS: ") + mosquitto_strerror(result) +
                         "; check tls-cafile or tls-capath, and tls-certfile with tls-keyfile");
  }

  void loop() { check(mosquitto_loop(client_.get(), int(Patience::kSlice.count()), 1)); }

  void publish(size_t index) {
    const std::string& message = delivery_->message(index);
    int id = 0;
    const int result = mosquitto_publish(client_.get(), &id, connection_.topic.c_str(),
                                         int(message.size()), message.data(), quality_, retain_);
    if (result == MOSQ_ERR_PAYLOAD_SIZE) {
      delivery_->refuse(index, mosquitto_strerror(result));
      return;
    }
    check(result);
    if (confirmed_early_.erase(id))
      delivery_->confirm(index);
    else
      sent_[id] = index;
  }

  void published(int id) {
    const auto found = sent_.find(id);
    if (found == sent_.end()) {
      confirmed_early_.insert(id);  // publish() does not know the id yet
      return;
    }
    delivery_->confirm(found->second);
    sent_.erase(found);
  }

  void forget_delivery() {
    delivery_ = nullptr;
    sent_.clear();
    confirmed_early_.clear();
  }

  const Connection connection_;
  const int quality_;
  const bool retain_;
  const int keep_alive_s_;
  Library library_;
  std::unique_ptr<mosquitto, ClientFree> client_;
  int answer_ = kNoAnswer;
  Delivery* delivery_ = nullptr;
  std::unordered_map<int, size_t> sent_;  // by message id, until confirmed
  std::set<int> confirmed_early_;
};

}  // namespace

PYDS_ADAPTOR_MODULE(MqttAdaptor)
