#include "base/team.h"

#include <utility>

#include "base/streaming_thread.h"

namespace pyds {

Team::Team(unsigned size) {
  for (unsigned member = 1; member < size; ++member)
    helpers_.emplace_back([this, member] { help(member); });
}

Team::~Team() {
  {
    std::lock_guard lock(mutex_);
    leave_ = true;
  }
  begun_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void Team::run(size_t count, const Part& part) {
  std::unique_lock lock(mutex_);
  part_ = &part;
  next_ = 0;
  count_ = count;
  if (count > 1) begun_.notify_all();
  work(0, lock);
  done_.wait(lock, [this] { return busy_ == 0; });
  if (std::exception_ptr error = std::exchange(error_, nullptr)) {
    lock.unlock();
    std::rethrow_exception(error);
  }
}

void Team::help(unsigned member) {
  enter_streaming_thread();
  std::unique_lock lock(mutex_);
  for (;;) {
    begun_.wait(lock, [this] { return leave_ || next_ < count_; });
    if (leave_) return;
    work(member, lock);
  }
}

void Team::work(unsigned member, std::unique_lock<std::mutex>& lock) {
  while (next_ < count_) {
    const size_t index = next_++;
    ++busy_;
    lock.unlock();
    std::exception_ptr error;
    try {
      (*part_)(member, index);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    --busy_;
    if (error) {
      if (!error_) error_ = error;
      next_ = count_;
    }
    if (busy_ == 0 && next_ == count_) done_.notify_one();
  }
}

}  // namespace pyds
