#include "mux/batcher.h"

#include <algorithm>
#include <utility>

namespace pyds::mux {
namespace {

// One frame waiting and one being prepared keep a source's thread busy; more would only add
// latency.
constexpr size_t kQueueLength = 2;

}  // namespace

class Batcher::Source {
 public:
  explicit Source(unsigned source_id) : id(source_id) {}

  struct Waiting {
    Frame frame;
    uint64_t arrival;
    Clock::time_point time;
    bool begins_anew;
  };

  bool is_expected() const { return linked && !ended && !removed && !in_gap; }
  // One that was unlinked in mid-stream is on its way out and holds up nobody.
  bool is_open() const { return !ended && !removed && (linked || !delivered); }

  // All guarded by the batcher's mutex.
  const unsigned id;
  std::deque<Waiting> queue;
  std::condition_variable room;  // for push()
  bool linked = false;
  bool delivered = false;  // ever
  bool announced = false;  // has been in a batch
  bool restarts = false;   // the next frame begins anew
  bool in_gap = false;
  bool flushing = false;
  bool ended = false;
  bool end_reported = false;
  bool removed = false;
  uint64_t last_batch = 0;  // the batch it was last in
};

void Batcher::set_settings(const Settings& settings) {
  Lock lock(mutex_);
  settings_ = settings;
  changed_.notify_all();
}

void Batcher::start() {
  Lock lock(mutex_);
  sources_.erase(std::remove_if(sources_.begin(), sources_.end(),
                                [](const SourceRef& source) { return source->removed; }),
                 sources_.end());
  for (const SourceRef& source : sources_) {
    source->queue.clear();
    source->delivered = source->in_gap = source->flushing = false;
    source->ended = source->end_reported = false;
    source->announced = source->restarts = false;
  }
  removals_.clear();
  end_is_pending_ = false;
  stopped_ = held_ = false;
  last_taken_ = Clock::now();
}

void Batcher::stop() {
  Lock lock(mutex_);
  stopped_ = true;
  for (const SourceRef& source : sources_) {
    source->queue.clear();
    source->room.notify_all();
  }
  changed_.notify_all();
}

void Batcher::hold(bool held) {
  Lock lock(mutex_);
  held_ = held;
  changed_.notify_all();
}

Batcher::SourceRef Batcher::add(unsigned source_id) {
  Lock lock(mutex_);
  sources_.push_back(std::make_shared<Source>(source_id));
  return sources_.back();
}

void Batcher::remove(Source& source) {
  Lock lock(mutex_);
  source.removed = true;
  source.room.notify_all();
  changed_.notify_all();
}

void Batcher::set_linked(Source& source, bool linked) {
  Lock lock(mutex_);
  source.linked = linked;
  changed_.notify_all();
}

Batcher::Pushed Batcher::push(Source& source, Frame frame) {
  Lock lock(mutex_);
  source.room.wait(lock, [&] {
    return source.queue.size() < kQueueLength || stopped_ || source.flushing || source.removed ||
           source.ended;
  });
  if (stopped_ || source.flushing || source.removed) return Pushed::kFlushing;
  if (source.ended) return Pushed::kEnded;
  source.delivered = true;
  source.in_gap = false;
  source.queue.push_back(
      {std::move(frame), arrivals_++, Clock::now(), std::exchange(source.restarts, false)});
  if (source.queue.size() == 1) changed_.notify_one();
  return Pushed::kAccepted;
}

void Batcher::gap(Source& source) {
  Lock lock(mutex_);
  source.in_gap = true;
  changed_.notify_all();
}

void Batcher::end(Source& source) {
  Lock lock(mutex_);
  source.ended = true;
  end_is_pending_ = true;
  source.room.notify_all();
  changed_.notify_all();
}

void Batcher::resume(Source& source) {
  Lock lock(mutex_);
  source.ended = source.end_reported = source.in_gap = false;
  changed_.notify_all();
}

void Batcher::restart(Source& source) {
  Lock lock(mutex_);
  source.restarts = true;
}

void Batcher::flush_start(Source& source) {
  Lock lock(mutex_);
  source.flushing = true;
  source.queue.clear();
  source.room.notify_all();
  changed_.notify_all();
}

void Batcher::flush_stop(Source& source) {
  Lock lock(mutex_);
  // A flush-stop of its own is how DeepStream applications drop what a source left behind.
  source.queue.clear();
  source.flushing = source.ended = source.end_reported = source.in_gap = false;
  source.room.notify_all();
  changed_.notify_all();
}

Batcher::Taken Batcher::take(Batch& batch) {
  batch.frames.clear();
  Lock lock(mutex_);
  while (!stopped_ && !held_) {
    if (report_ended(batch)) return Taken::kSourceEnded;
    if (all_ended()) {
      end_is_pending_ = false;
      return Taken::kAllEnded;
    }
    std::vector<Source*> ready = ready_sources();
    if (ready.empty()) {
      changed_.wait(lock);
      continue;
    }
    if (ready.size() >= room() || !is_waiting_for_others()) {
      fill(batch, std::move(ready));
      return Taken::kBatch;
    }
    if (!settings_.timeout) {
      changed_.wait(lock);
      continue;
    }
    auto first = Clock::time_point::max();
    for (const Source* source : ready) first = std::min(first, source->queue.front().time);
    // Frames that queued up while the previous batch was away have not waited for this one.
    const auto deadline = std::max(first, last_taken_) + *settings_.timeout;
    if (Clock::now() >= deadline) {
      fill(batch, std::move(ready));
      return Taken::kBatch;
    }
    changed_.wait_until(lock, deadline);
  }
  return Taken::kStopped;
}

void Batcher::repeat_end(std::chrono::milliseconds delay) {
  Lock lock(mutex_);
  if (!stopped_ && !held_) changed_.wait_for(lock, delay);
  end_is_pending_ = true;
}

size_t Batcher::room() const {
  return settings_.batch_size ? settings_.batch_size : std::max<size_t>(sources_.size(), 1);
}

std::vector<Batcher::Source*> Batcher::ready_sources() const {
  std::vector<Source*> ready;
  for (const SourceRef& source : sources_)
    if (!source->queue.empty() && !has_predecessor(*source)) ready.push_back(source.get());
  return ready;
}

// One of the same id was removed, but its frames have not been taken yet.
bool Batcher::has_predecessor(const Source& source) const {
  return std::any_of(sources_.begin(), sources_.end(), [&](const SourceRef& other) {
    return other->removed && other->id == source.id && other.get() != &source;
  });
}

bool Batcher::is_waiting_for_others() const {
  return std::any_of(sources_.begin(), sources_.end(), [](const SourceRef& source) {
    return source->queue.empty() && source->is_expected();
  });
}

bool Batcher::report_ended(Batch& batch) {
  for (auto source = sources_.begin(); source != sources_.end();) {
    Source& s = **source;
    const bool report = s.queue.empty() && s.ended && !s.end_reported;
    if (report) {
      s.end_reported = true;
      batch.source_id = s.id;
    }
    const bool gone = s.queue.empty() && s.removed;
    if (gone && s.announced) removals_.push_back({Change::kRemoved, s.id});
    source = gone ? sources_.erase(source) : source + 1;
    if (report) return true;
  }
  return false;
}

bool Batcher::all_ended() const {
  return end_is_pending_ && std::all_of(sources_.begin(), sources_.end(), [](const SourceRef& s) {
           return s->queue.empty() && !s->is_open();
         });
}

void Batcher::fill(Batch& batch, std::vector<Source*> ready) {
  const auto by_turn = [](const Source* a, const Source* b) {
    if (a->last_batch != b->last_batch) return a->last_batch < b->last_batch;
    return a->queue.front().arrival < b->queue.front().arrival;
  };
  const auto by_arrival = [](const Source* a, const Source* b) {
    return a->queue.front().arrival < b->queue.front().arrival;
  };
  const auto by_id = [](const Source* a, const Source* b) { return a->id < b->id; };
  std::sort(ready.begin(), ready.end(), by_turn);
  ready.resize(std::min(ready.size(), room()));
  if (settings_.sort_by_source)
    std::sort(ready.begin(), ready.end(), by_id);
  else
    std::sort(ready.begin(), ready.end(), by_arrival);
  ++batches_;
  last_taken_ = Clock::now();
  batch.changes = std::exchange(removals_, {});
  for (Source* source : ready) {
    if (!std::exchange(source->announced, true))
      batch.changes.push_back({Change::kAdded, source->id});
    else if (source->queue.front().begins_anew)
      batch.changes.push_back({Change::kRestarted, source->id});
    batch.frames.push_back(std::move(source->queue.front().frame));
    source->queue.pop_front();
    source->last_batch = batches_;
    source->room.notify_one();
  }
}

}  // namespace pyds::mux
