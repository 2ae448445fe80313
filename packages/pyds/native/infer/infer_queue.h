// InferQueue: buffers and events on their way through nvinfer, in order, while workers run the
// inference of several of them side by side.
//
//   streaming thread --push, submit--> [queue] --pop, left--> output thread
//                                      ^      |
//                                  done|      |next
//                                      workers
//
// All functions are thread-safe. Waiting ends early, with a false result, while the queue is
// flushing; workers wait until stop().
#pragma once

#include <gst/gst.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "infer/unit.h"
#include "nvdsmeta.h"
#include "surface/frame_memory.h"

namespace pyds {

class InferQueue {
 public:
  // A buffer or event. Only the queue touches it.
  class Item;

  // One run of the network: some units of one buffer.
  struct Job {
    // The buffer that waits for the results. Without one the buffer goes on, so the tensor must be
    // written before, and metadata and pictures must be left alone.
    Item* item = nullptr;
    NvDsBatchMeta* batch = nullptr;
    const FrameMemory* memory = nullptr;  // the pictures; the item keeps them alive
    std::vector<Unit> units;
    std::shared_ptr<uint8_t> tensor;  // from acquire_tensor()
    bool tensor_is_written = false;
    bool tensor_is_lent = false;  // not from acquire_tensor(); the item keeps it alive
  };

  // `max_buffers` may be inside at once, with up to `tensors` batch tensors of `tensor_bytes`.
  InferQueue(unsigned max_buffers, unsigned tensors, size_t tensor_bytes);
  ~InferQueue();

  // Streaming thread. A buffer waits for room; an event does not. Takes ownership of `object` in
  // any case. The item leaves the queue only after close().
  Item* push(GstMiniObject* object);
  std::shared_ptr<uint8_t> acquire_tensor();
  // Does not wait: nullptr if all are in use.
  std::shared_ptr<uint8_t> try_acquire_tensor();
  void submit(Job job);
  // `finish` runs in the output thread once all jobs of this and of earlier items are done, before
  // the item is handed out; it must not throw. After a flush it does not run at all.
  void close(Item* item, std::function<void()> finish = {});
  // Waits until everything has left.
  bool drain();

  // Workers.
  bool next(Job* job);
  void release_tensor(Job* job);  // as soon as the network has read it
  void done(const Job& job, const std::string& error);

  // Output thread: waits for the first item to be complete and takes it out. `error` is what went
  // wrong with one of its jobs, or empty. Call left() when it has been passed on.
  GstMiniObject* pop(std::string* error);
  void left();
  bool holds_eos() const;

  void set_flushing(bool flushing);
  // Drops all items and waits for running jobs. Sticky events are kept on `pad`, as a flush must.
  // Only while the streaming and output threads are elsewhere.
  void clear(GstPad* pad);
  // Ends the workers' waiting for good.
  void stop();

 private:
  // With the mutex held.
  std::shared_ptr<uint8_t> take_tensor();
  void take_back(const std::shared_ptr<uint8_t>& tensor, bool is_lent);

  mutable std::mutex mutex_;
  std::condition_variable changed_, work_;
  std::deque<std::unique_ptr<Item>> items_;
  std::deque<Job> jobs_;
  unsigned running_ = 0;  // jobs with workers
  unsigned leaving_ = 0;  // items popped but not yet passed on
  unsigned buffers_ = 0;  // in items_ and leaving
  const unsigned max_buffers_;
  std::vector<std::shared_ptr<uint8_t>> free_tensors_;
  std::string stray_error_;  // of a job no item waits for
  bool flushing_ = true;
  bool stopped_ = false;
};

}  // namespace pyds
