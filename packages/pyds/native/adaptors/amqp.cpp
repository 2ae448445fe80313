// Adaptor for AMQP 0-9-1: each message goes, persistent, to an exchange, with the topic as its
// routing key, and the broker confirms it.
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>

#include "broker/adaptor.h"

namespace {

using pyds::broker::Connection;
using pyds::broker::Delivery;
using pyds::broker::Patience;
using pyds::broker::RefusedError;
using pyds::broker::UnavailableError;

constexpr amqp_channel_t kChannel = 1;
// As much as fits into the buffers of a socket: publishing waits without limit for a broker that
// does not read, as one does that has no memory left.
constexpr size_t kMostUnconfirmed = 64 * 1024;

std::string text_of(amqp_bytes_t bytes) {
  return std::string(static_cast<const char*>(bytes.bytes), bytes.len);
}

timeval time_of(std::chrono::milliseconds time) {
  return {time.count() / 1000, suseconds_t(time.count() % 1000 * 1000)};
}

struct ConnectionFree {
  void operator()(amqp_connection_state_t state) const { amqp_destroy_connection(state); }
};

void check(int status) {
  if (status < 0) throw UnavailableError(amqp_error_string2(status));
}

// Throws what a method that closes a channel or the connection says.
void throw_if_closed(const amqp_method_t& method) {
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD)  // no such exchange, no permission
    throw RefusedError(text_of(static_cast<amqp_channel_close_t*>(method.decoded)->reply_text));
  if (method.id != AMQP_CONNECTION_CLOSE_METHOD) return;
  const auto& close = *static_cast<amqp_connection_close_t*>(method.decoded);
  if (close.reply_code == AMQP_ACCESS_REFUSED || close.reply_code == AMQP_NOT_ALLOWED)
    throw RefusedError(text_of(close.reply_text));
  throw UnavailableError(text_of(close.reply_text));
}

void check(const amqp_rpc_reply_t& reply) {
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION) check(reply.library_error);
  if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION) throw_if_closed(reply.reply);
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) throw UnavailableError("no answer");
}

class AmqpAdaptor final : public pyds::broker::Adaptor {
 public:
  explicit AmqpAdaptor(const Connection& connection)
      : connection_(connection),
        exchange_(connection.option("exchange", "amq.topic")),
        frame_size_(connection.number("amqp-framesize", 131072)),
        heartbeat_s_(connection.number("amqp-heartbeat", 0)) {}

  std::string place() const override { return connection_.place(); }

  void connect(const std::atomic<bool>&) override {
    state_.reset(amqp_new_connection());
    timeval timeout = time_of(Patience::kMost);
    amqp_socket_t* socket = amqp_tcp_socket_new(state_.get());
    if (!socket) throw UnavailableError("no memory for a connection");
    check(amqp_socket_open_noblock(socket, connection_.host.c_str(), connection_.port, &timeout));
    check(amqp_set_handshake_timeout(state_.get(), &timeout));
    check(amqp_set_rpc_timeout(state_.get(), &timeout));
    check(amqp_login(state_.get(), connection_.option("vhost", "/").c_str(), 0, frame_size_,
                     heartbeat_s_, AMQP_SASL_METHOD_PLAIN,
                     connection_.option("username", "guest").c_str(),
                     connection_.option("password", "guest").c_str()));
    amqp_channel_open(state_.get(), kChannel);
    check(amqp_get_rpc_reply(state_.get()));
    amqp_confirm_select(state_.get(), kChannel);
    check(amqp_get_rpc_reply(state_.get()));
    published_ = 0;
  }

  void deliver(Delivery& delivery) override {
    const uint64_t first = published_ + 1;  // delivery tags count from 1
    size_t bytes = 0;
    for (size_t i = 0; i < delivery.size() && !delivery.is_cancelled(); ++i) {
      publish(delivery.message(i));
      bytes += delivery.message(i).size();
      if (bytes < kMostUnconfirmed && i + 1 < delivery.size()) continue;
      wait(delivery, first, i + 1);
      bytes = 0;
    }
  }

  void service() override {
    amqp_frame_t frame;
    while (next_frame(frame, std::chrono::milliseconds(0)))
      if (frame.frame_type == AMQP_FRAME_METHOD) throw_if_closed(frame.payload.method);
  }
  std::chrono::milliseconds service_interval() const override {
    return std::chrono::milliseconds(heartbeat_s_ ? heartbeat_s_ * 500 : 1000);
  }

  // Confirmed messages are on the broker's side: there is nobody to say goodbye to.
  void disconnect() noexcept override { state_.reset(); }

 private:
  // Until the first `count` messages are settled.
  void wait(Delivery& delivery, uint64_t first, size_t count) {
    const size_t later = delivery.size() - count;
    Patience patience;
    while (delivery.pending() > later && !delivery.is_cancelled()) {
      amqp_frame_t frame;
      if (!next_frame(frame, Patience::kSlice)) {
        patience.check("confirmation");
        continue;
      }
      patience.restart();
      if (frame.frame_type == AMQP_FRAME_METHOD) note(frame.payload.method, delivery, first);
      amqp_maybe_release_buffers(state_.get());
    }
  }

  void publish(const std::string& message) {
    amqp_basic_properties_t properties = {};
    properties._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG;
    properties.content_type =
        amqp_cstring_bytes(!message.empty() && message.front() == '{' ? "application/json"
                                                                      : "application/octet-stream");
    properties.delivery_mode = AMQP_DELIVERY_PERSISTENT;
    const amqp_bytes_t body = {message.size(), const_cast<char*>(message.data())};
    check(amqp_basic_publish(state_.get(), kChannel, amqp_cstring_bytes(exchange_.c_str()),
                             amqp_cstring_bytes(connection_.topic.c_str()), 0, 0, &properties,
                             body));
    ++published_;
  }

  // False if none comes in time.
  bool next_frame(amqp_frame_t& frame, std::chrono::milliseconds timeout) {
    const timeval time = time_of(timeout);
    const int status = amqp_simple_wait_frame_noblock(state_.get(), &frame, &time);
    if (status == AMQP_STATUS_TIMEOUT) return false;
    check(status);
    return true;
  }

  static void note(const amqp_method_t& method, Delivery& delivery, uint64_t first) {
    throw_if_closed(method);
    if (method.id == AMQP_BASIC_ACK_METHOD) {
      const auto& ack = *static_cast<amqp_basic_ack_t*>(method.decoded);
      for_each_tag(ack.delivery_tag, ack.multiple, first, [&](size_t i) { delivery.confirm(i); });
    } else if (method.id == AMQP_BASIC_NACK_METHOD) {
      const auto& nack = *static_cast<amqp_basic_nack_t*>(method.decoded);
      for_each_tag(nack.delivery_tag, nack.multiple, first,
                   [&](size_t i) { delivery.refuse(i, "the broker did not take it"); });
    }
  }

  template <typename Function>
  static void for_each_tag(uint64_t tag, bool multiple, uint64_t first, Function function) {
    if (tag < first) return;
    for (uint64_t each = multiple ? first : tag; each <= tag; ++each) function(each - first);
  }

  const Connection connection_;
  const std::string exchange_;
  const int frame_size_;
  const int heartbeat_s_;
  std::unique_ptr<std::remove_pointer_t<amqp_connection_state_t>, ConnectionFree> state_;
  uint64_t published_ = 0;
};

}  // namespace

PYDS_ADAPTOR_MODULE(AmqpAdaptor)
