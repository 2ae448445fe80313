// MsgApiAdaptor: a connection by a user's library that exports what nvds_msgapi.h says.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>

#include "base/shared_library.h"
#include "broker/adaptor.h"
#include "nvds_msgapi.h"

namespace pyds::broker {

class MsgApiAdaptor final : public Adaptor {
 public:
  struct Settings {
    std::string library;
    std::string conn_str;
    std::string config;
    std::string topic;
    std::chrono::milliseconds pause{0};  // between two calls of nvds_msgapi_do_work()
  };

  // Throws RefusedError if the library cannot be used.
  explicit MsgApiAdaptor(Settings settings);
  ~MsgApiAdaptor() override;

  std::string place() const override { return settings_.library; }
  void connect(const std::atomic<bool>& cancelled) override;
  void deliver(Delivery& delivery) override;
  void service() override;
  std::chrono::milliseconds service_interval() const override;
  void disconnect() noexcept override;

 private:
  // What callbacks work on: it outlives this where a library calls late.
  struct Progress {
    std::mutex mutex;
    std::condition_variable changed;
    Delivery* delivery = nullptr;
  };
  // Of one message that the library has; its callback frees it.
  struct Ticket {
    std::shared_ptr<Progress> progress;
    size_t index;
  };

  static void on_sent(void* ticket, NvDsMsgApiErrorType result);
  void send(Delivery& delivery, size_t index);
  void wait(Delivery& delivery);
  void throw_if_down() const;

  const Settings settings_;
  SharedLibrary library_;
  decltype(nvds_msgapi_connect)* connect_;
  decltype(nvds_msgapi_send)* send_;
  decltype(nvds_msgapi_send_async)* send_async_;
  decltype(nvds_msgapi_do_work)* do_work_;
  decltype(nvds_msgapi_disconnect)* disconnect_;
  NvDsMsgApiHandle handle_ = nullptr;
  std::atomic<bool> is_down_{false};
  std::shared_ptr<Progress> progress_;
};

}  // namespace pyds::broker
