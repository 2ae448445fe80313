#include "infer/infer_stream.h"

#include <algorithm>

#include "base/streaming_thread.h"
#include "gstnvdsmeta.h"
#include "infer/metadata.h"

namespace pyds {
namespace {

// Batches that wait unfinished: one per worker, and the next one being prepared.
unsigned tensor_count(const Model& model) { return unsigned(model.sessions.size()) + 1; }

// Skipped batches wait behind inferred ones; without room for them workers would run dry.
unsigned buffer_limit(const Model& model, unsigned interval) {
  return tensor_count(model) * (std::min(interval, 15u) + 1);
}

using BufferRef = std::unique_ptr<GstBuffer, decltype(&gst_buffer_unref)>;

}  // namespace

InferStream::InferStream(Model& model, const std::atomic<unsigned>& interval)
    : model_(model),
      queue_(buffer_limit(model, interval), tensor_count(model),
             model.network->frame_bytes() * model.network->batch_size()),
      interval_(interval) {
  for (const std::unique_ptr<Engine>& session : model.sessions)
    workers_.emplace_back([this, engine = session.get()] { work(*engine); });
}

InferStream::~InferStream() {
  queue_.stop();
  for (std::thread& worker : workers_) worker.join();
}

bool InferStream::accept(GstBuffer* input) {
  // A buffer shared with another branch gets its own metadata, so that results stay on this one.
  BufferRef buffer(gst_buffer_make_writable(input), gst_buffer_unref);
  const FrameMemory* memory = FrameMemory::from(buffer.get());
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(buffer.get());
  if (!memory || !batch)
    throw ConfigError(
        "nvinfer got a buffer without batch metadata: put an nvstreammux before it, as in "
        "'nvstreammux name=mux batch-size=1 width=1280 height=720 ! nvinfer ...'");
  const bool infer = batch_number_++ % (interval_ + 1) == 0;
  InferQueue::Item* item = queue_.push(GST_MINI_OBJECT_CAST(buffer.release()));
  if (!item) return false;
  // The queue keeps buffer and memory alive until the item is closed and its jobs are done.
  const bool going_on = !infer || infer_frames(item, batch, *memory);
  queue_.close(item);
  return going_on;
}

bool InferStream::infer_frames(InferQueue::Item* item, NvDsBatchMeta* batch,
                               const FrameMemory& memory) {
  std::vector<NvDsFrameMeta*> chunk;
  for (NvDsMetaList* node = batch->frame_meta_list; node; node = node->next) {
    auto* frame = static_cast<NvDsFrameMeta*>(node->data);
    if (frame->batch_id >= memory.size()) continue;  // metadata without a picture
    chunk.push_back(frame);
    if (chunk.size() < model_.network->batch_size()) continue;
    if (!submit_chunk(item, batch, chunk, memory)) return false;
    chunk.clear();
  }
  return chunk.empty() || submit_chunk(item, batch, chunk, memory);
}

bool InferStream::submit_chunk(InferQueue::Item* item, NvDsBatchMeta* batch,
                               const std::vector<NvDsFrameMeta*>& frames,
                               const FrameMemory& memory) {
  InferQueue::Job job;
  job.item = item;
  job.batch = batch;
  job.memory = &memory;
  job.tensor = queue_.acquire_tensor();
  if (!job.tensor) return false;
  for (NvDsFrameMeta* frame : frames) {
    const Picture picture = Picture::of(memory.picture(frame->batch_id));
    const Placement placement =
        place(picture, {0, 0, picture.width, picture.height}, model_.network->format());
    job.frames.push_back({frame, placement, picture.width, picture.height});
  }
  if (workers_.size() == 1) write_tensor(job);
  queue_.submit(std::move(job));
  return true;
}

void InferStream::write_tensor(const InferQueue::Job& job) const {
  const Network& network = *model_.network;
  uint8_t* target = job.tensor.get();
  for (const InferQueue::Frame& frame : job.frames) {
    // Always supported: the pad templates admit no other formats.
    network.write_frame(Picture::of(job.memory->picture(frame.meta->batch_id)), frame.placement,
                        target);
    target += network.frame_bytes();
  }
}

void InferStream::work(Engine& session) {
  enter_streaming_thread();
  InferQueue::Job job;
  while (queue_.next(&job)) {
    std::string error;
    try {
      run_job(session, &job);
    } catch (const std::exception& problem) {
      error = problem.what();
    }
    queue_.done(job, error);
  }
}

void InferStream::run_job(Engine& session, InferQueue::Job* job) {
  if (workers_.size() > 1) write_tensor(*job);
  const BatchResult result =
      model_.network->run(session, job->tensor, unsigned(job->frames.size()));
  queue_.release_tensor(job);
  for (size_t i = 0; i < job->frames.size(); ++i) {
    const InferQueue::Frame& frame = job->frames[i];
    if (model_.detector)
      attach_detections(
          job->batch, frame.meta,
          model_.detector->detect(result.frame(i), frame.placement, frame.width, frame.height),
          model_.config, model_.detector->labels());
    if (model_.config.output_tensor_meta)
      attach_tensor_meta(job->batch, frame.meta, result.frame(i), *model_.network, model_.config);
  }
}

}  // namespace pyds
