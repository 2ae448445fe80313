// Adaptor: a connection to a message broker, by one protocol.
//
// Adaptors of our own are modules beside the plugin, one for each protocol, so that the client
// library of each need only be there when it is used. Everything a module needs is in this header.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace pyds::broker {

// The broker cannot be reached, or does not answer: it may when it is tried again.
class UnavailableError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The broker says no, and will until somebody changes something.
class RefusedError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Where messages go. Texts made of it for users and logs name host, port and topic only.
struct Connection {
  std::string protocol;
  std::string host;
  int port = 0;
  std::string topic;
  std::map<std::string, std::string> options;  // of [message-broker], secrets among them

  std::string option(const std::string& key, const std::string& otherwise = {}) const {
    const auto found = options.find(key);
    return found == options.end() || found->second.empty() ? otherwise : found->second;
  }
  // A number that is at least 0. Throws RefusedError.
  int number(const std::string& key, int otherwise) const {
    const std::string text = option(key);
    if (text.empty()) return otherwise;
    if (text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos)
      throw RefusedError("[message-broker] " + key + "=" + text + ": expected a number >= 0");
    return std::stoi(text);
  }
  std::string place() const { return protocol + " at " + host + ":" + std::to_string(port); }
};

// Messages on their way, and what became of each. Of one thread.
class Delivery {
 public:
  // Adaptors return early once `cancelled` is set.
  Delivery(std::vector<std::string> messages, const std::atomic<bool>& cancelled)
      : messages_(std::move(messages)),
        fates_(messages_.size(), Fate::kPending),
        cancelled_(cancelled),
        pending_(messages_.size()) {}

  size_t size() const { return messages_.size(); }
  const std::string& message(size_t index) const { return messages_[index]; }
  bool is_pending(size_t index) const { return fates_[index] == Fate::kPending; }
  size_t pending() const { return pending_; }
  size_t refused() const {
    return size_t(std::count(fates_.begin(), fates_.end(), Fate::kRefused));
  }
  // Why the first refused message was.
  const std::string& reason() const { return reason_; }
  bool is_cancelled() const { return cancelled_; }

  void confirm(size_t index) { settle(index, Fate::kConfirmed); }
  void refuse(size_t index, const std::string& reason) {
    if (reason_.empty()) reason_ = reason;
    settle(index, Fate::kRefused);
  }

 private:
  enum class Fate : char { kPending, kConfirmed, kRefused };

  void settle(size_t index, Fate fate) {
    if (!is_pending(index)) return;
    fates_[index] = fate;
    --pending_;
  }

  std::vector<std::string> messages_;
  std::vector<Fate> fates_;
  const std::atomic<bool>& cancelled_;
  size_t pending_;
  std::string reason_;
};

// Tells when a broker has been silent for too long, and when to look again.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kMost{5000};
  // How long to block at most, so that a cancelled delivery ends soon.
  static constexpr std::chrono::milliseconds kSlice{50};

  // There was an answer.
  void restart() { since_ = Clock::now(); }
  // Throws UnavailableError.
  void check(const char* waiting_for, std::chrono::milliseconds most = kMost) const {
    if (Clock::now() - since_ > most)
      throw UnavailableError("no " + std::string(waiting_for) + " within " +
                             std::to_string(most.count() / 1000) + " s");
  }

 private:
  Clock::time_point since_ = Clock::now();
};

// All calls come from the sender's thread. Each may throw UnavailableError, after which
// disconnect() follows, or RefusedError, which is the end.
class Adaptor {
 public:
  virtual ~Adaptor() = default;
  // The name of the broker for users and logs.
  virtual std::string place() const = 0;
  // Returns when the broker has answered, or `cancelled` is set.
  virtual void connect(const std::atomic<bool>& cancelled) = 0;
  // Sends the messages in their order and waits until the broker has confirmed or refused each.
  // Those that are still pending when it throws may have arrived.
  virtual void deliver(Delivery& delivery) = 0;
  // Called while there is nothing to send, every so often.
  virtual void service() {}
  virtual std::chrono::milliseconds service_interval() const { return std::chrono::hours(1); }
  // Also called when there is no connection.
  virtual void disconnect() noexcept = 0;
};

// What a module exports, as the symbol pyds_adaptor_module. make() throws RefusedError for options
// that cannot be.
struct AdaptorModule {
  std::unique_ptr<Adaptor> (*make)(const Connection& connection);
};

}  // namespace pyds::broker

#define PYDS_ADAPTOR_MODULE(Class)                                                               \
  extern "C" const pyds::broker::AdaptorModule pyds_adaptor_module;                              \
  const pyds::broker::AdaptorModule pyds_adaptor_module = {                                      \
      [](const pyds::broker::Connection& connection) -> std::unique_ptr<pyds::broker::Adaptor> { \
        return std::make_unique<Class>(connection);                                              \
      }};
