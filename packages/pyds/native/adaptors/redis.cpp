// Adaptor for Redis: each message is an entry of the stream named by the topic, under `payloadkey`.
#include <hiredis.h>

#include "broker/adaptor.h"

namespace {

using pyds::broker::Connection;
using pyds::broker::Delivery;
using pyds::broker::RefusedError;
using pyds::broker::UnavailableError;

struct ContextFree {
  void operator()(redisContext* context) const { redisFree(context); }
};
struct ReplyFree {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, ReplyFree>;

std::string error_of(const redisReply& reply) {
  return reply.type == REDIS_REPLY_ERROR ? std::string(reply.str, reply.len) : std::string();
}

bool begins_with(const std::string& text, const char* start) { return text.rfind(start, 0) == 0; }

// Answers of a server that works again by itself or by its operator: full, loading, no master.
bool will_pass(const std::string& error) {
  for (const char* kind : {"OOM", "LOADING", "BUSY", "MISCONF", "READONLY", "MASTERDOWN",
                           "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS"})
    if (begins_with(error, kind)) return true;
  return false;
}

class RedisAdaptor final : public pyds::broker::Adaptor {
 public:
  explicit RedisAdaptor(const Connection& connection)
      : connection_(connection),
        payload_key_(connection.option("payloadkey", "metadata")),
        most_entries_(connection.number("streamsize", 0)) {}

  std::string place() const override { return connection_.place(); }

  void connect(const std::atomic<bool>&) override {
    const timeval timeout = {pyds::broker::Patience::kMost.count() / 1000, 0};
    context_.reset(redisConnectWithTimeout(connection_.host.c_str(), connection_.port, timeout));
    if (!context_ || context_->err) fail();
    redisSetTimeout(context_.get(), timeout);
    log_in();
    const std::string error = error_of(*command({"PING"}));
    if (begins_with(error, "NOAUTH"))
      throw RefusedError(error +
                         " Set the environment variable PASSWORD_REDIS, or password under "
                         "[message-broker] of the file config.");
    if (!error.empty()) throw UnavailableError(error);
  }

  void deliver(Delivery& delivery) override {
    for (size_t i = 0; i < delivery.size(); ++i) append(entry(delivery.message(i)));
    for (size_t i = 0; i < delivery.size() && !delivery.is_cancelled(); ++i) {
      const std::string error = error_of(*next_reply());
      if (error.empty())
        delivery.confirm(i);
      else if (will_pass(error))
        throw UnavailableError(error);
      else
        delivery.refuse(i, error);
    }
    if (delivery.pending()) disconnect();  // its replies would be taken for those of the next
  }

  void disconnect() noexcept override { context_.reset(); }

 private:
  using Words = std::vector<std::string>;

  void log_in() {
    const std::string password = connection_.option("password");
    const std::string username = connection_.option("username");
    if (password.empty()) return;
    const std::string error = error_of(
        *command(username.empty() ? Words{"AUTH", password} : Words{"AUTH", username, password}));
    if (will_pass(error)) throw UnavailableError(error);
    if (!error.empty()) throw RefusedError(error);
  }

  Words entry(const std::string& message) const {
    Words words = {"XADD", connection_.topic};
    if (most_entries_) words.insert(words.end(), {"MAXLEN", "~", std::to_string(most_entries_)});
    words.insert(words.end(), {"*", payload_key_, message});
    return words;
  }

  void append(const Words& words) {
    std::vector<const char*> texts;
    std::vector<size_t> sizes;
    for (const std::string& word : words) {
      texts.push_back(word.data());
      sizes.push_back(word.size());
    }
    if (redisAppendCommandArgv(context_.get(), int(words.size()), texts.data(), sizes.data()) !=
        REDIS_OK)
      fail();
  }

  Reply next_reply() {
    void* reply = nullptr;
    if (redisGetReply(context_.get(), &reply) != REDIS_OK || !reply) fail();
    return Reply(static_cast<redisReply*>(reply));
  }

  Reply command(const Words& words) {
    append(words);
    return next_reply();
  }

  [[noreturn]] void fail() const {
    throw UnavailableError(context_ ? context_->errstr : "no memory for a connection");
  }

  const Connection connection_;
  const std::string payload_key_;
  const int most_entries_;  // 0: no limit
  std::unique_ptr<redisContext, ContextFree> context_;
};

}  // namespace

PYDS_ADAPTOR_MODULE(RedisAdaptor)
