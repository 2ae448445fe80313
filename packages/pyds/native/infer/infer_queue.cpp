#include "infer/infer_queue.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace pyds {

class InferQueue::Item {
 public:
  explicit Item(GstMiniObject* object) : object_(object) {}
  ~Item() {
    if (object_) gst_mini_object_unref(object_);
  }
  Item(const Item&) = delete;
  Item& operator=(const Item&) = delete;

  bool is_buffer() const { return GST_IS_BUFFER(object_); }
  bool is_eos() const { return GST_IS_EVENT(object_) && GST_EVENT_TYPE(object_) == GST_EVENT_EOS; }
  GstEvent* event() const { return is_buffer() ? nullptr : GST_EVENT_CAST(object_); }
  GstMiniObject* take() {
    GstMiniObject* object = object_;
    object_ = nullptr;
    return object;
  }
  bool complete() const { return closed && jobs == 0; }

  bool closed = false;
  unsigned jobs = 0;  // submitted and not done
  std::string error;
  std::function<void()> finish;

 private:
  GstMiniObject* object_;
};

InferQueue::InferQueue(unsigned max_buffers, unsigned tensors, size_t tensor_bytes)
    : max_buffers_(max_buffers) {
  constexpr size_t kAlignment = 64;
  const size_t bytes = (tensor_bytes + kAlignment - 1) / kAlignment * kAlignment;
  for (unsigned i = 0; i < tensors; ++i) {
    auto* memory = static_cast<uint8_t*>(std::aligned_alloc(kAlignment, bytes));
    if (!memory) throw std::bad_alloc();
    // Frames a fixed batch leaves unused are inferred too: on zeros, not on stray memory.
    std::memset(memory, 0, bytes);
    free_tensors_.emplace_back(memory, std::free);
  }
}

InferQueue::~InferQueue() = default;

InferQueue::Item* InferQueue::push(GstMiniObject* object) {
  auto item = std::make_unique<Item>(object);
  std::unique_lock lock(mutex_);
  if (item->is_buffer()) {
    changed_.wait(lock, [&] { return flushing_ || buffers_ < max_buffers_; });
    if (flushing_) return nullptr;
    ++buffers_;
  }
  items_.push_back(std::move(item));
  return items_.back().get();
}

std::shared_ptr<uint8_t> InferQueue::acquire_tensor() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return flushing_ || !free_tensors_.empty(); });
  return flushing_ ? nullptr : take_tensor();
}

std::shared_ptr<uint8_t> InferQueue::try_acquire_tensor() {
  const std::lock_guard lock(mutex_);
  return flushing_ || free_tensors_.empty() ? nullptr : take_tensor();
}

void InferQueue::take_back(const std::shared_ptr<uint8_t>& tensor, bool is_lent) {
  if (tensor && !is_lent) free_tensors_.push_back(tensor);
}

std::shared_ptr<uint8_t> InferQueue::take_tensor() {
  std::shared_ptr<uint8_t> tensor = std::move(free_tensors_.back());
  free_tensors_.pop_back();
  return tensor;
}

void InferQueue::submit(Job job) {
  std::lock_guard lock(mutex_);
  if (job.item) ++job.item->jobs;
  jobs_.push_back(std::move(job));
  work_.notify_one();
}

void InferQueue::close(Item* item, std::function<void()> finish) {
  std::lock_guard lock(mutex_);
  item->finish = std::move(finish);
  item->closed = true;
  changed_.notify_all();
}

bool InferQueue::drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return flushing_ || (items_.empty() && leaving_ == 0); });
  return !flushing_;
}

bool InferQueue::next(Job* job) {
  std::unique_lock lock(mutex_);
  work_.wait(lock, [&] { return stopped_ || !jobs_.empty(); });
  if (stopped_) return false;
  *job = std::move(jobs_.front());
  jobs_.pop_front();
  ++running_;
  return true;
}

void InferQueue::release_tensor(Job* job) {
  std::lock_guard lock(mutex_);
  if (!job->tensor) return;
  take_back(job->tensor, job->tensor_is_lent);
  job->tensor.reset();
  changed_.notify_all();
}

void InferQueue::done(const Job& job, const std::string& error) {
  std::lock_guard lock(mutex_);
  take_back(job.tensor, job.tensor_is_lent);
  std::string& first_error = job.item ? job.item->error : stray_error_;
  if (first_error.empty()) first_error = error;
  if (job.item) --job.item->jobs;
  --running_;
  changed_.notify_all();
}

GstMiniObject* InferQueue::pop(std::string* error) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return flushing_ || (!items_.empty() && items_.front()->complete()); });
  if (flushing_) return nullptr;
  const std::unique_ptr<Item> item = std::move(items_.front());
  items_.pop_front();
  *error = item->error.empty() ? std::exchange(stray_error_, {}) : item->error;
  ++leaving_;
  // Its place is free for the next buffer: pre-processing goes on while this one is passed on.
  if (item->is_buffer()) --buffers_;
  changed_.notify_all();
  lock.unlock();
  if (item->finish && error->empty()) item->finish();
  return item->take();
}

void InferQueue::left() {
  std::lock_guard lock(mutex_);
  --leaving_;
  changed_.notify_all();
}

bool InferQueue::holds_eos() const {
  std::lock_guard lock(mutex_);
  return std::any_of(items_.begin(), items_.end(), [](const auto& item) { return item->is_eos(); });
}

void InferQueue::set_flushing(bool flushing) {
  std::lock_guard lock(mutex_);
  flushing_ = flushing;
  changed_.notify_all();
}

void InferQueue::clear(GstPad* pad) {
  std::unique_lock lock(mutex_);
  for (const Job& job : jobs_) take_back(job.tensor, job.tensor_is_lent);
  jobs_.clear();
  changed_.wait(lock, [&] { return running_ == 0; });
  for (const auto& item : items_) {
    GstEvent* event = item->event();
    if (event && GST_EVENT_IS_STICKY(event) && GST_EVENT_TYPE(event) != GST_EVENT_SEGMENT &&
        GST_EVENT_TYPE(event) != GST_EVENT_EOS)
      gst_pad_store_sticky_event(pad, event);
  }
  items_.clear();
  buffers_ = 0;
  stray_error_.clear();
}

void InferQueue::stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  work_.notify_all();
}

}  // namespace pyds
