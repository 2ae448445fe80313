#include "infer/infer_stream.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/streaming_thread.h"
#include "gstnvdsmeta.h"
#include "infer/metadata.h"
#include "infer/segmentation_meta.h"
#include "meta/list.h"

namespace pyds {
namespace {

// Batches that wait unfinished: one per worker, and the next one being prepared.
unsigned tensor_count(const Model& model) { return unsigned(model.sessions.size()) + 1; }

// Skipped batches wait behind inferred ones; without room for them workers would run dry.
unsigned buffer_limit(const Model& model, unsigned interval) {
  return tensor_count(model) * (std::min(interval, 15u) + 1);
}

// Batches without a tensor from nvdspreprocess after which the user is told.
constexpr unsigned kPatience = 30;

using BufferRef = std::unique_ptr<GstBuffer, decltype(&gst_buffer_unref)>;

// The next `count` units, taken off the front.
std::vector<Unit> take(std::vector<Unit>* units, size_t* begin, size_t count) {
  const auto first = units->begin() + std::ptrdiff_t(*begin);
  const auto last = first + std::ptrdiff_t(std::min(count, units->size() - *begin));
  *begin += count;
  return {std::make_move_iterator(first), std::make_move_iterator(last)};
}

}  // namespace

InferStream::InferStream(Model& model, const std::atomic<unsigned>& interval, Warn warn)
    : model_(model),
      queue_(buffer_limit(model, interval), tensor_count(model),
             model.network->frame_bytes() * model.network->batch_size()),
      interval_(interval),
      selector_(model.config, model.network->format()),
      warn_(std::move(warn)) {
  for (const std::unique_ptr<Engine>& session : model.sessions)
    workers_.emplace_back([this, engine = session.get()] { work(*engine); });
}

InferStream::~InferStream() {
  queue_.stop();
  for (std::thread& worker : workers_) worker.join();
}

void InferStream::restart() {
  batch_number_ = 0;
  selector_.forget_all();
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
  if (model_.config.input_tensor_from_meta) {
    // First, since it may throw: the queue would wait for the results of what it has been given.
    std::vector<PreparedInput> inputs = find_prepared(batch, *memory);
    return accept_prepared(buffer.release(), batch, *memory, std::move(inputs));
  }
  return model_.config.classifier_async_mode ? accept_asynchronous(buffer.release(), batch, *memory)
                                             : accept_synchronous(buffer.release(), batch, *memory);
}

// Objects are due as their history says; the interval is one of frames.
bool InferStream::is_skipped() {
  return model_.config.process_mode == ProcessMode::kPrimary &&
         batch_number_++ % (interval_ + 1) != 0;
}

// The buffer waits for its results.
bool InferStream::accept_synchronous(GstBuffer* buffer, NvDsBatchMeta* batch,
                                     const FrameMemory& memory) {
  // The queue keeps buffer and memory alive until the item is closed and its jobs are done.
  InferQueue::Item* item = queue_.push(GST_MINI_OBJECT_CAST(buffer));
  if (!item) return false;
  bool going_on = true;
  std::function<void()> finish;
  if (!is_skipped()) {
    // All are selected before any is inferred: workers add objects to the lists read here.
    Selection selection = selector_.select(batch, memory);
    if (!selection.labelled.empty())
      finish = [this, batch, labelled = std::move(selection.labelled)] {
        for (const Labelled& object : labelled) {
          if (object.answer) object.track->set_classification(std::move(*object.answer));
          if (const auto latest = object.track->classification())
            attach_classification(batch, object.object, *latest, model_.config);
        }
      };
    going_on = submit_all(item, batch, memory, std::move(selection.units));
  }
  queue_.close(item, std::move(finish));
  return going_on;
}

bool InferStream::submit_all(InferQueue::Item* item, NvDsBatchMeta* batch,
                             const FrameMemory& memory, std::vector<Unit> units) {
  for (size_t begin = 0; begin < units.size();) {
    InferQueue::Job job;
    job.item = item;
    job.batch = batch;
    job.memory = &memory;
    job.tensor = queue_.acquire_tensor();
    if (!job.tensor) return false;
    job.units = take(&units, &begin, model_.network->batch_size());
    if (workers_.size() == 1) write_tensor(&job);
    queue_.submit(std::move(job));
  }
  return true;
}

std::vector<PreparedInput> InferStream::find_prepared(NvDsBatchMeta* batch,
                                                      const FrameMemory& memory) {
  if (is_skipped()) return {};
  const meta::BatchGuard guard(batch);
  std::vector<PreparedInput> inputs =
      find_prepared_inputs(batch, memory, *model_.network, model_.config);
  if (!inputs.empty()) {
    without_tensors_.reset();
  } else if (without_tensors_ && ++*without_tensors_ == kPatience) {
    const std::string id = std::to_string(model_.config.unique_id);
    warn_("input-tensor-meta=1, but no batch has had a tensor for unique-id=" + id +
          ": put an nvdspreprocess with target-unique-ids=" + id + " before this nvinfer");
  }
  return inputs;
}

// The tensors are those nvdspreprocess made.
bool InferStream::accept_prepared(GstBuffer* buffer, NvDsBatchMeta* batch,
                                  const FrameMemory& memory, std::vector<PreparedInput> inputs) {
  InferQueue::Item* item = queue_.push(GST_MINI_OBJECT_CAST(buffer));
  if (!item) return false;
  const Network& network = *model_.network;
  bool going_on = true;
  for (PreparedInput& input : inputs) {
    InferQueue::Job job;
    job.item = item;
    job.batch = batch;
    job.memory = &memory;
    job.tensor_is_written = true;
    if (network.has_fixed_batch() && input.units.size() < network.batch_size()) {
      // The network reads more than there is.
      job.tensor = queue_.acquire_tensor();
      if (job.tensor)
        std::copy_n(input.data, input.units.size() * network.frame_bytes(), job.tensor.get());
    } else {
      job.tensor = std::shared_ptr<uint8_t>(std::shared_ptr<void>(), input.data);
      job.tensor_is_lent = true;
    }
    going_on = job.tensor != nullptr;
    if (!going_on) break;
    job.units = std::move(input.units);
    queue_.submit(std::move(job));
  }
  queue_.close(item);
  return going_on;
}

// The buffer goes on with what is known of its objects; their regions are cut out before it leaves.
bool InferStream::accept_asynchronous(GstBuffer* buffer, NvDsBatchMeta* batch,
                                      const FrameMemory& memory) {
  Selection selection = selector_.select(batch, memory);
  if (selection.has_untracked && !std::exchange(warned_of_untracked_, true))
    warn_(
        "classifier-async-mode=1 passes over objects that no tracker gave an id, since results "
        "come to a later frame: put an nvtracker before this nvinfer, or set "
        "classifier-async-mode=0");
  for (const Labelled& object : selection.labelled)
    if (const auto latest = object.track->classification())
      attach_classification(batch, object.object, *latest, model_.config);
  submit_free(memory, std::move(selection.units));
  InferQueue::Item* item = queue_.push(GST_MINI_OBJECT_CAST(buffer));
  if (!item) return false;
  queue_.close(item);
  return true;
}

// As many as there is room for without waiting; the others stay due.
void InferStream::submit_free(const FrameMemory& memory, std::vector<Unit> units) {
  for (size_t begin = 0; begin < units.size();) {
    InferQueue::Job job;
    job.memory = &memory;
    job.tensor = queue_.try_acquire_tensor();
    job.units = take(&units, &begin, model_.network->batch_size());
    if (!job.tensor) {
      for (const Unit& unit : job.units) unit.track->cancel();
      continue;
    }
    write_tensor(&job);
    queue_.submit(std::move(job));
  }
}

void InferStream::write_tensor(InferQueue::Job* job) const {
  const Network& network = *model_.network;
  uint8_t* target = job->tensor.get();
  for (const Unit& unit : job->units) {
    // Always supported: the pad templates admit no other formats.
    network.write_frame(Picture::of(job->memory->picture(unit.frame->batch_id)), unit.placement,
                        target);
    target += network.frame_bytes();
  }
  job->tensor_is_written = true;
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
  if (!job->tensor_is_written) write_tensor(job);
  const BatchResult result = model_.network->run(session, job->tensor, unsigned(job->units.size()));
  queue_.release_tensor(job);
  for (size_t i = 0; i < job->units.size(); ++i)
    write_results(*job, job->units[i], result.frame(i));
}

void InferStream::write_results(const InferQueue::Job& job, const Unit& unit,
                                const Layers& layers) const {
  if (model_.detector) {
    const Detector& detector = *model_.detector;
    const bool with_masks = detector.has_masks() && model_.config.output_instance_mask;
    std::vector<InstanceMask> masks;
    const Detections detections = detector.detect(layers, unit.placement, unit.width, unit.height,
                                                  with_masks ? &masks : nullptr);
    attach_detections(job.batch, unit, detections, model_.config, detector.labels(),
                      std::move(masks), detector.mask_threshold());
  }
  if (model_.classifier) write_classification(job, unit, model_.classifier->classify(layers));
  if (model_.segmentation)
    attach_class_map(job.batch, unit, model_.segmentation->parse(layers), model_.config);
  if (model_.config.output_tensor_meta && job.item)
    attach_tensor_meta(job.batch, unit, layers, *model_.network, model_.config);
}

void InferStream::write_classification(const InferQueue::Job& job, const Unit& unit,
                                       Classification classification) const {
  if (unit.answer) {
    *unit.answer = std::move(classification);
  } else if (unit.track) {
    unit.track->set_classification(std::move(classification));
    unit.track->set_awaited(false);
  } else if (unit.object) {
    attach_classification(job.batch, unit.object, classification, model_.config);
  } else {
    attach_frame_classification(job.batch, unit, classification, model_.config);
  }
}

}  // namespace pyds
