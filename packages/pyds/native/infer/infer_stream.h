// InferStream: one model at work on the units of a stream of batched buffers (frames, or regions of
// objects), in workers that pre-process, infer and write metadata side by side; buffers are given
// back in order.
//
// A worker reads the tensor it has just written, which is then still in its core's cache: that
// costs less CPU than handing tensors over. A worker alone would never infer and pre-process at
// once, so for it the caller's thread pre-processes.
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "infer/infer_queue.h"
#include "infer/model.h"
#include "infer/prepared_input.h"
#include "infer/unit_selection.h"
#include "nvdsmeta.h"
#include "surface/frame_memory.h"

namespace pyds {

class InferStream {
 public:
  // Called in the streaming thread with what the user should know.
  using Warn = std::function<void(const std::string&)>;

  // `interval` batches of frames pass through after each one inferred; it may change at any time.
  // Starts the workers. Model and interval outlive the stream.
  InferStream(Model& model, const std::atomic<unsigned>& interval, Warn warn);
  ~InferStream();

  InferQueue& queue() { return queue_; }

  // Takes a buffer with pictures and batch metadata through the queue: enqueues it and the
  // inference of its units. Blocks while enough is under way. Returns FALSE if the queue is
  // flushing. Throws ConfigError if the buffer is not what nvinfer takes. Owns the buffer in any
  // case. Streaming thread only.
  bool accept(GstBuffer* buffer);

  // After a flush: the next batch is inferred whatever the interval says, and no object is known.
  // Streaming thread only.
  void restart();
  // The objects of a source that ended or starts anew are unknown. Streaming thread only.
  void forget(unsigned source_id) { selector_.forget(source_id); }

 private:
  bool is_skipped();
  bool accept_synchronous(GstBuffer* buffer, NvDsBatchMeta* batch, const FrameMemory& memory);
  bool accept_asynchronous(GstBuffer* buffer, NvDsBatchMeta* batch, const FrameMemory& memory);
  bool accept_prepared(GstBuffer* buffer, NvDsBatchMeta* batch, const FrameMemory& memory,
                       std::vector<PreparedInput> inputs);
  std::vector<PreparedInput> find_prepared(NvDsBatchMeta* batch, const FrameMemory& memory);
  bool submit_all(InferQueue::Item* item, NvDsBatchMeta* batch, const FrameMemory& memory,
                  std::vector<Unit> units);
  void submit_free(const FrameMemory& memory, std::vector<Unit> units);
  void write_tensor(InferQueue::Job* job) const;
  void work(Engine& session);
  void run_job(Engine& session, InferQueue::Job* job);
  void write_results(const InferQueue::Job& job, const Unit& unit, const Layers& layers) const;
  void write_classification(const InferQueue::Job& job, const Unit& unit,
                            Classification classification) const;

  Model& model_;
  InferQueue queue_;
  const std::atomic<unsigned>& interval_;
  uint64_t batch_number_ = 0;
  UnitSelector selector_;
  Warn warn_;
  bool warned_of_untracked_ = false;
  // Batches in a row, from the first, that brought no tensor.
  std::optional<unsigned> without_tensors_ = 0;
  std::vector<std::thread> workers_;
};

}  // namespace pyds
