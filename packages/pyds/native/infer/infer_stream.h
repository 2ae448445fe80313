// InferStream: one model at work on a stream of batched buffers, in workers that pre-process, infer
// and write metadata side by side; buffers are given back in order.
//
// A worker reads the tensor it has just written, which is then still in its core's cache: that
// costs less CPU than handing tensors over. A worker alone would never infer and pre-process at
// once, so for it the caller's thread pre-processes.
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "infer/infer_queue.h"
#include "infer/model.h"
#include "nvdsmeta.h"
#include "surface/frame_memory.h"

namespace pyds {

class InferStream {
 public:
  // `interval` batches pass through after each one inferred; it may change at any time. Starts the
  // workers. Model and interval outlive the stream.
  InferStream(Model& model, const std::atomic<unsigned>& interval);
  ~InferStream();

  InferQueue& queue() { return queue_; }

  // Takes a buffer with pictures and batch metadata through the queue: enqueues it and the
  // inference of its frames. Blocks while enough is under way. Returns FALSE if the queue is
  // flushing. Throws ConfigError if the buffer is not what nvinfer takes. Owns the buffer in any
  // case. Streaming thread only.
  bool accept(GstBuffer* buffer);

  // The next batch is inferred whatever the interval says (after a flush). Streaming thread only.
  void restart() { batch_number_ = 0; }

 private:
  bool infer_frames(InferQueue::Item* item, NvDsBatchMeta* batch, const FrameMemory& memory);
  bool submit_chunk(InferQueue::Item* item, NvDsBatchMeta* batch,
                    const std::vector<NvDsFrameMeta*>& frames, const FrameMemory& memory);
  void write_tensor(const InferQueue::Job& job) const;
  void work(Engine& session);
  void run_job(Engine& session, InferQueue::Job* job);

  Model& model_;
  InferQueue queue_;
  const std::atomic<unsigned>& interval_;
  uint64_t batch_number_ = 0;
  std::vector<std::thread> workers_;
};

}  // namespace pyds
