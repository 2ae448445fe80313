#include "broker/msgapi_adaptor.h"

namespace pyds::broker {
namespace {

// Events come with a handle only. A flag is set when its connection goes down.
struct Connections {
  std::mutex mutex;
  std::map<NvDsMsgApiHandle, std::atomic<bool>*> is_down;
};

// Never destroyed: a library may call until the process ends.
Connections& connections() {
  static auto& instance = *new Connections;
  return instance;
}

void on_event(NvDsMsgApiHandle handle, NvDsMsgApiEventType event) {
  if (event == NVDS_MSGAPI_EVT_SUCCESS) return;
  const std::lock_guard<std::mutex> guard(connections().mutex);
  const auto found = connections().is_down.find(handle);
  if (found != connections().is_down.end()) *found->second = true;
}

char* text_or_null(const std::string& text) {
  return text.empty() ? nullptr : const_cast<char*>(text.c_str());
}

std::string reason_of(NvDsMsgApiErrorType result) {
  return result == NVDS_MSGAPI_UNKNOWN_TOPIC ? "the topic is not known"
                                             : "the adaptor could not send it";
}

}  // namespace

MsgApiAdaptor::MsgApiAdaptor(Settings settings)
    : settings_(std::move(settings)), library_(settings_.library) {
  library_.find("nvds_msgapi_connect", connect_);
  library_.find("nvds_msgapi_send", send_);
  library_.find("nvds_msgapi_send_async", send_async_);
  library_.find("nvds_msgapi_do_work", do_work_);
  library_.find("nvds_msgapi_disconnect", disconnect_);
  if (!connect_ || !disconnect_ || !(send_ || (send_async_ && do_work_)))
    throw RefusedError(settings_.library +
                       " is no protocol adaptor: it has to export nvds_msgapi_connect, "
                       "nvds_msgapi_disconnect and nvds_msgapi_send_async with "
                       "nvds_msgapi_do_work, see nvds_msgapi.h");
}

MsgApiAdaptor::~MsgApiAdaptor() { disconnect(); }

void MsgApiAdaptor::connect(const std::atomic<bool>&) {
  is_down_ = false;
  progress_ = std::make_shared<Progress>();
  handle_ = connect_(text_or_null(settings_.conn_str), on_event, text_or_null(settings_.config));
  if (!handle_) throw UnavailableError("nvds_msgapi_connect() failed");
  const std::lock_guard<std::mutex> guard(connections().mutex);
  connections().is_down[handle_] = &is_down_;
}

void MsgApiAdaptor::deliver(Delivery& delivery) {
  {
    const std::lock_guard<std::mutex> guard(progress_->mutex);
    progress_->delivery = &delivery;
  }
  const std::shared_ptr<Progress> progress = progress_;
  try {
    for (size_t i = 0; i < delivery.size() && !delivery.is_cancelled(); ++i) send(delivery, i);
    wait(delivery);
  } catch (...) {
    {
      const std::lock_guard<std::mutex> guard(progress->mutex);
      progress->delivery = nullptr;
    }
    disconnect();  // the library must let go of the messages first
    throw;
  }
  const std::lock_guard<std::mutex> guard(progress->mutex);
  progress->delivery = nullptr;
}

void MsgApiAdaptor::service() {
  if (do_work_) do_work_(handle_);
  throw_if_down();
}

std::chrono::milliseconds MsgApiAdaptor::service_interval() const {
  return std::max(settings_.pause, std::chrono::milliseconds(10));
}

void MsgApiAdaptor::disconnect() noexcept {
  if (!handle_) return;
  {
    const std::lock_guard<std::mutex> guard(connections().mutex);
    connections().is_down.erase(handle_);
  }
  disconnect_(std::exchange(handle_, nullptr));
}

void MsgApiAdaptor::send(Delivery& delivery, size_t index) {
  throw_if_down();
  const std::string& message = delivery.message(index);
  const auto* bytes = reinterpret_cast<const uint8_t*>(message.data());
  char* topic = text_or_null(settings_.topic);
  NvDsMsgApiErrorType result;
  if (send_async_ && do_work_) {
    auto ticket = std::make_unique<Ticket>(Ticket{progress_, index});
    result = send_async_(handle_, topic, bytes, message.size(), on_sent, ticket.get());
    if (result == NVDS_MSGAPI_OK) {
      ticket.release();
      return;
    }
  } else {
    result = send_(handle_, topic, bytes, message.size());
  }
  throw_if_down();
  const std::lock_guard<std::mutex> guard(progress_->mutex);
  if (result == NVDS_MSGAPI_OK)
    delivery.confirm(index);
  else
    delivery.refuse(index, reason_of(result));
}

void MsgApiAdaptor::wait(Delivery& delivery) {
  Patience patience;
  std::unique_lock<std::mutex> lock(progress_->mutex);
  for (size_t before = delivery.pending(); delivery.pending() > 0;) {
    lock.unlock();
    if (delivery.is_cancelled()) throw UnavailableError("it was cancelled");
    throw_if_down();
    do_work_(handle_);
    lock.lock();
    progress_->changed.wait_for(lock, std::max(settings_.pause, std::chrono::milliseconds(1)),
                                [&] { return delivery.pending() != before; });
    if (std::exchange(before, delivery.pending()) != delivery.pending()) patience.restart();
    patience.check("confirmation");
  }
}

void MsgApiAdaptor::on_sent(void* data, NvDsMsgApiErrorType result) {
  const std::unique_ptr<Ticket> ticket(static_cast<Ticket*>(data));
  Progress& progress = *ticket->progress;
  {
    const std::lock_guard<std::mutex> guard(progress.mutex);
    if (!progress.delivery) return;
    if (result == NVDS_MSGAPI_OK)
      progress.delivery->confirm(ticket->index);
    else
      progress.delivery->refuse(ticket->index, reason_of(result));
  }
  progress.changed.notify_all();
}

void MsgApiAdaptor::throw_if_down() const {
  if (is_down_) throw UnavailableError("the adaptor says that the connection is down");
}

}  // namespace pyds::broker
